package import BailiffCore
package import BailiffModel
package import BailiffPlaybook

/// What a playbook would do about a verdict: asks the service as a run does, plans, and neither stores nor sends anything.
package struct PlanPreview: Sendable {
    package enum Outcome: Sendable {
        /// For people: why nothing would happen.
        case notTriggered(reason: String)
        /// Nobody is known to have seen the file.
        case noMachines(Coverage)
        case planned(Plan, Coverage)
    }

    private let threat: any ThreatService
    private let finder: MachineFinder
    private let tenant: String

    package init(threat: any ThreatService, tenant: String) {
        self.threat = threat
        finder = MachineFinder(threat: threat, readsConcurrently: true)
        self.tenant = tenant
    }

    /// - Parameters:
    ///   - verdict: With every known hash of the file.
    ///   - usage: What is spent of the budgets; nothing where no server is asked.
    package func outcome(
        _ playbook: Playbook, in library: PlaybookLibrary, for verdict: VerdictFacts, mode: ActivationMode,
        usage: BudgetUsage = BudgetUsage(), at now: Timestamp
    ) async throws(ThreatError) -> Outcome {
        switch Planner.isTriggered(playbook, by: verdict, now: now) {
        case .matched: break
        case .notMatched(let reason), .failed(let reason): return .notTriggered(reason: reason)
        }
        let findings = try await finder.find(verdict.hashes.all, lookBack: playbook.targets.lookback, at: now)
        let actionable = findings.hits.filter { $0.shownOnly == nil }
        let shown = findings.hits.compactMap { hit in
            hit.shownOnly.map { NotSelectedMachine(id: hit.machine.id, name: hit.machine.name, reason: $0) }
        }
        if actionable.isEmpty, shown.isEmpty { return .noMachines(findings.coverage) }
        var known = verdict
        known.hashes = hashes(verdict.hashes, learned: findings.learned)
        let input = PlanInput(
            tenant: tenant, now: now, verdict: known, file: findings.file,
            machines: try await facts(of: actionable), fleet: try await threat.fleet(), mode: mode, usage: usage)
        var plan = Planner.plan(playbook, in: library, for: input)
        plan.notSelected += shown
        return .planned(plan, findings.coverage)
    }

    private func facts(of hits: [RecordCollapse.Hit]) async throws(ThreatError) -> [MachineFacts] {
        let history = hits.isEmpty ? [] : try await threat.isolations(of: hits.map(\.machine.id))
        let states = ActionHistory.isolation(history)
        return hits.map {
            MachineFacts(machine: $0.machine, sighting: $0.sighting, isolated: states[$0.machine.id] ?? .no)
        }
    }

    private func hashes(_ known: FileHashes, learned: [FileHash]) -> FileHashes {
        let all = known.all + learned
        return FileHashes(
            sha256: known.sha256 ?? all.first { $0.algorithm == .sha256 },
            sha1: known.sha1 ?? all.first { $0.algorithm == .sha1 },
            md5: known.md5 ?? all.first { $0.algorithm == .md5 })
    }
}
