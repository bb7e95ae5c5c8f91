package import BailiffModel

package typealias AllowListID = RowID<AllowListEntry>

/// A file that was judged harmless by a person: nothing is done about it until then, whatever feeds say.
package struct AllowListEntry: Hashable, Sendable, Codable {
    package let id: AllowListID
    package let publicID: PublicID
    package var version: Int
    package let caseID: CaseID
    package let hashes: [FileHash]
    package let from: Timestamp
    package let until: Timestamp
    package let by: String
    package let reason: String
    package private(set) var removedAt: Timestamp?
    package private(set) var removedBy: String?

    package init(
        id: AllowListID, publicID: PublicID, caseID: CaseID, hashes: [FileHash], from: Timestamp, until: Timestamp,
        by: String, reason: String
    ) {
        self.id = id
        self.publicID = publicID
        version = 0
        self.caseID = caseID
        self.hashes = hashes
        self.from = from
        self.until = until
        self.by = by
        self.reason = reason
    }

    package func holds(at now: Timestamp) -> Bool { removedAt == nil && now < until }

    /// The entry for the log.
    package var added: EntryDraft {
        EntryDraft(
            "allowlist.added", at: from, actor: "operator:\(by)",
            [
                "id": .string(publicID.text), "case": .int(caseID.value), "until": .string(until.rfc3339),
                "hashes": .array(hashes.map { .string($0.hex) }),
            ], erasable: [EntryDraft.Erasable("reason", reason)])
    }

    /// Takes it off the list; a second call changes nothing.
    package mutating func remove(by person: String, reason: String, at now: Timestamp) -> [EntryDraft] {
        guard removedAt == nil else { return [] }
        removedAt = now
        removedBy = person
        return [
            EntryDraft(
                "allowlist.removed", at: now, actor: "operator:\(person)", ["id": .string(publicID.text)],
                erasable: [EntryDraft.Erasable("reason", reason)])
        ]
    }
}
