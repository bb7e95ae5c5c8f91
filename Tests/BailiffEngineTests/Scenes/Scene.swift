import BailiffAudit
import BailiffCore
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Foundation
import Logging

@testable import BailiffEngine

/// The real engine over the simulated store and a service without faults, on a clock that a test moves: one story, step by
/// step.
final class Scene {
    let time: ManualTime
    let store = SimulatedStore()
    let model: ModelDefender
    let playbooks: ActivePlaybooks
    let notifier = Notifier()
    private(set) var options: EngineOptions
    private let logger = Logger(label: "scene", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Remembers what people were told.
    final class Notifier: Notifying {
        private let told = Locked<[Announcement]>([])
        private let isAway = Locked(false)

        func tell(_ announcement: Announcement) async throws(NotifyingFailure) {
            if isAway.withLock({ $0 }) { throw NotifyingFailure(isTemporary: true, message: "away") }
            told.withLock { $0.append(announcement) }
        }

        func goAway(_ away: Bool) { isAway.withLock { $0 = away } }
        var all: [Announcement] { told.withLock { $0 } }
        func of(_ event: NotifyEvent) -> [Announcement] { all.filter { $0.event == event } }
    }

    /// - Parameters:
    ///   - playbooks: The playbooks to activate, by name; of those in `folder`.
    ///   - replacing: Text of the files that stands there, and what it is to be.
    init(
        _ names: [String], folder: String = "playbooks", replacing: [(String, String)] = [], machines: [Machine],
        mode: ActivationMode = .live, orderLife: Duration = .seconds(3 * 86_400)
    ) throws {
        let start = Timestamp(seconds: 1_800_000_000)
        let time = ManualTime(start: start, seed: 1)
        self.time = time
        model = ModelDefender(
            seed: 1, machines: machines, offline: [], sightings: [:], orderLife: orderLife, now: { time.now })
        model.stopFaults()
        model.fail(on: [])
        let library = try Scene.library(folder, replacing, now: start)
        let modes = Dictionary(names.map { ($0, mode) }, uniquingKeysWith: { first, _ in first })
        playbooks = ActivePlaybooks(
            ActivePlaybooks.Generation(
                library: library, modes: modes,
                activators: Dictionary(names.map { ($0, "gita") }, uniquingKeysWith: { first, _ in first })))
        var options = EngineOptions(tenant: "scene")
        options.readsConcurrently = false
        self.options = options
    }

    struct Unloadable: Error { var report: [String] }

    private static func library(
        _ folder: String, _ replacing: [(String, String)], now: Timestamp
    ) throws -> PlaybookLibrary {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".yaml") }
            .sorted().map { name in
                var text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
                for (old, new) in replacing { text = text.replacingOccurrences(of: old, with: new) }
                return SourceText(file: name, text: text)
            }
        let (library, report) = PlaybookLibrary.load(
            files,
            environment: CheckEnvironment(
                notifiers: ["soc", "incident", "server-operations"], now: now, carriedOut: .complete))
        guard let library else { throw Unloadable(report: report.diagnostics.map(\.description)) }
        return library
    }

    static func machine(
        _ name: String, _ kind: Machine.Kind = .workstation, os: String? = nil, group: String = "office",
        value: String = "normal"
    ) -> Machine {
        Machine(
            id: MachineID(name) ?? sampleMachine, name: "host-\(name)", kind: kind,
            os: os ?? (kind == .server ? "windowsserver2022" : "windows11"), health: "active", onboarded: true,
            group: group, value: value, lastReport: Timestamp(seconds: 1_800_000_000))
    }

    private static let sampleMachine = Sample.machine(1)

    static func workstations(_ count: Int) -> [Machine] {
        (0..<count).map { machine("w" + String(repeating: "0", count: 3 - String($0).count) + String($0)) }
    }

    func id(_ name: String) -> MachineID { MachineID(name) ?? Scene.sampleMachine }

    static func file(_ number: Int) -> FileHash {
        FileHash(.sha1, String(Digest.of("file \(number)").hex.prefix(40))) ?? Sample.hash(1, .sha1)
    }

    // MARK: - What happens

    private var deliveries = 0

    func verdict(
        _ file: FileHash = Scene.file(1), _ level: VerdictLevel = .malicious, category: VerdictCategory = .other,
        score: Double = 1, feed: String = "lab", trust: Int = 2
    ) async throws {
        deliveries += 1
        let now = time.now
        let verdict = Verdict(
            level: level, category: category, score: NormalisedScore(level: level, share: score),
            hashes: FileHashes(sha1: file), analysedAt: now, product: "generic", eventID: "e\(deliveries)")
        let body = Array("\(deliveries)".utf8)
        let wants = playbooks.wantsAssessment(verdict, feed: feed, trust: trust, now: now)
        let delivery = PreparedDelivery(
            feed: feed, trust: trust, at: now, eventID: "e\(deliveries)", bodyDigest: Digest.of(body), body: body,
            records: [.verdict(verdict, wantsAssessment: wants || level == .benign)],
            makeEntry: { receipt in
                EntryDraft("verdict.received", at: now, ["delivery": .int(receipt.delivery)])
                    .built(randomBytes: { [UInt8](repeating: 7, count: $0) })
            })
        _ = try await store.ingest([delivery])
    }

    /// Works every job off that is due until then, in the order of their times.
    func pass(_ duration: Duration) async throws {
        let end = time.now + duration
        let engine = Engine(
            store: store, threat: ModelThreatService(model: model, scheduler: Scheduler(seed: 0)), playbooks: playbooks,
            notifying: notifier, options: options, surroundings: time.surroundings, logger: logger)
        for _ in 0..<200_000 {
            var didWork = false
            for lane in Lane.allCases {
                let leases = try await store.claim(
                    lane, limit: 4, now: time.now, lease: options.lease, node: NodeID("scene"))
                for lease in leases {
                    didWork = true
                    await engine.perform(lease)
                }
            }
            if didWork { continue }
            var next: Timestamp?
            for lane in Lane.allCases {
                if let due = try await store.nextDue(lane) { next = min(next ?? due, due) }
            }
            let due = min(end, max(next ?? end, time.now + .milliseconds(1)))
            if time.now >= end { break }
            time.advance(by: due - time.now)
        }
        let jobs = try await store.jobStatistics(now: time.now)
        if let aside = jobs.setAside.first { throw Stuck(what: "\(aside.key): \(aside.error)") }
    }

    struct Stuck: Error { var what: String }

    func answer(
        _ answer: Approval.Decision.Answer = .approve, policy: String? = nil, by name: String = "ana",
        roles: [String] = ["soc-analyst", "soc-lead", "releaser"], only: [MachineID]? = nil
    ) async throws {
        let service = DecisionService(
            store: store, surroundings: time.surroundings, options: options, logger: logger)
        for approval in try await waiting() where policy.map({ approval.policy == $0 }) ?? true {
            do throws(DecisionError) {
                _ = try await service.decide(
                    approval.id, digest: approval.digest, answer: answer, only: only, reason: "scene",
                    by: Scene.person(name, roles, at: time.now))
            } catch {
                throw error
            }
        }
    }

    static func person(_ name: String, _ roles: [String], at now: Timestamp) -> Operator {
        Operator(
            id: OperatorID(1), name: name, roles: roles, tokenDigest: Digest.of(name), tokenPrefix: "t", createdAt: now)
    }

    // MARK: - What there is

    func waiting() async throws -> [Approval] {
        try await store.approvals(waitingOnly: true, PageRequest(limit: 1_000)).elements.reversed()
    }

    func runs(_ purpose: Run.Purpose? = nil) async throws -> [Run] {
        try await store.runs(PageRequest(limit: 1_000)).elements.reversed().filter { run in
            purpose.map { run.purpose == $0 } ?? true
        }
    }

    func actions(_ step: String? = nil) async throws -> [Action] {
        var all: [Action] = []
        for run in try await runs() { all += try await store.actions(ofRun: run.id) }
        return all.filter { action in step.map { action.step == $0 } ?? true }
    }

    func outcomes(_ step: String) async throws -> [String: Outcome] {
        var outcomes: [String: Outcome] = [:]
        for action in try await actions(step) {
            if let outcome = action.outcome { outcomes[action.machine?.text ?? "tenant"] = outcome }
        }
        return outcomes
    }

    /// Requests of one kind that reached the service, by machine, in their order.
    func requests(_ kind: ActionKind) -> [String] {
        model.requests.filter { $0.kind == kind && $0.possiblyAccepted }.map { $0.machine?.text ?? "tenant" }
    }

    func entries(_ kind: String) async throws -> Int {
        try await store.entries(from: 0, limit: 100_000).count { EntryContents($0.entry)?.kind == kind }
    }

    func caseID(_ file: FileHash = Scene.file(1)) async throws -> CaseID? {
        try await store.cases(withHashPrefix: file.hex).first
    }

    // MARK: - What people do

    var runService: RunService {
        RunService(store: store, surroundings: time.surroundings, options: options, logger: logger)
    }

    var caseService: CaseService {
        CaseService(store: store, surroundings: time.surroundings, options: options, logger: logger)
    }

    var orderService: OrderService {
        OrderService(
            store: store, threat: ModelThreatService(model: model, scheduler: Scheduler(seed: 0)), playbooks: playbooks,
            options: options, surroundings: time.surroundings, logger: logger)
    }

    var breakerService: BreakerService { BreakerService(store: store, surroundings: time.surroundings) }
    var control: ControlService { ControlService(store: store, surroundings: time.surroundings) }
}
