import BailiffAudit
import BailiffCore
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Logging

@testable import BailiffEngine

/// One seeded history of the real engine over a store that keeps only what was committed and a model of the service:
/// verdicts come in repeated and out of order, two workers take turns at every call, processes die at any point, people
/// answer or do not, time passes. After every step the promises are checked.
final class Simulation {
    struct Failure: Error, CustomStringConvertible {
        var seed: UInt64
        var step: Int
        var what: String
        var description: String { "seed \(seed), step \(step): \(what)" }
    }

    private let seed: UInt64
    private var random: SplitMix64
    private let time: ManualTime
    private let scheduler = Scheduler()
    private let store: SimulatedStore
    private let model: ModelDefender
    private let playbooks: ActivePlaybooks
    private let options: EngineOptions
    private var steps = 0
    private var workers: [Int] = []
    private var workerCount = 0
    private var checker: PromiseChecker
    private(set) var statistics = Statistics()

    struct Statistics: Sendable {
        var crashes = 0
        var requests = 0
        var runs = 0
        var actions = 0
        var unknowns = 0
        var steps = 0
    }

    init(seed: UInt64) throws {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        time = ManualTime(start: Timestamp(seconds: 1_800_000_000), seed: seed)
        let scheduler = scheduler
        store = SimulatedStore(gate: { (point: String) async throws(StoreError) in try await scheduler.pass(point) })
        let fleet = SimulationFleet(&random)
        let time = time
        model = ModelDefender(
            seed: random.next(), machines: fleet.machines, offline: fleet.offline, sightings: fleet.sightings,
            now: { time.now })
        playbooks = try SimulationPlaybooks.load(now: time.now)
        var options = EngineOptions(tenant: "sim")
        options.readsConcurrently = false
        self.options = options
        checker = PromiseChecker(denied: fleet.denied)
        self.fleet = fleet
        self.random = random
    }

    private let fleet: SimulationFleet

    /// Plays the whole history.
    func run(chaos: Int = 400) async throws -> Statistics {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A failure must not leave workers waiting for their turn.
            defer { scheduler.end() }
            for _ in 0..<chaos { try await step(&group, faults: true) }
            model.stopFaults()
            try await finish(&group)
        }
        try await checker.checkEnd(store, model, fail: fail)
        statistics.steps = steps
        statistics.requests = model.requests.count
        return statistics
    }

    private func fail(_ what: String) -> Failure { Failure(seed: seed, step: steps, what: what) }

    // MARK: - Steps

    private func step(_ group: inout ThrowingTaskGroup<Void, any Error>, faults: Bool) async throws {
        steps += 1
        await scheduler.settle()
        let parked = scheduler.parked
        workers.removeAll { worker in !parked.contains { $0.worker == worker } }
        let dice = random.below(100)
        switch dice {
        case 0..<6 where faults: try await deliver()
        case 6..<9 where faults: try await answer()
        case 9..<10 where faults: try await toggleHalt()
        case 10..<11 where faults: actByHand()
        case 11..<13 where faults && !parked.isEmpty: crash(parked)
        case 13..<20: time.advance(by: random.seconds(upTo: faults ? 20 : 120))
        default:
            if workers.count < 2, random.chance(parked.isEmpty ? 100 : 30), await start(&group) { break }
            if let chosen = parked.isEmpty ? nil : parked[random.below(parked.count)] {
                scheduler.resume(chosen.worker)
            } else {
                await advanceToNextJob()
            }
        }
        await scheduler.settle()
        try await checker.check(store, model, now: time.now, fail: fail)
    }

    /// Without faults, with people that answer everything, until nothing is left to do.
    private func finish(_ group: inout ThrowingTaskGroup<Void, any Error>) async throws {
        _ = try await control.resume(by: "sim", reason: "end")
        checker.resumed()
        for _ in 0..<60_000 {
            if scheduler.parked.isEmpty, workers.isEmpty, try await isQuiet() { break }
            if random.chance(20) { try await answer() }
            try await step(&group, faults: false)
        }
        guard try await isQuiet() else { throw fail("work is left after the faults stopped: \(try await leftOver())") }
    }

    private func leftOver() async throws -> String {
        var lines: [String] = []
        for run in try await store.runs(PageRequest(limit: 1_000)).elements where run.phase == .active {
            for action in try await store.actions(ofRun: run.id) where !action.isEnded {
                lines.append(
                    "\(action.id) \(action.step) on \(action.machine?.text ?? "-"): \(action.phase) \(action.reasons)")
            }
        }
        let jobs = try await store.jobStatistics(now: time.now)
        return lines.joined(separator: "; ") + "; jobs \(jobs.waiting) overdue \(jobs.overdue), \(jobs.setAside)"
    }

    private func isQuiet() async throws -> Bool {
        try await store.runs(PageRequest(limit: 1_000)).elements.allSatisfy { $0.phase == .ended }
    }

    private func start(_ group: inout ThrowingTaskGroup<Void, any Error>) async -> Bool {
        for lane in Lane.allCases.shuffled(using: &random) {
            guard
                let lease = try? await store.claim(
                    lane, limit: 1, now: time.now, lease: options.lease, node: NodeID("sim")
                ).first
            else { continue }
            workerCount += 1
            let worker = workerCount
            workers.append(worker)
            let engine = Engine(
                store: store, threat: ModelThreatService(model: model, scheduler: scheduler), playbooks: playbooks,
                options: options, surroundings: time.surroundings,
                logger: Logger(label: "sim", factory: { _ in SwiftLogNoOpLogHandler() }))
            let scheduler = scheduler
            scheduler.started()
            group.addTask {
                await Scheduler.$worker.withValue(worker) { await engine.perform(lease) }
                scheduler.finished()
            }
            return true
        }
        return false
    }

    private func crash(_ parked: [(worker: Int, point: String)]) {
        // The process dies with all its workers.
        for victim in parked {
            scheduler.crash(victim.worker)
            statistics.crashes += 1
        }
    }

    private func advanceToNextJob() async {
        var next: Timestamp?
        for lane in Lane.allCases {
            if let due = try? await store.nextDue(lane) { next = min(next ?? due, due) }
        }
        let wait = (next ?? time.now + .seconds(60)) - time.now
        time.advance(by: max(.milliseconds(1), wait))
    }

    // MARK: - The world

    private func deliver() async throws {
        let file = fleet.files[random.below(fleet.files.count)]
        let event = "e\(random.below(12))"
        let level: VerdictLevel = random.chance(85) ? .malicious : random.chance(50) ? .suspicious : .benign
        let verdict = Verdict(
            level: level, category: .other,
            score: NormalisedScore(level: level, share: Double(random.below(3)) / 2), hashes: FileHashes(sha1: file),
            analysedAt: time.now - random.seconds(upTo: 600), product: "generic", eventID: event)
        let now = time.now
        let body = Array("\(file.hex) \(event) \(level) \(random.below(3))".utf8)
        let delivery = PreparedDelivery(
            feed: random.chance(50) ? "one" : "two", trust: 2, at: now, eventID: event, bodyDigest: Digest.of(body),
            body: body, records: [.verdict(verdict, wantsAssessment: level >= .suspicious)],
            makeEntry: { receipt in
                EntryDraft("verdict.received", at: now, ["delivery": .int(receipt.delivery)])
                    .built(randomBytes: { [UInt8](repeating: 7, count: $0) })
            })
        _ = try await store.ingest([delivery])
    }

    private var control: ControlService { ControlService(store: store, surroundings: time.surroundings) }

    private func toggleHalt() async throws {
        if try await store.control().halt == nil {
            _ = try await control.halt(.automatic, by: "sim", reason: "test")
            checker.halted(at: time.now, requests: model.requests.count)
        } else {
            _ = try await control.resume(by: "sim", reason: "test")
            checker.resumed()
        }
    }

    private func actByHand() {
        let machine = fleet.machines[random.below(fleet.machines.count)]
        model.actByHand(random.chance(60) ? .isolate : .release, machine.id)
    }

    private func answer() async throws {
        let open = try await store.approvals(waitingOnly: true, PageRequest(limit: 100)).elements
        guard !open.isEmpty else { return }
        let approval = open[random.below(open.count)]
        let people = [("ana", ["soc-analyst", "soc-lead"]), ("bo", ["server-operations"]), ("cy", ["soc-analyst"])]
        let (name, roles) = people[random.below(people.count)]
        let person = Operator(
            id: OperatorID(1), name: name, roles: roles, tokenDigest: Digest.of(name), tokenPrefix: "t",
            createdAt: time.now)
        let stale = random.chance(10)
        let service = DecisionService(
            store: store, surroundings: time.surroundings, options: options, logger: Logger(label: "sim"))
        do throws(DecisionError) {
            let after = try await service.decide(
                approval.id, digest: stale ? Digest.of("stale") : approval.digest,
                answer: random.chance(80) ? .approve : .deny, only: nil, reason: "sim", by: person)
            if stale { throw .refused(.otherDigest(after.digest)) }
        } catch {
            if case .store(let store) = error { throw store }
        }
    }
}
