import BailiffAudit
import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Deliberate faults: what engine and store would be without one of the things that keep the promises. The simulation has to
/// find every one.
enum Breakage: String, CaseIterable, Sendable {
    case haltIsNotChecked
    case budgetIsNotChecked
    case otherHoldersAreNotChecked
    case holdsAreForgotten
    case failuresAreForgotten
    case allowListIsNotChecked
    case approvalsAreNotAskedFor
    case leasesAreForgotten
    case intentsAreNotRecorded
    case intentsAreNotMarked
    case ordersAreSentTwice
    case lostAnswersCountAsRefused
    case historyIsNotRead
    case declinedOrdersAreNotLookedFor
    case denyGuardIsMissing

    /// What the store does to every commit.
    var tamper: (@Sendable (Commit) -> Commit)? {
        switch self {
        case .haltIsNotChecked: Breakage.without { if case .notHalted = $0 { true } else { false } }
        case .budgetIsNotChecked: Breakage.without { if case .budget = $0 { true } else { false } }
        case .otherHoldersAreNotChecked: Breakage.without { if case .noOtherHolder = $0 { true } else { false } }
        case .failuresAreForgotten:
            { commit in
                var changed = commit
                changed.puts = commit.puts.filter { if case .evidence = $0 { false } else { true } }
                return changed
            }
        case .allowListIsNotChecked: Breakage.without { if case .notAllowListed = $0 { true } else { false } }
        case .holdsAreForgotten:
            { commit in
                var changed = commit
                changed.puts = commit.puts.filter { if case .hold = $0 { false } else { true } }
                return changed
            }
        case .approvalsAreNotAskedFor: Breakage.granting
        case .leasesAreForgotten:
            { commit in
                var changed = commit
                changed.jobs = commit.jobs.filter { change in
                    if case .upsert(let key, _) = change { key.kind != .lease } else { true }
                }
                return changed
            }
        case .intentsAreNotRecorded:
            { commit in
                let entries = commit.entries.all.map { built in
                    guard EntryContents(built.entry)?.kind == "action.intended" else { return built }
                    return EntryDraft("action.forgotten", at: .epoch)
                        .built(randomBytes: { [UInt8](repeating: 7, count: $0) })
                }
                return Commit(
                    entries: NonEmpty(entries) ?? commit.entries, requires: commit.requires, puts: commit.puts,
                    jobs: commit.jobs)
            }
        default: nil
        }
    }

    private static func without(
        _ isDropped: @escaping @Sendable (Precondition) -> Bool
    ) -> @Sendable (Commit) -> Commit {
        { commit in
            var changed = commit
            changed.requires = commit.requires.filter { !isDropped($0) }
            return changed
        }
    }

    /// Every question counts as answered.
    private static let granting: @Sendable (Commit) -> Commit = { commit in
        var changed = commit
        changed.puts = commit.puts.map { put in
            guard case .action(var action) = put, action.phase == .asking else { return put }
            for consent in action.openConsents { _ = action.handle(.granted(policy: consent.policy), at: .epoch) }
            changed.jobs.append(.upsert(JobKey(.act, action.id.value), due: .epoch))
            return .action(action)
        }
        return changed
    }

    /// What the engine sees of the service.
    func threat(_ honest: ModelThreatService) -> any ThreatService {
        switch self {
        case .historyIsNotRead, .declinedOrdersAreNotLookedFor, .ordersAreSentTwice, .intentsAreNotMarked,
            .lostAnswersCountAsRefused:
            BrokenThreatService(honest: honest, breakage: self)
        default: honest
        }
    }

    /// The policy in force.
    var policy: String {
        guard self == .denyGuardIsMissing else { return SimulationPlaybooks.policy }
        return SimulationPlaybooks.policy.replacing(
            #"when: machine.role == "domain_controller""#, with: #"when: machine.id == "nobody""#)
    }
}

/// A service adapter that does not do what it promises.
struct BrokenThreatService: ThreatService {
    let honest: ModelThreatService
    let breakage: Breakage

    func send(_ order: Order) async throws(SendFailure) -> ServiceAction {
        var order = order
        switch breakage {
        case .intentsAreNotMarked:
            order.comment = "isolated"
            return try await honest.send(order)
        case .ordersAreSentTwice:
            _ = try? await honest.send(order)
            return try await honest.send(order)
        case .lostAnswersCountAsRefused:
            do throws(SendFailure) {
                return try await honest.send(order)
            } catch {
                if case .lost(let reason) = error { throw .notAccepted(reason, retryAfter: nil) }
                throw error
            }
        default: return try await honest.send(order)
        }
    }

    func history(
        of machine: MachineID, family: ActionFamily, since: Timestamp
    ) async throws(ThreatError) -> [ServiceAction] {
        guard breakage != .historyIsNotRead else { return [] }
        var orders = try await honest.history(of: machine, family: family, since: since)
        if breakage == .declinedOrdersAreNotLookedFor {
            for index in orders.indices where orders[index].status != .active {
                orders[index].comment = orders[index].comment.replacing("/", with: "-")
            }
        }
        return orders
    }

    func file(_ hash: FileHash) async throws(ThreatError) -> FileProfile? { try await honest.file(hash) }
    func statistics(sha1: FileHash) async throws(ThreatError) -> FileStatistics? {
        try await honest.statistics(sha1: sha1)
    }
    func machines(withFile sha1: FileHash) async throws(ThreatError) -> [Machine] {
        try await honest.machines(withFile: sha1)
    }
    func machine(_ id: MachineID) async throws(ThreatError) -> Machine? { try await honest.machine(id) }
    func huntSightings(of hashes: [FileHash], lookBack: Duration) async throws(ThreatError) -> HuntedSightings {
        try await honest.huntSightings(of: hashes, lookBack: lookBack)
    }
    func huntDevices(_ ids: [MachineID]) async throws(ThreatError) -> [HuntedDevice] {
        try await honest.huntDevices(ids)
    }
    func fleet() async throws(ThreatError) -> FleetFacts { try await honest.fleet() }
    func isolations(of machines: [MachineID]) async throws(ThreatError) -> [ServiceAction] {
        try await honest.isolations(of: machines)
    }
    func actions(since: Timestamp) async throws(ThreatError) -> [ServiceAction] {
        try await honest.actions(since: since)
    }
    func action(_ id: String, kind: ActionKind) async throws(ThreatError) -> ServiceAction? {
        try await honest.action(id, kind: kind)
    }
    func cancel(_ id: String, kind: ActionKind, comment: String) async throws(ThreatError) -> Bool {
        try await honest.cancel(id, kind: kind, comment: comment)
    }
    func isInEffect(_ order: Order) async throws(ThreatError) -> Bool? { try await honest.isInEffect(order) }
}
