import BailiffCore
import BailiffModel
import BailiffStore

/// Finds what an id of the outside means: any unique beginning will do.
struct Lookup: Sendable {
    let store: any StoreReading

    private static let candidateLimit = 10

    /// By a beginning of one of the file's hashes, at least four digits.
    func caseID(_ text: String) async throws -> CaseID {
        let digits = text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
        guard (4...64).contains(digits.count), digits.allSatisfy({ Hex.value(of: $0) != nil }) else {
            throw Problem(.idMalformed, "a case is named by the beginning of a hash of its file, at least four digits")
        }
        var found: [CaseID] = []
        for id in try await store.cases(withHashPrefix: String(decoding: digits, as: UTF8.self)) {
            let survivor = try await store.survivor(of: id)
            if !found.contains(survivor) { found.append(survivor) }
        }
        guard let first = found.first else { throw Problem(.notFound, "no file with such a hash was ever reported") }
        guard found.count == 1 else {
            var names = Names(store)
            var candidates: [JSONValue] = []
            for id in found { candidates.append(try await names.name(of: id)) }
            throw ambiguous(candidates)
        }
        return first
    }

    func run(_ text: String) async throws -> Run {
        let range = try range(text, "run")
        let found = try await store.runs(publicIDs: range, limit: Self.candidateLimit)
        return try only(found, "run") { $0.publicID.text }
    }

    func action(_ text: String) async throws -> Action {
        let range = try range(text, "action")
        let found = try await store.actions(publicIDs: range, limit: Self.candidateLimit)
        return try only(found, "action") { $0.publicID.text }
    }

    func approval(_ text: String) async throws -> Approval {
        let range = try range(text, "approval")
        let found = try await store.approvals(publicIDs: range, limit: Self.candidateLimit)
        return try only(found, "approval") { $0.publicID.text }
    }

    func machine(_ text: String) throws(Problem) -> MachineID {
        guard let id = MachineID(text) else {
            throw Problem(.idMalformed, "a machine is named by Defender's id of it, never by its name")
        }
        return id
    }

    /// A machine to look at: one that was seen or acted upon, by its id or a beginning of it of at least four digits. Orders
    /// take whole ids only, as Defender may know machines that no file was ever seen on.
    func knownMachine(_ text: String) async throws -> MachineID {
        let id = try machine(text)
        guard (4..<40).contains(id.text.utf8.count) else { return id }
        if try await store.latestSighting(onMachine: id) != nil { return id }
        if try await !store.actions(onMachine: id, limit: 1).isEmpty { return id }
        let found = try await store.machines(after: id, limit: Self.candidateLimit).filter {
            $0.text.utf8.starts(with: id.text.utf8)
        }
        guard let first = found.first else { return id }
        guard found.count == 1 else { throw ambiguous(found.map { .string($0.text) }) }
        return first
    }

    func machines(_ texts: [String]) throws(Problem) -> [MachineID] {
        try texts.map { text throws(Problem) in try machine(text) }
    }

    func allowance(_ text: String) async throws -> AllowListEntry {
        let range = try range(text, "entry")
        let found = try await store.allowList(activeAt: nil).filter { range.contains($0.publicID.value) }
        return try only(Array(found.prefix(Self.candidateLimit)), "entry of the allow-list") { $0.publicID.text }
    }

    private func range(_ text: String, _ what: String) throws(Problem) -> Range<UInt64> {
        guard let range = PublicID.range(ofPrefix: text) else {
            throw Problem(
                .idMalformed, "the id of \(what == "run" ? "a" : "an") \(what) has one to eight letters and digits")
        }
        return range.values
    }

    private func only<Element>(
        _ found: [Element], _ what: String, name: (Element) -> String
    ) throws(Problem) -> Element {
        guard let first = found.first else { throw Problem(.notFound, "no \(what) has this id") }
        guard found.count == 1 else { throw ambiguous(found.map { .string(name($0)) }) }
        return first
    }

    private func ambiguous(_ candidates: [JSONValue]) -> Problem {
        Problem(.idAmbiguous, "write more of the id", members: ["candidates": .array(candidates)])
    }
}
