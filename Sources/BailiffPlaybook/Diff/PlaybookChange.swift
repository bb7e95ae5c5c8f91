package import BailiffDiagnostics

/// One difference between two versions of a file, and what it does to safety.
package struct PlaybookChange: Hashable, Sendable, CustomStringConvertible {
    package enum Effect: String, Hashable, Sendable, CaseIterable, Comparable {
        case tightens, neutral
        /// More machines, more actions or fewer people asked; also whatever can't be shown not to be.
        case weakens

        package static func < (left: Effect, right: Effect) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .tightens: 0
            case .neutral: 1
            case .weakens: 2
            }
        }
    }

    /// The key: `steps.contain.approve`, `guards.tier0.when`.
    package let path: String
    package let effect: Effect
    /// Nil: was not there.
    package let old: String?
    /// Nil: is gone.
    package let new: String?
    /// For people, where the effect does not speak for itself.
    package let note: String?
    /// In the new file where there is one, else in the old one.
    package let location: SourceLocation?

    package init(
        path: String, effect: Effect, old: String?, new: String?, note: String? = nil, location: SourceLocation? = nil
    ) {
        self.path = path
        self.effect = effect
        self.old = old
        self.new = new
        self.note = note
        self.location = location
    }

    package var description: String {
        let change =
            switch (old, new) {
            case (let old?, let new?): "\(old) → \(new)"
            case (let old?, nil): "removed (was \(old))"
            case (nil, let new?): "added \(new)"
            case (nil, nil): "changed"
            }
        return "\(effect.rawValue): \(path): \(change)" + (note.map { " (\($0))" } ?? "")
    }
}
