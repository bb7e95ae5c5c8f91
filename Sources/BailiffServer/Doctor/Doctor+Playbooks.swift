import BailiffCore
import BailiffDefender
import BailiffDiagnostics
import BailiffEngine
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffPlaybook

/// What the files of the playbooks' folder will do here.
extension Doctor {
    /// Where a file holds errors, what the other ones say is looked at all the same.
    func loadPlaybooks() -> (library: PlaybookLibrary?, findings: [DoctorFinding]) {
        do throws(StartProblem) {
            let contents = try folder.load()
            let warnings = contents.report.diagnostics.map {
                DoctorFinding(.warning, "playbooks", $0.description, mend: $0.hint)
            }
            return (contents.library, warnings)
        } catch {
            let errors = error.report?.diagnostics.filter { $0.severity == .error } ?? []
            guard !errors.isEmpty else {
                return (
                    nil,
                    [
                        DoctorFinding(
                            .problem, "playbooks", error.message, breaks: "the server does not start",
                            mend: "make the folder, or set playbooks.folder to where it is")
                    ]
                )
            }
            let findings = errors.map {
                DoctorFinding(
                    .problem, "playbooks", $0.description, breaks: "the server does not start",
                    mend: $0.hint ?? "correct the file there; 'bailiff playbook check \(folder.path)' shows the line")
            }
            guard let rest = folder.salvage() else { return (nil, findings) }
            let names = rest.skipped.joined(separator: ", ")
            return (
                rest.library,
                findings + (names.isEmpty ? [] : [DoctorFinding(.note, "playbooks", "looked at without \(names)")])
            )
        }
    }

    func playbooks(_ library: PlaybookLibrary) -> [DoctorFinding] {
        guard !library.playbooks.isEmpty else {
            return [
                DoctorFinding(
                    .warning, "playbooks", "the folder holds no playbook", breaks: "verdicts are kept; nothing is done",
                    mend: "put one into \(configuration.playbooks.folder)")
            ]
        }
        return library.playbooks.map { standing($0, library) }
    }

    private func standing(_ playbook: Playbook, _ library: PlaybookLibrary) -> DoctorFinding {
        guard playbook.valid.covers(surroundings.now()) else {
            return DoctorFinding(
                .warning, "playbooks", "\(playbook.name) is outside its 'valid' times", breaks: "it does nothing",
                mend: "change its valid.from and valid.until")
        }
        switch mode(of: playbook) {
        case .live: return DoctorFinding(.good, "playbooks", "\(playbook.name) is in force, live")
        case .shadow:
            return DoctorFinding(.note, "playbooks", "\(playbook.name) plans and records; it does nothing (shadow)")
        case .hold:
            let policy = playbook.budget.approve
            if let standing, let asked = library.approvals[policy], !isMet(asked, by: standing.people) {
                return DoctorFinding(
                    .problem, "playbooks",
                    "\(playbook.name) will hold everything because its mode is hold and nobody can satisfy \(policy)",
                    breaks: "it never does anything disruptive", mend: "bailiff operator add NAME --role ROLE")
            }
            return DoctorFinding(
                .note, "playbooks",
                "\(playbook.name) will hold everything because its mode is hold: \(policy) is asked",
                mend: "mode live asks only where the playbook says so")
        case nil:
            let isAsked = standing != nil && canRead(.playbooks)
            return DoctorFinding(
                isAsked ? .warning : .note, "playbooks",
                isAsked ? "\(playbook.name) is not in force" : "\(playbook.name) is in force once it is activated",
                breaks: isAsked ? "it does nothing" : nil,
                mend: "bailiff playbook activate \(playbook.name) --mode hold --reason TEXT")
        }
    }

    /// Nil where that is not known, or where it is not in force.
    private func mode(of playbook: Playbook) -> ActivationMode? {
        if case .onLoad(let mode) = configuration.playbooks.activation { return mode }
        return standing?.modes[playbook.name]
    }

    /// What a running server holds back whatever the playbooks say.
    func switches() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if standing?.isHalted == true {
            findings.append(
                DoctorFinding(
                    .warning, "playbooks", "everything is halted", breaks: "no order is sent",
                    mend: "bailiff resume, once it is clear why"))
        }
        if standing?.isBreakerOpen == true {
            findings.append(
                DoctorFinding(
                    .warning, "playbooks", "all playbooks will hold everything because the breaker is open",
                    breaks: "every disruptive action asks", mend: "bailiff breaker show, then bailiff breaker reset"))
        }
        return findings
    }

    /// Playbooks that a guard stops every time, because a fact it asks for can never be known here.
    func holds(_ library: PlaybookLibrary?, _ report: PermissionReport) -> [DoctorFinding] {
        guard let library else { return [] }
        let missing = Set(report.missing.map(\.toGrant))
        return library.playbooks.flatMap { playbook -> [DoctorFinding] in
            let kinds = playbook.steps.map(\.action).filter(\.isDisruptive)
            let guards = playbook.localGuards + library.policies(of: playbook).flatMap(\.guards)
            return guards.compactMap { rule in
                guard rule.missing == .hold || rule.missing == .deny, kinds.contains(where: rule.applies) else {
                    return nil
                }
                let lacking = Fact.allCases.first { fact in
                    fact.isOptional && rule.when.mentions(fact)
                        && fact.origin.permission.map(missing.contains) ?? false
                }
                guard let lacking, let permission = lacking.origin.permission else { return nil }
                let word = rule.missing == .deny ? "deny" : "hold"
                return DoctorFinding(
                    .warning, "playbooks",
                    "\(playbook.name) will \(word) everything because \(rule.id) asks for \(lacking.rawValue)",
                    breaks: "that fact is never there without \(permission)", mend: "grant \(permission)")
            }
        }
    }

    /// For each feed a verdict as hard as it can say: a trigger that does not even care for that never will.
    func feeds(_ library: PlaybookLibrary) -> [DoctorFinding] {
        guard !configuration.feeds.isEmpty || !canRead(.feeds) else {
            return [
                DoctorFinding(
                    .warning, "feeds", "no feed is configured", breaks: "no verdict comes in but by hand",
                    mend: "name the sandboxes under feeds")
            ]
        }
        return configuration.feeds.flatMap { feed -> [DoctorFinding] in
            var findings: [DoctorFinding] = []
            if case WebhookAuthentication.none = feed.authentication, feed.clientCertificates == nil {
                findings.append(
                    DoctorFinding(
                        .warning, "feeds", "anybody who reaches the address may post to \(feed.name)",
                        breaks: "its verdicts have trust \(feed.trust) and can be made up",
                        mend: "set auth"))
            }
            if feed.server == nil, ReportFetch.announcesReports(of: feed.product) {
                findings.append(
                    DoctorFinding(
                        .warning, "feeds", "\(feed.name): \(feed.product.name) only announces its reports",
                        breaks: "nothing fetches them, so its verdicts stay unknown",
                        mend: "set the feed's server to where its reports are"))
            }
            let isHeard = library.playbooks.contains { cares($0, for: feed) }
            findings.append(
                isHeard || library.playbooks.isEmpty
                    ? DoctorFinding(.good, "feeds", "\(feed.name): \(Doctor.ways(into: feed))")
                    : DoctorFinding(
                        .warning, "feeds",
                        "no playbook is triggered by a malicious verdict of \(feed.name) with trust \(feed.trust)",
                        breaks: "its verdicts are kept; nothing is done because of them alone",
                        mend: "raise the feed's trust, or write a trigger that takes it"))
            return findings
        }
    }

    private static func ways(into feed: ServerConfiguration.Feed) -> String {
        var ways: [String] = []
        if case .closed = feed.authentication {} else { ways.append("POST /v1/feeds/\(feed.name)") }
        if let server = feed.server?.server, feed.server?.pollInterval != nil {
            ways.append("asks \(server.base.host) for what is new")
        }
        return ways.joined(separator: "; ")
    }

    private func cares(_ playbook: Playbook, for feed: ServerConfiguration.Feed) -> Bool {
        VerdictCategory.allCases.contains { category in
            var verdict = VerdictFacts.hardest(feed: feed.name, product: feed.product.name, trust: feed.trust)
            verdict.category = category
            // Outside of 'valid' counts as cared for: that is said of the playbook.
            if case .notMatched = Planner.isTriggered(playbook, by: verdict, now: surroundings.now()) { return false }
            return true
        }
    }

    func approvers(_ library: PlaybookLibrary) -> [DoctorFinding] {
        guard let standing else {
            return [
                DoctorFinding(
                    .note, "people", "no running server was asked who may answer questions",
                    mend: "run this again on the server's machine while it runs")
            ]
        }
        return library.approvals.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { policy in
            let asked = policy.require.map { "\($0.count) × \($0.role)" }.joined(separator: " and ")
            if isMet(policy, by: standing.people) {
                return DoctorFinding(.good, "people", "\(policy.name) can be answered (\(asked))")
            }
            let different = policy.require.reduce(0) { $0 + $1.count } > 1 ? ", different people" : ""
            return DoctorFinding(
                .problem, "people", "nobody can satisfy \(policy.name): it needs \(asked)\(different)",
                breaks: "its questions expire",
                mend: waiting(library, standing)
                    + policy.require.map { "bailiff operator add NAME --role \($0.role)" }.joined(separator: "; "))
        }
    }

    /// Operators can be given a role once approvals that ask for it are in force.
    private func waiting(_ library: PlaybookLibrary, _ standing: Standing) -> String {
        guard case .manual = configuration.playbooks.activation else { return "" }
        return library.approvalFiles.map(\.name).filter { !standing.inForce.contains($0) }
            .map { "bailiff playbook activate \($0) --reason TEXT; " }.joined()
    }

    private func isMet(_ policy: ApprovalPolicy, by people: [Person]) -> Bool {
        let decisions = people.map {
            Approval.Decision(person: $0.name, roles: $0.roles, answer: .approve, reason: "", at: surroundings.now())
        }
        return Approval.areMet(policy.require, by: decisions)
    }
}
