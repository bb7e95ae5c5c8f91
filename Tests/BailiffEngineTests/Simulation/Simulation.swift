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
    private let breakage: Breakage?
    private var random: SplitMix64
    private let time: ManualTime
    private let scheduler: Scheduler
    private let store: SimulatedStore
    private let model: ModelDefender
    private let playbooks: ActivePlaybooks
    private let options: EngineOptions
    private var steps = 0
    /// The process that is alive, nil between its death and the next work.
    private var process: Engine?
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

    /// - Parameter breakage: A deliberate fault of the engine or the store that the checks have to find.
    init(seed: UInt64, breakage: Breakage? = nil) throws {
        self.seed = seed
        self.breakage = breakage
        var random = SplitMix64(seed: seed)
        time = ManualTime(start: Timestamp(seconds: 1_800_000_000), seed: seed)
        let scheduler = Scheduler(seed: seed)
        self.scheduler = scheduler
        store = SimulatedStore(gate: { (point: String) async throws(StoreError) in try await scheduler.pass(point) })
        let fleet = SimulationFleet(&random)
        let time = time
        model = ModelDefender(
            seed: random.next(), machines: fleet.machines, offline: fleet.offline, sightings: fleet.sightings,
            now: { time.now })
        playbooks = try SimulationPlaybooks.load(
            policy: breakage?.policy ?? SimulationPlaybooks.policy, now: time.now)
        var options = EngineOptions(tenant: "sim")
        options.readsConcurrently = false
        self.options = options
        checker = PromiseChecker(denied: fleet.denied)
        store.setTamper(breakage?.tamper)
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
        case 13..<15 where faults: try await people()
        case 15..<16 where faults: changeFleet()
        case 16..<23: time.advance(by: random.seconds(upTo: faults ? 20 : 120))
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

    private var threat: any ThreatService {
        let honest = ModelThreatService(model: model, scheduler: scheduler)
        return breakage.map { $0.threat(honest) } ?? honest
    }

    /// Without faults, with people that answer everything, until nothing is left to do and every effect has come to its end.
    private func finish(_ group: inout ThrowingTaskGroup<Void, any Error>) async throws {
        _ = try await control.resume(by: "sim", reason: "end")
        checker.resumed()
        for machine in fleet.machines { model.comeBack(machine.id) }
        _ = try await BreakerService(store: store, surroundings: time.surroundings).reset(by: "sim", reason: "end")
        for _ in 0..<60_000 {
            if scheduler.parked.isEmpty, workers.isEmpty, try await isQuiet() { return }
            if random.chance(20) { try await answer(ending: true) }
            try await step(&group, faults: false)
        }
        throw fail("work is left after the faults stopped: \(try await leftOver())")
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
        for effect in try await store.effects(after: nil, limit: 100) where effect.lease != nil {
            lines.append(
                "\(effect.step) on \(effect.machine?.text ?? "-") is in force until \(String(describing: effect.leaseUntil))"
            )
        }
        return lines.joined(separator: "; ") + "; jobs \(jobs.waiting) overdue \(jobs.overdue), \(jobs.setAside)"
    }

    private func isQuiet() async throws -> Bool {
        guard try await store.runs(PageRequest(limit: 1_000)).elements.allSatisfy({ $0.phase == .ended }) else {
            return false
        }
        return try await store.effects(after: nil, limit: 1_000).allSatisfy { $0.lease == nil }
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
            let engine = process ?? begin()
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

    /// A new process: it knows what is in the store and nothing else.
    private func begin() -> Engine {
        let engine = Engine(
            store: store, threat: threat, playbooks: playbooks, options: options, surroundings: time.surroundings,
            logger: Logger(label: "sim", factory: { _ in SwiftLogNoOpLogHandler() }))
        process = engine
        return engine
    }

    private func crash(_ parked: [(worker: Int, point: String)]) {
        // The process dies with all its workers and all it remembered.
        process = nil
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
            level: level, category: random.chance(40) ? .ransomware : .other,
            score: NormalisedScore(level: level, share: Double(random.below(3)) / 2), hashes: FileHashes(sha1: file),
            analysedAt: time.now - random.seconds(upTo: 600), product: "generic", eventID: event)
        let now = time.now
        let body = Array("\(file.hex) \(event) \(level) \(random.below(3))".utf8)
        let delivery = PreparedDelivery(
            feed: random.chance(50) ? "one" : "two", trust: 2, at: now, eventID: event, bodyDigest: Digest.of(body),
            body: body, records: [.verdict(verdict, wantsAssessment: true)],
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

    /// People do something of their own accord.
    private func people() async throws {
        let machine = fleet.machines[random.below(fleet.machines.count)]
        let runs = try await store.runs(PageRequest(limit: 20)).elements
        let logger = Logger(label: "sim", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = RunService(store: store, surroundings: time.surroundings, options: options, logger: logger)
        switch random.below(6) {
        case 0:
            guard !runs.isEmpty else { return }
            try await tolerant { _ = try await service.cancel(runs[0].id, reason: "sim", by: "ana") }
        case 1:
            guard let run = runs.last else { return }
            try await tolerant { _ = try await service.undo(run.id, reason: "sim", by: "ana") }
        case 2:
            guard let id = try await store.cases(PageRequest(limit: 5)).elements.last?.id else { return }
            let cases = CaseService(store: store, surroundings: time.surroundings, options: options, logger: logger)
            let kind: Case.Closure.Kind = random.chance(50) ? .falsePositive : .resolved
            try await tolerant {
                let closing = try await cases.close(
                    id, as: kind, allowance: .seconds(7_200), reason: "sim", by: "ana")
                if let allowed = closing.allowed { checker.allowed(allowed) }
            }
        case 3:
            _ = try await BreakerService(store: store, surroundings: time.surroundings).reset(by: "ana", reason: "sim")
        default:
            let kinds: [ActionKind] = [.isolate, .release, .restrictApps, .unrestrictApps, .tag, .antivirusScan]
            let kind = kinds[random.below(kinds.count)]
            let orders = OrderService(
                store: store, threat: ModelThreatService(model: model, scheduler: scheduler), playbooks: playbooks,
                options: options, surroundings: time.surroundings, logger: logger)
            let person = Operator(
                id: OperatorID(2), name: "rita", roles: ["responder"], tokenDigest: Digest.of("rita"), tokenPrefix: "t",
                createdAt: time.now)
            try await tolerant {
                _ = try await orders.give(
                    .init(
                        order: PersonalOrder(
                            kind: kind, parameters: ActionParameters(value: kind == .tag ? "by-hand" : nil),
                            reason: "sim"), machines: [machine.id]), by: person)
            }
        }
    }

    /// What people are refused is theirs to live with.
    private func tolerant(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch is RunServiceError {
        } catch is CaseServiceError {
        } catch is OrderServiceError {
        }
    }

    /// Machines leave and come back, and see files late.
    private func changeFleet() {
        let machine = fleet.machines[random.below(fleet.machines.count)]
        switch random.below(4) {
        case 0: model.goOffline(machine.id)
        case 1: model.comeBack(machine.id)
        default: model.see(fleet.files[random.below(fleet.files.count)], on: machine.id)
        }
    }

    /// - Parameter ending: Everything is agreed to but that effects last longer.
    private func answer(ending: Bool = false) async throws {
        let open = try await store.approvals(waitingOnly: true, PageRequest(limit: 100)).elements
        guard !open.isEmpty else { return }
        let approval = open[random.below(open.count)]
        let people = [
            ("ana", ["soc-analyst", "soc-lead"]), ("bo", ["server-operations"]), ("cy", ["soc-analyst", "soc-lead"]),
        ]
        let (name, roles) = people[random.below(people.count)]
        let person = Operator(
            id: OperatorID(1), name: name, roles: roles, tokenDigest: Digest.of(name), tokenPrefix: "t",
            createdAt: time.now)
        let stale = !ending && random.chance(10)
        let agrees = ending ? approval.renews == nil : random.chance(80)
        let service = DecisionService(
            store: store, surroundings: time.surroundings, options: options, logger: Logger(label: "sim"))
        do throws(DecisionError) {
            let after = try await service.decide(
                approval.id, digest: stale ? Digest.of("stale") : approval.digest,
                answer: agrees ? .approve : .deny, only: nil, reason: "sim", by: person)
            if stale { throw .refused(.otherDigest(after.digest)) }
        } catch {
            if case .store(let store) = error { throw store }
        }
    }
}
