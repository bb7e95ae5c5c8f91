import BailiffDefender
import BailiffPlaybook

/// Whether the service takes as many calls as the playbooks' largest plans make.
extension Doctor {
    func quotas(_ library: PlaybookLibrary?, _ quotas: DefenderQuotas) -> [DoctorFinding] {
        let isolations = quotas.usage(of: .isolate).limits
        var findings = [
            DoctorFinding(
                configuration.defender.quotas == nil ? .good : .note, "defender",
                "\(text(isolations)) of each kind may be made"
                    + (configuration.defender.quotas == nil ? ", as documented" : ": defender.quotas says so"),
                mend: configuration.defender.quotas == nil
                    ? nil : "leave defender.quotas out for a tenant with the documented limits")
        ]
        for playbook in library?.playbooks ?? [] {
            let calls = Set(playbook.steps.compactMap { Doctor.call(of: $0) })
            let slowest = calls.map { quotas.estimate(playbook.budget.perRun, of: $0) }
                .max { ($0.duration, $0.api.rawValue) < ($1.duration, $1.api.rawValue) }
            guard let slowest else { continue }
            let isSlow = slowest.duration > .seconds(900)
            findings.append(
                DoctorFinding(
                    isSlow ? .warning : .good, "playbooks",
                    "\(playbook.name): its largest plan takes \(slowest)",
                    breaks: isSlow ? "the last machines wait that long" : nil,
                    mend: isSlow ? "lower budget.per_run, or give 'investigate' another way" : nil))
        }
        return findings
    }

    private func text(_ limits: QuotaLimits) -> String {
        let parts = [limits.perMinute.map { "\($0) calls a minute" }, limits.perHour.map { "\($0) an hour" }]
        return parts.compactMap(\.self).joined(separator: " and ")
    }

    /// The call a step makes for each machine. An investigation with several ways takes another one where the first is used up.
    private static func call(of step: PlaybookStep) -> DefenderAPI? {
        switch step.action {
        case .isolate: .isolate
        case .release: .release
        case .restrictApps: .restrictApps
        case .unrestrictApps: .unrestrictApps
        case .stopAndQuarantine: .stopAndQuarantine
        case .antivirusScan: .antivirusScan
        case .collectPackage: .collectPackage
        case .investigate: (step.parameters.via ?? [.start]) == [.start] ? .startInvestigation : nil
        case .tag, .untag: .tag
        case .blockFile, .unblockFile: nil
        }
    }
}
