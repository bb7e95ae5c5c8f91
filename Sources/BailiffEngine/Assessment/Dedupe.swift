import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// What a playbook's dedupe window says about a case: whether it may plan now, and whether it has another reason to.
struct Dedupe: Sendable {
    let playbook: Playbook
    let answer: Case.PlanAnswer
    let lastVerdict: Timestamp?

    /// - Parameter verdicts: All of the case.
    init(
        _ playbook: Playbook, of file: Case, _ verdicts: [StoredVerdict], in store: any StoreReading
    ) async throws {
        self.playbook = playbook
        lastVerdict = verdicts.map(\.receivedAt).max()
        guard let last = file.plans[playbook.name],
            let run = try await store.runs(ofCase: file.id).first(where: { $0.publicID == last.run })
        else {
            answer = .open
            return
        }
        answer = Case.PlanAnswer(try await store.approvals(ofRun: run.id))
    }

    func mayPlan(_ file: Case, at now: Timestamp) -> Bool {
        guard let signature = signature(of: file) else { return false }
        return file.mayPlan(
            playbook.name, signature: signature, window: playbook.trigger.window, onChange: playbook.trigger.onChange,
            answer: answer, lastVerdict: lastVerdict, at: now)
    }

    /// The verdict is another one than the newest plan was made for, or wants a plan although it is the same.
    func isAnother(_ file: Case) -> Bool {
        guard let signature = signature(of: file), let last = file.plans[playbook.name] else { return true }
        return signature.isChange(from: last.signature)
            || file.isNewReason(
                playbook.name, signature: signature, onChange: playbook.trigger.onChange, answer: answer,
                lastVerdict: lastVerdict)
    }

    private func signature(of file: Case) -> Case.Signature? {
        file.verdict.map { Case.Signature($0, hashes: file.hashes, playbook: playbook.digest) }
    }
}
