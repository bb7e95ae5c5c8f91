import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Logging

/// Works off the `watch` job: asks about all watched files at once, and has a case looked at again where a machine turned up.
struct WatchTick: Sendable {
    let context: EngineContext

    /// Hashes in one query: what the client puts into one.
    private static let batch = 1_000
    /// Files asked for one by one in a tick, where hunting is not available.
    private static let single = 20
    /// Sightings arrive late, too.
    private static let lookBack: Duration = .seconds(86_400)

    func perform(_ lease: JobLease) async throws {
        var cases: [WatchedCase] = []
        var after: CaseID?
        while true {
            let part = try await context.store.watchedCases(at: context.now(), after: after, limit: 500)
            guard let last = part.last else { break }
            after = last.id
            cases += part
        }
        guard !cases.isEmpty else { return try await context.store.settle([.finish(lease)]) }
        var retryAfter: Duration?
        var isWhole = false
        do throws(ThreatError) {
            isWhole = try await hunt(cases)
        } catch {
            if error.code == .unavailable { retryAfter = error.retryAfter }
        }
        // What one answer has no room for, and everything without hunting, is asked file by file.
        if !isWhole { try await askOneByOne(cases) }
        let wait = max(context.options.watchInterval, retryAfter ?? .zero)
        try await context.store.settle([.reschedule(lease, due: context.now() + wait, error: nil)])
    }

    /// - Returns: False where the service left sightings out.
    private func hunt(_ cases: [WatchedCase]) async throws(ThreatError) -> Bool {
        var isCut = false
        var owner: [FileHash: CaseID] = [:]
        for item in cases { for hash in item.hashes { owner[hash] = item.id } }
        let hashes = cases.flatMap(\.hashes)
        var found: [CaseID: Set<MachineID>] = [:]
        for start in stride(from: 0, to: hashes.count, by: Self.batch) {
            let part = Array(hashes[start..<min(start + Self.batch, hashes.count)])
            let answer = try await context.threat.huntSightings(of: part, lookBack: Self.lookBack)
            isCut = isCut || answer.isCut
            for sighting in answer.found {
                for hash in sighting.hashes.all {
                    if let id = owner[hash] { found[id, default: []].insert(sighting.machine) }
                }
            }
        }
        for (id, machines) in found.sorted(by: { $0.key < $1.key }) { await wake(id, machines) }
        return !isCut
    }

    /// A part of the cases in each tick, in turn.
    private func askOneByOne(_ cases: [WatchedCase]) async throws {
        let interval = max(1, context.options.watchInterval.components.seconds)
        let turn = Int(context.now().seconds / interval)
        let start = cases.count <= Self.single ? 0 : turn &* Self.single % cases.count
        let part = (cases[start...] + cases[..<start]).prefix(Self.single)
        for item in part {
            guard let sha1 = item.hashes.only(.sha1) else { continue }
            do throws(ThreatError) {
                let machines = try await context.threat.machines(withFile: sha1)
                await wake(item.id, Set(machines.map(\.id)))
            } catch {
                if error.code == .unavailable { return }
            }
        }
    }

    private func wake(_ id: CaseID, _ machines: Set<MachineID>) async {
        do {
            let known = Set(
                try await context.store.sightings(ofCase: id).flatMap { [$0.machine.id] + $0.sighting.collapsedFrom })
            guard !machines.isSubset(of: known) else { return }
            try await context.store.settle([.upsert(JobKey(.assess, id.value), due: context.now())])
        } catch {
            context.logger.error("case \(id) could not be looked at again: \(error)")
        }
    }
}
