/// One thing that was looked at: what is so, what that breaks, and how to mend it.
package struct DoctorFinding: Sendable, Hashable {
    package enum Standing: String, Sendable, Hashable, CaseIterable {
        case good
        /// Worth knowing; nothing fails because of it.
        case note
        /// Works, but not as one would expect.
        case warning
        /// Something would fail at run time.
        case problem
    }

    /// What it is about: `defender`, `store`, `log`, `playbooks`, `feeds`, `people`, `tls`.
    package var area: String
    package var standing: Standing
    package var text: String
    package var breaks: String?
    package var mend: String?

    package init(
        _ standing: Standing, _ area: String, _ text: String, breaks: String? = nil, mend: String? = nil
    ) {
        self.area = area
        self.standing = standing
        self.text = text
        self.breaks = breaks
        self.mend = mend
    }
}
