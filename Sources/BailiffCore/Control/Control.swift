package import BailiffModel

/// The tenant-wide switches.
package struct Control: Hashable, Sendable, Codable {
    package enum Halt: String, Hashable, Sendable, Codable {
        /// Every send but a release ordered by a person.
        case automatic
        /// Every send.
        case all
    }

    package var version: Int
    /// Nil while running.
    package private(set) var halt: Halt?
    package private(set) var changedAt: Timestamp?
    package private(set) var changedBy: String?

    package init() { version = 0 }

    /// Halting again with another extent changes the extent; with the same it changes nothing and records nothing.
    package mutating func halt(_ extent: Halt, by person: String, reason: String, at now: Timestamp) -> [EntryDraft] {
        guard halt != extent else { return [] }
        halt = extent
        changedAt = now
        changedBy = person
        return [
            EntryDraft(
                "control.halted", at: now, actor: "operator:\(person)", ["extent": .string(extent.rawValue)],
                erasable: [EntryDraft.Erasable("reason", reason)])
        ]
    }

    package mutating func resume(by person: String, reason: String, at now: Timestamp) -> [EntryDraft] {
        guard halt != nil else { return [] }
        halt = nil
        changedAt = now
        changedBy = person
        return [
            EntryDraft(
                "control.resumed", at: now, actor: "operator:\(person)", [:],
                erasable: [EntryDraft.Erasable("reason", reason)])
        ]
    }
}
