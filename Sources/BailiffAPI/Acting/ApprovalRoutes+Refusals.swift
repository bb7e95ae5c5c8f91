import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore

extension ApprovalRoutes {
    /// Why an answer was not taken. Another digest than the question's own shows the question as it is, and what is different
    /// from what the digest stood for, where that is known.
    func problem(
        for error: DecisionError, _ approval: Approval, given: Digest, caller: Caller?
    ) async throws(StoreError) -> Problem {
        switch error {
        case .store(let error): throw error
        case .unknownApproval: return Problem(.notFound, "no approval has this id")
        case .notAPerson: return Problem(.approvalNeedsPerson, "services and revoked operators do not answer questions")
        case .refused(let refusal):
            var problem = ApprovalRoutes.problem(for: refusal)
            if case .otherDigest(let own) = refusal {
                let changes = try await changes(from: given, to: approval)
                problem.members["digest"] = .string(own.hex)
                problem.members["changed"] = changes.map(Rendering.list) ?? .null
                problem.members["approval"] = try await json(approval, caller: caller)
            }
            return problem
        }
    }

    private static func problem(for refusal: Approval.Refusal) -> Problem {
        switch refusal {
        case .notOpen(let phase):
            let state = Rendering.state(of: phase)
            return Problem(
                .approvalNotOpen, state == "waiting" ? "the question's time is over" : "the question is \(state)",
                members: ["state": .string(state)])
        case .otherDigest: return Problem(.approvalOtherDigest, "look at the question again and answer its own digest")
        case .isRequester: return Problem(.approvalIsRequester, "you asked for this run: somebody else has to answer")
        case .isActivator:
            return Problem(.approvalIsActivator, "you activated this playbook: somebody else has to answer")
        case .lacksRole(let roles):
            return Problem(
                .approvalLacksRole, "one of these roles is asked: \(roles.joined(separator: ", "))",
                members: ["roles": Rendering.list(roles)])
        case .alreadyAnswered:
            return Problem(
                .approvalAlreadyAnswered,
                "you have approved already: another person has to answer for what is still missing")
        case .unknownMachines(let machines):
            return Problem(
                .approvalUnknownMachines,
                machines.isEmpty ? "'only' names no machine" : "these machines are not asked about",
                members: ["machines": Rendering.list(machines.map(\.text))])
        }
    }

    // MARK: What is different

    /// What the digest that was given stood for, compared with the question. Nil where no question of the case has it.
    private func changes(from given: Digest, to approval: Approval) async throws(StoreError) -> [String]? {
        for run in try await store.runs(ofCase: approval.caseID) {
            for other in try await store.approvals(ofRun: run.id) where other.digest == given {
                return try await changes(from: other, to: approval)
            }
        }
        return nil
    }

    private func changes(from other: Approval, to approval: Approval) async throws(StoreError) -> [String] {
        var changes = ["the digest is that of approval \(other.publicID.text)"]
        if other.step != approval.step || other.action != approval.action {
            changes.append(
                "step \(other.step) (\(other.action.rawValue)) there, step \(approval.step) (\(approval.action.rawValue)) here"
            )
        }
        if other.policy != approval.policy { changes.append("policy \(other.policy) there, \(approval.policy) here") }
        let before = Set(other.subjects.compactMap(\.machine))
        let after = Set(approval.subjects.compactMap(\.machine))
        for machine in after.subtracting(before).sorted() { changes.append("machine \(machine.text) is new") }
        for machine in before.subtracting(after).sorted() { changes.append("machine \(machine.text) is gone") }
        if other.because != approval.because { changes.append("the reasons are others") }
        if let old = try await store.run(other.runID), let new = try await store.run(approval.runID),
            old.playbook != new.playbook
        {
            changes.append(
                "playbook \(old.playbook.name) \(old.playbook.digest.short) there, \(new.playbook.name) \(new.playbook.digest.short) here"
            )
        }
        return changes
    }
}
