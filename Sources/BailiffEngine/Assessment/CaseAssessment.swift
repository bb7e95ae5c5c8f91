import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Works off `assess` jobs: reads the verdicts of a case, finds its machines, and makes the plan of the playbook that
/// owns it.
struct CaseAssessment: Sendable {
    let context: EngineContext

    func perform(_ lease: JobLease) async throws {
        let store = context.store
        let asked = CaseID(lease.key.subject)
        let id = try await store.survivor(of: asked)
        if id != asked {
            // The case was merged: the survivor has a job of its own.
            return try await store.settle([
                .upsert(JobKey(.assess, id.value), due: context.now()), .finish(lease),
            ])
        }
        // Each round starts from what is stored; somebody else's change starts the next one.
        for _ in 0..<8 {
            switch try await round(id, lease) {
            case .finished: return
            case .again: continue
            case .later(let due): return try await store.settle([.reschedule(lease, due: due, error: nil)])
            }
        }
        try await store.settle([.reschedule(lease, due: context.now() + .seconds(1), error: nil)])
    }

    private enum Round { case finished, again, later(Timestamp) }

    private func round(_ id: CaseID, _ lease: JobLease) async throws -> Round {
        let store = context.store
        let now = context.now()
        let verdicts = try await store.verdicts(ofCase: id, limit: 1_000)
        let hashes = try await store.hashes(ofCase: id)
        guard let opinion = CaseOpinion(verdicts), !hashes.isEmpty else {
            try await store.settle([.finish(lease)])
            return .finished
        }
        var order = context.order(at: now)
        order.requires = [.lease(lease), .caseOpen(id)]
        let stored = try await store.findCase(id)
        var file =
            stored
            ?? Case(id: id, openedAt: verdicts.map(\.receivedAt).min() ?? now)
        take(file.handle(.verdicts(opinion, hashes: hashes), at: now), id, &order)
        guard let facts = file.verdict, try await !isAllowListed(file, at: now) else {
            return try await finish(file, lease, &order)
        }
        try await Reversal(context: context).check(&file, opinion, &order)
        guard file.closure == nil, let owner = owner(of: &file, facts, opinion, at: now) else {
            return try await finish(file, lease, &order)
        }
        let dedupe = try await Dedupe(owner.playbook, of: file, verdicts, in: store)
        guard dedupe.mayPlan(file, at: now) || file.watchUntil.map({ now < $0 }) ?? false else {
            return try await finish(file, lease, &order)
        }
        let findings: Findings
        do throws(ThreatError) {
            findings = try await context.finder.find(file.hashes, lookBack: owner.playbook.targets.lookback, at: now)
        } catch {
            return .later(context.now() + (error.retryAfter ?? .seconds(15)))
        }
        take(file.handle(.assessed(findings.file, findings.coverage, learned: findings.learned), at: now), id, &order)
        let planning = RunPlanning(context: context, owner: owner.playbook, mode: owner.mode, dedupe: dedupe)
        switch try await planning.plan(&file, findings: findings, order: &order) {
        case .nothingToDo: break
        case .unavailable(let retryAt): return .later(retryAt)
        }
        if let retry = findings.retryAfter {
            order.jobs.append(.upsert(JobKey(.assess, id.value), due: context.now() + retry))
        }
        // No plan came of it, but what was asked and learned is another than before: the case has to say so.
        if order.drafts.isEmpty, let stored, CaseAssessment.knowsMore(file, than: stored) {
            order.record(CaseAssessment.entry(file, at: now))
        }
        return try await finish(file, lease, &order)
    }

    private static func knowsMore(_ file: Case, than stored: Case) -> Bool {
        file.hashes != stored.hashes || file.plans != stored.plans
            || file.coverage.map { Set($0.gaps.map(\.code)) } != stored.coverage.map { Set($0.gaps.map(\.code)) }
            || file.coverage?.sources != stored.coverage?.sources
    }

    private static func entry(_ file: Case, at now: Timestamp) -> EntryDraft {
        let gaps: [JSONValue] = (file.coverage?.gaps ?? []).map { .string($0.code.rawValue) }
        return EntryDraft("case.assessed", at: now, ["case": .int(file.id.value), "gaps": .array(gaps)])
    }

    private func isAllowListed(_ file: Case, at now: Timestamp) async throws -> Bool {
        let hashes = Set(file.hashes)
        return try await context.store.allowList(activeAt: now).contains { !hashes.isDisjoint(with: $0.hashes) }
    }

    /// The playbook that owns the case: the matching one of the highest precedence whose feeds agree. Those that still wait
    /// for more feeds are noted.
    private func owner(
        of file: inout Case, _ facts: VerdictFacts, _ opinion: CaseOpinion, at now: Timestamp
    ) -> (playbook: Playbook, mode: ActivationMode)? {
        var waiting: [String] = []
        var owner: (playbook: Playbook, mode: ActivationMode)?
        for candidate in context.playbooks.triggered(by: facts, now: now) {
            if let wanted = candidate.playbook.trigger.corroborate,
                opinion.corroborating(candidate.playbook, within: wanted.within, at: now) < wanted.feeds
            {
                waiting.append(candidate.playbook.name)
                continue
            }
            owner = candidate
            break
        }
        if file.uncorroborated != waiting { _ = file.handle(.waiting(waiting), at: now) }
        return owner
    }

    private func take(_ effects: [Case.Effect], _ id: CaseID, _ order: inout WorkOrder) {
        for effect in effects {
            switch effect {
            case .record(let draft): order.record(draft)
            case .link(let hashes): order.puts.append(.hashes(id, hashes))
            }
        }
    }

    private func finish(_ file: Case, _ lease: JobLease, _ order: inout WorkOrder) async throws -> Round {
        order.puts.append(.kase(file))
        order.jobs.append(.finish(lease))
        switch try await context.commit(order) {
        case nil:
            // Nothing new was said: there is nothing to record, and nothing to do but to ask again where that is wanted.
            try await context.store.settle(order.jobs)
            return .finished
        case .committed: return .finished
        case .refused(.hashOwned(_, let other)):
            try await merge(file.id, other)
            return .later(context.now())
        case .refused(.precondition(.lease)): return .finished
        case .refused: return .again
        }
    }

    /// Two cases turned out to be one file: the older one survives.
    private func merge(_ left: CaseID, _ right: CaseID) async throws {
        let now = context.now()
        let (survivor, gone) = left < right ? (left, right) : (right, left)
        var order = context.order(at: now)
        order.requires = [.caseOpen(survivor), .caseOpen(gone)]
        if var lost = try await context.store.findCase(gone), lost.id == gone {
            if var kept = try await context.store.findCase(survivor), kept.id == survivor {
                take(kept.handle(.absorbed(lost), at: now), survivor, &order)
                order.puts.append(.kase(kept))
            }
            take(lost.handle(.merged(into: survivor), at: now), gone, &order)
            order.puts.append(.kase(lost))
        } else {
            order.record(
                EntryDraft("case.merged", at: now, ["case": .int(gone.value), "into": .int(survivor.value)]))
        }
        order.puts.append(.merge(from: gone, into: survivor))
        order.jobs.append(.upsert(JobKey(.assess, survivor.value), due: now))
        _ = try await context.commit(order)
    }
}
