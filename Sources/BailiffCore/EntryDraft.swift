package import BailiffModel

/// What shall stand in the audit log about a change. The shell turns it into entry bytes in the commit that makes the
/// change.
package struct EntryDraft: Hashable, Sendable {
    /// Stable: `action.intended`, `approval.granted`.
    package var kind: String
    package var at: Timestamp
    /// Who did it: `system`, `feed:zscaler`, `operator:ana`.
    package var actor: String
    package var fields: JSONObject
    /// Values that may have to be erased one day (names, paths, reasons): they enter as salted commitments.
    package var erasable: [Erasable]

    package struct Erasable: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package init(
        _ kind: String, at: Timestamp, actor: String = "system", _ fields: JSONObject = [:],
        erasable: [Erasable] = []
    ) {
        self.kind = kind
        self.at = at
        self.actor = actor
        self.fields = fields
        self.erasable = erasable
    }
}
