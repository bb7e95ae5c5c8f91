package import BailiffCore
package import BailiffModel
package import BailiffStore
package import Logging

package enum DecisionError: Error, Sendable {
    case unknownApproval
    /// Services never approve; neither do revoked operators.
    case notAPerson
    case refused(Approval.Refusal)
    case store(StoreError)
}

/// Takes people's answers to questions.
package struct DecisionService: Sendable {
    private let context: StoreContext

    package init(store: any Store, surroundings: Surroundings, options: EngineOptions, logger: Logger) {
        context = StoreContext(
            store: store, options: options, surroundings: surroundings, plans: PlanCache(), logger: logger)
    }

    /// Takes one answer. The answer, what it sets free or ends, and its entry are one commit.
    ///
    /// - Parameters:
    ///   - digest: What the person was shown; another digest than the question's own is refused.
    ///   - only: A subset of the question's machines; nil for all.
    /// - Returns: The question after the answer.
    package func decide(
        _ id: ApprovalID, digest: Digest, answer: Approval.Decision.Answer, only: [MachineID]?, reason: String,
        by person: Operator
    ) async throws(DecisionError) -> Approval {
        guard !person.isService, person.isActive else { throw .notAPerson }
        do {
            for _ in 0..<32 {
                guard var approval = try await context.store.approval(id) else { throw DecisionError.unknownApproval }
                let now = context.now()
                let decision = Approval.Decision(
                    person: person.name, roles: person.roles, answer: answer, only: only, reason: reason, at: now)
                let effects: [Approval.Effect]
                do throws(Approval.Refusal) {
                    effects = try approval.decide(decision, digest: digest)
                } catch {
                    throw DecisionError.refused(error)
                }
                var order = context.order(at: now)
                try await ApprovalEffects(context: context).apply(effects, of: approval, order: &order)
                guard let outcome = try await context.commit(order) else { return approval }
                if case .committed = outcome {
                    return try await context.store.approval(id) ?? approval
                }
            }
            throw StoreError(.other, "the approval changed too often while it was answered")
        } catch let error as DecisionError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the answer could not be stored", underlying: error))
        }
    }
}
