package import BailiffCore
package import BailiffModel

/// A case whose late arrivals are looked for.
package struct WatchedCase: Hashable, Sendable {
    package var id: CaseID
    package var hashes: [FileHash]

    package init(id: CaseID, hashes: [FileHash]) {
        self.id = id
        self.hashes = hashes
    }
}
