import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffPlaybook

/// What the files of the playbooks' folder will do here.
extension Doctor {
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
                return (nil, [DoctorFinding(.problem, "playbooks", error.message, breaks: "the server does not start")])
            }
            let findings = errors.map {
                DoctorFinding(
                    .problem, "playbooks", $0.description, breaks: "the server does not start", mend: $0.hint)
            }
            return (nil, findings)
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
        return library.playbooks.map(standing)
    }

    private func standing(_ playbook: Playbook) -> DoctorFinding {
        guard playbook.valid.covers(surroundings.now()) else {
            return DoctorFinding(
                .warning, "playbooks", "\(playbook.name) is outside its 'valid' times", breaks: "it does nothing")
        }
        guard case .onLoad(let mode) = configuration.playbooks.activation else {
            return DoctorFinding(.note, "playbooks", "\(playbook.name) is in force once it is activated")
        }
        switch mode {
        case .live: return DoctorFinding(.good, "playbooks", "\(playbook.name) is in force, live")
        case .shadow:
            return DoctorFinding(.note, "playbooks", "\(playbook.name) plans and records; it does nothing (shadow)")
        case .hold:
            return DoctorFinding(
                .note, "playbooks",
                "\(playbook.name) will hold everything because its mode is hold: \(playbook.budget.approve) is asked")
        }
    }

    /// For each feed a verdict as hard as it can say: a trigger that does not even care for that never will.
    func feeds(_ library: PlaybookLibrary) -> [DoctorFinding] {
        configuration.feeds.flatMap { feed -> [DoctorFinding] in
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
        guard let people else {
            return [
                DoctorFinding(
                    .note, "people", "no running server was asked who may answer questions",
                    mend: "run this again on the server's machine while it runs")
            ]
        }
        return library.approvals.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { policy in
            let decisions = people.map {
                Approval.Decision(
                    person: $0.name, roles: $0.roles, answer: .approve, reason: "", at: surroundings.now())
            }
            let asked = policy.require.map { "\($0.count) × \($0.role)" }.joined(separator: " and ")
            if Approval.areMet(policy.require, by: decisions) {
                return DoctorFinding(.good, "people", "\(policy.name) can be answered (\(asked))")
            }
            return DoctorFinding(
                .problem, "people", "nobody can satisfy \(policy.name): it needs \(asked), different people",
                breaks: "its questions expire", mend: "bailiff operator add NAME --role ROLE")
        }
    }
}
