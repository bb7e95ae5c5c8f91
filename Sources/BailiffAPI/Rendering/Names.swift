import BailiffCore
import BailiffModel
import BailiffStore

/// Looks up the public names of cases and runs, each at most once a reply.
struct Names {
    private let store: any StoreReading
    private var cases: [CaseID: String?] = [:]
    private var runs: [RunID: String?] = [:]

    init(_ store: any StoreReading) { self.store = store }

    mutating func learn(_ run: Run) { runs[run.id] = run.publicID.text }

    /// The strongest hash of a case, after merges.
    mutating func name(of id: CaseID?) async throws(StoreError) -> JSONValue {
        guard let id else { return .null }
        if let known = cases[id] { return .optional(known) }
        let name = try await store.hashes(ofCase: id).min()?.hex
        cases[id] = .some(name)
        return .optional(name)
    }

    mutating func name(of id: RunID) async throws(StoreError) -> JSONValue {
        if let known = runs[id] { return .optional(known) }
        let name = try await store.run(id)?.publicID.text
        runs[id] = .some(name)
        return .optional(name)
    }
}
