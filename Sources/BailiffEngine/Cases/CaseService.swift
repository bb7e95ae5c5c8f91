package import BailiffCore
package import BailiffModel
import BailiffPlaybook
package import BailiffStore
package import Logging

package enum CaseServiceError: Error, Sendable {
    case unknownCase
    /// It is closed in this way already.
    case isClosed(Case.Closure)
    case store(StoreError)
}

/// Closing cases, and the allow-list that closing as a false positive fills.
package struct CaseService: Sendable {
    private let context: StoreContext

    package init(store: any Store, surroundings: Surroundings, options: EngineOptions, logger: Logger) {
        context = StoreContext(
            store: store, options: options, surroundings: surroundings, plans: PlanCache(), logger: logger)
    }

    package struct Closing: Sendable {
        package var state: Case
        /// The runs that release what the case held.
        package var releases: [Run]
        /// With a false positive.
        package var allowed: AllowListEntry?
    }

    /// How long a file stays on the allow-list where nobody says.
    package static let allowance: Duration = .seconds(30 * 86_400)

    /// Closes a case: what was not sent is withdrawn, late arrivals are no longer looked for. As a false positive, everything
    /// the case holds is released, too, and the file is on the allow-list for `allowance`.
    package func close(
        _ id: CaseID, as kind: Case.Closure.Kind, allowance: Duration = CaseService.allowance, reason: String,
        by person: String
    ) async throws(CaseServiceError) -> Closing {
        try await guarded { () async throws -> Closing in
            for _ in 0..<32 {
                let survivor = try await context.store.survivor(of: id)
                guard let summary = try await context.store.summary(ofCase: survivor) else {
                    throw CaseServiceError.unknownCase
                }
                var order = context.order()
                var state =
                    summary.state ?? Case(id: survivor, openedAt: summary.latestVerdict?.receivedAt ?? order.now)
                if let closure = state.closure, closure.kind == kind { throw CaseServiceError.isClosed(closure) }
                let closure = Case.Closure(kind: kind, at: order.now, by: person, reason: reason)
                for case .record(let draft) in state.handle(.closed(closure), at: order.now) { order.record(draft) }
                order.puts += [.kase(state), .watch(survivor, until: nil)]
                let targets = try await withdraw(survivor, kind, by: person, &order)
                var releases: [Run] = []
                var allowed: AllowListEntry?
                if kind == .falsePositive {
                    allowed = try await allow(summary, allowance, reason, person, &order)
                    releases = try await UndoPlanning(context: context).plan(
                        UndoPlanning.Request(
                            targets: targets, approve: nil, because: "false positive, said \(person)",
                            requester: person, isByPerson: true), order: &order)
                }
                if case .committed = try await context.commit(order) {
                    return Closing(
                        state: try await context.store.findCase(survivor) ?? state, releases: releases, allowed: allowed
                    )
                }
            }
            throw StoreError(.other, "the case changed too often while it was closed")
        }
    }

    /// - Returns: The effects of the case that are in force.
    private func withdraw(
        _ id: CaseID, _ kind: Case.Closure.Kind, by person: String, _ order: inout WorkOrder
    ) async throws -> [Action] {
        var targets: [Action] = []
        for run in try await context.store.runs(ofCase: id) {
            var actions = try await context.store.actions(ofRun: run.id)
            if run.phase == .active, run.purpose == .playbook {
                actions = try await RunWithdrawal(context: context).withdraw(
                    run, because: "the case was closed as \(kind.rawValue) by \(person)", &order)
            }
            targets += actions.filter(\.isInForce)
        }
        return targets
    }

    private func allow(
        _ summary: CaseSummary, _ allowance: Duration, _ reason: String, _ person: String, _ order: inout WorkOrder
    ) async throws -> AllowListEntry? {
        guard let entryID = try await context.store.reserveIDs(AllowListEntry.self, count: 1).first else { return nil }
        let entry = AllowListEntry(
            id: entryID, publicID: context.publicID(), caseID: summary.id, hashes: summary.hashes, from: order.now,
            until: order.now + allowance, by: person, reason: reason)
        order.puts.append(.allow(entry))
        order.record(entry.added)
        return entry
    }

    /// Takes a file off the allow-list before its time. What feeds say about it counts again from the next verdict on.
    /// - Returns: Nil where there is no such entry. One that was removed already comes back as it is.
    package func removeAllowance(
        _ publicID: PublicID, reason: String, by person: String
    ) async throws(CaseServiceError) -> AllowListEntry? {
        try await guarded { () async throws -> AllowListEntry? in
            for _ in 0..<32 {
                guard
                    var entry = try await context.store.allowList(activeAt: nil).first(where: {
                        $0.publicID == publicID
                    })
                else { return nil }
                var order = context.order()
                let drafts = entry.remove(by: person, reason: reason, at: order.now)
                if drafts.isEmpty { return entry }
                order.record(drafts)
                order.puts = [.allow(entry)]
                if case .committed = try await context.commit(order) { return entry }
            }
            throw StoreError(.other, "the allow-list changed too often")
        }
    }

    private func guarded<Value>(_ body: () async throws -> Value) async throws(CaseServiceError) -> Value {
        do {
            return try await body()
        } catch let error as CaseServiceError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the case could not be changed", underlying: error))
        }
    }
}
