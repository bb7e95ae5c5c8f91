package import BailiffCore
package import BailiffModel
import BailiffPlaybook
package import BailiffStore
package import Logging

package enum RunServiceError: Error, Sendable {
    case unknownRun
    /// Nothing of it can be cancelled: it has ended.
    case hasEnded
    /// No effect of it is in force, or all are being taken back already.
    case nothingToUndo
    case store(StoreError)
}

/// What people do to a run.
package struct RunService: Sendable {
    private let context: StoreContext

    package init(store: any Store, surroundings: Surroundings, options: EngineOptions, logger: Logger) {
        context = StoreContext(
            store: store, options: options, surroundings: surroundings, plans: PlanCache(), logger: logger)
    }

    /// Withdraws everything of the run that was not sent, and recalls what the service has and no machine has taken up.
    /// Effects stay. What is being sent at this moment goes on.
    package func cancel(_ id: RunID, reason: String, by person: String) async throws(RunServiceError) -> Run {
        try await guarded { () async throws -> Run in
            for _ in 0..<32 {
                guard let run = try await context.store.run(id) else { throw RunServiceError.unknownRun }
                guard run.phase == .active else { throw RunServiceError.hasEnded }
                var order = context.order()
                order.record(
                    EntryDraft(
                        "run.cancelled", at: order.now, actor: "operator:\(person)",
                        ["run": .string(run.publicID.text)], erasable: [EntryDraft.Erasable("reason", reason)]))
                _ = try await RunWithdrawal(context: context).withdraw(run, because: "cancelled by \(person)", &order)
                if case .committed = try await context.commit(order) { return try await context.store.run(id) ?? run }
            }
            throw StoreError(.other, "the run changed too often while it was cancelled")
        }
    }

    /// Makes the run that takes the effects of this one back, in the reverse order of its steps. Nobody is asked: it is a
    /// person's order.
    package func undo(
        _ id: RunID, only machines: [MachineID]? = nil, reason: String, by person: String
    ) async throws(RunServiceError) -> [Run] {
        try await guarded { () async throws -> [Run] in
            for _ in 0..<32 {
                guard let run = try await context.store.run(id) else { throw RunServiceError.unknownRun }
                let targets = try await context.store.actions(ofRun: run.id).filter { action in
                    action.isInForce && (machines.map { only in action.machine.map(only.contains) ?? false } ?? true)
                }
                var order = context.order()
                order.record(
                    EntryDraft(
                        "run.undone", at: order.now, actor: "operator:\(person)", ["run": .string(run.publicID.text)],
                        erasable: [EntryDraft.Erasable("reason", reason)]))
                let made = try await UndoPlanning(context: context).plan(
                    UndoPlanning.Request(
                        targets: targets, approve: nil, because: "undo of run \(run.publicID.text) by \(person)",
                        requester: person, isByPerson: true), order: &order)
                guard !made.isEmpty else { throw RunServiceError.nothingToUndo }
                if case .committed = try await context.commit(order) {
                    var current: [Run] = []
                    for run in made { current.append(try await context.store.run(run.id) ?? run) }
                    return current
                }
            }
            throw StoreError(.other, "the run changed too often while it was undone")
        }
    }

    private func guarded<Value>(_ body: () async throws -> Value) async throws(RunServiceError) -> Value {
        do {
            return try await body()
        } catch let error as RunServiceError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the run could not be changed", underlying: error))
        }
    }
}
