import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// A verdict that was acted upon is taken back: what was not sent is withdrawn, and a plan to release what was done asks
/// people.
struct Reversal: Sendable {
    let context: EngineContext

    func check(_ file: inout Case, _ opinion: CaseOpinion, _ order: inout WorkOrder) async throws {
        guard let revision = file.verdict?.revision else { return }
        for run in try await context.store.runs(ofCase: file.id)
        where run.purpose == .playbook && run.mode != .shadow && run.reversedAtRevision != revision {
            let plan = try await context.plans.plan(run.plan, in: context.store)
            let stated = plan.verdict.analysedAt ?? .distantPast
            guard let statement = opinion.reversal(of: plan.verdict, statedAt: stated) else { continue }
            try await reverse(run, plan, statement, revision: revision, &order)
            _ = file.handle(.reversed(run: run.publicID), at: order.now)
        }
    }

    private func reverse(
        _ run: Run, _ plan: Plan, _ statement: StoredVerdict, revision: Int, _ order: inout WorkOrder
    ) async throws {
        var changed = order.run(run)
        changed.reversedAtRevision = revision
        order.put(changed)
        order.record(
            EntryDraft(
                "verdict.reversed", at: order.now,
                [
                    "run": .string(run.publicID.text), "feed": .string(statement.feed),
                    "verdict": .int(statement.id.value), "revision": .int(Int64(revision)),
                ]))
        let reason = "the verdict was taken back by \(statement.feed)"
        let actions = try await RunWithdrawal(context: context.stored).withdraw(run, because: reason, &order)
        guard let reversal = plan.reversal else { return }
        _ = try await UndoPlanning(context: context.stored).plan(
            UndoPlanning.Request(
                targets: actions.filter { reversal.undo.contains($0.step) }, approve: reversal.approve,
                because: "reversal: \(reason)", requester: "system", isByPerson: false), order: &order)
    }
}
