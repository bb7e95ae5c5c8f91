import BailiffModel
import BailiffStore
import Logging

/// What everything that changes state is given.
struct StoreContext: Sendable {
    let store: any Store
    let options: EngineOptions
    let surroundings: Surroundings
    let plans: PlanCache
    let logger: Logger

    func now() -> Timestamp { surroundings.now() }
    func randomBytes(_ count: Int) -> [UInt8] { surroundings.randomBytes(count) }
    func publicID() -> PublicID { PublicID(random: surroundings.randomBytes(5)) }
    func order(at now: Timestamp? = nil) -> WorkOrder {
        WorkOrder(now: now ?? self.now(), askSettle: options.askSettle)
    }

    /// Adds what follows from the changes of `order` and makes it one commit.
    /// - Returns: Nil where nothing was recorded: then nothing was changed either, its jobs included.
    func commit(_ order: WorkOrder) async throws -> CommitOutcome? {
        var order = order
        try await Consequences(context: self).add(to: &order)
        guard let commit = order.commit(randomBytes: randomBytes) else { return nil }
        return try await store.commit(commit)
    }
}

/// What a worker that also asks and orders outside is given.
struct EngineContext: Sendable {
    let stored: StoreContext
    let threat: any ThreatService
    let finder: MachineFinder
    let playbooks: ActivePlaybooks
    let notifying: any Notifying

    var store: any Store { stored.store }
    var options: EngineOptions { stored.options }
    var surroundings: Surroundings { stored.surroundings }
    var plans: PlanCache { stored.plans }
    var logger: Logger { stored.logger }

    func now() -> Timestamp { stored.now() }
    func randomBytes(_ count: Int) -> [UInt8] { stored.randomBytes(count) }
    func publicID() -> PublicID { stored.publicID() }
    func order(at now: Timestamp? = nil) -> WorkOrder { stored.order(at: now) }
    func commit(_ order: WorkOrder) async throws -> CommitOutcome? { try await stored.commit(order) }
}
