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
}

/// What a worker that also asks and orders outside is given.
struct EngineContext: Sendable {
    let stored: StoreContext
    let threat: any ThreatService
    let finder: MachineFinder
    let playbooks: ActivePlaybooks

    var store: any Store { stored.store }
    var options: EngineOptions { stored.options }
    var surroundings: Surroundings { stored.surroundings }
    var plans: PlanCache { stored.plans }
    var logger: Logger { stored.logger }

    func now() -> Timestamp { stored.now() }
    func randomBytes(_ count: Int) -> [UInt8] { stored.randomBytes(count) }
    func publicID() -> PublicID { stored.publicID() }
}
