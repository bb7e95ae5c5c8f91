import BailiffDefender
import BailiffDiagnostics
import BailiffEngine
package import BailiffModel
package import BailiffPlaybook
package import Logging

/// Checks a configuration against the live world, before or while a server runs on it. It reads and asks; it changes
/// nothing, makes no file and gives no order.
///
/// What cannot be told because something else is wrong is left out or said to be unknown; nothing else is.
package struct Doctor: Sendable {
    /// Somebody who may answer questions, as a running server tells.
    package struct Person: Sendable, Hashable {
        package var name: String
        package var roles: [String]

        package init(name: String, roles: [String]) {
            self.name = name
            self.roles = roles
        }
    }

    /// What a running server tells of itself.
    package struct Standing: Sendable {
        package var people: [Person]
        package var isHalted: Bool
        package var isBreakerOpen: Bool
        /// The modes of the playbooks in force, by name.
        package var modes: [String: ActivationMode]
        /// The names of all files in force: playbooks, policies, approvals.
        package var inForce: Set<String>

        package init(
            people: [Person], isHalted: Bool = false, isBreakerOpen: Bool = false,
            modes: [String: ActivationMode] = [:], inForce: Set<String> = []
        ) {
            self.inForce = inForce
            self.people = people
            self.isHalted = isHalted
            self.isBreakerOpen = isBreakerOpen
            self.modes = modes
        }
    }

    let examined: ExaminedConfiguration
    let configuration: ServerConfiguration
    let surroundings: Surroundings
    let logger: Logger
    /// Nil where no server runs that could be asked.
    let standing: Standing?

    /// Nil where not even the sections of the configuration can be told apart: then its problems are all there is to say.
    package init?(
        _ examined: ExaminedConfiguration, standing: Standing?, surroundings: Surroundings = .system, logger: Logger
    ) {
        guard let configuration = examined.configuration else { return nil }
        self.examined = examined
        self.configuration = configuration
        self.surroundings = surroundings
        self.logger = logger
        self.standing = standing
    }

    package init(
        _ configuration: ServerConfiguration, standing: Standing?, surroundings: Surroundings = .system, logger: Logger
    ) {
        examined = ExaminedConfiguration(configuration)
        self.configuration = configuration
        self.surroundings = surroundings
        self.logger = logger
        self.standing = standing
    }

    /// Everything that was found, area by area. Calls the servers of feeds and notifiers, Entra, Defender and Graph, each once
    /// or twice.
    package func examine() async -> [DoctorFinding] {
        let playbooks = canRead(.playbooks) ? loadPlaybooks() : (library: nil, findings: [])
        var findings = Doctor.findings(of: examined.problems)
        findings += here()
        findings += playbooks.findings
        if let library = playbooks.library {
            findings += self.playbooks(library) + feeds(library) + approvers(library)
        }
        findings += switches()
        findings += await feedServers()
        findings += await notifiers()
        findings += await defender(playbooks.library)
        return findings
    }

    /// The application permissions that what is in the playbooks' folder needs, for who sets up the app registrations. Secrets
    /// need not be there yet.
    ///
    /// - Throws: `StartProblem` where the folder cannot be used.
    package func permissions() throws(StartProblem) -> [RequiredPermission] {
        let library = try folder.load().library
        return PermissionNeed.all(of: Doctor.uses(of: library), with: defenderConfiguration).map(
            RequiredPermission.init)
    }

    // MARK: Shared

    /// What is wrong with the configuration itself.
    package static func findings(of problems: ConfigurationProblems) -> [DoctorFinding] {
        problems.report.diagnostics.map { diagnostic in
            let isError = diagnostic.severity == .error
            return DoctorFinding(
                isError ? .problem : .warning, "configuration", diagnostic.description,
                breaks: isError ? "the server does not start" : nil,
                mend: diagnostic.hint ?? mend(diagnostic))
        }
    }

    private static func mend(_ diagnostic: Diagnostic) -> String? {
        guard diagnostic.severity == .error else { return nil }
        switch ConfigurationCode(rawValue: diagnostic.code) {
        case .secretAbsent: return "provide the secret there, for the server's user alone"
        case .url: return "correct the address there"
        default: return "correct the configuration there"
        }
    }

    func canRead(_ section: ExaminedConfiguration.Section) -> Bool { !examined.unreadable.contains(section) }

    var folder: PlaybookFolder {
        PlaybookFolder(
            path: configuration.playbooks.folder, notifiers: examined.notifierNames, now: surroundings.now())
    }

    var defenderConfiguration: DefenderConfiguration {
        DefenderConfiguration(
            tenant: configuration.defender.tenant, endpoints: configuration.defender.endpoints,
            read: configuration.defender.read, act: configuration.defender.act, hunting: configuration.defender.hunting,
            quotas: configuration.defender.quotas)
    }

    /// What finding machines takes, and what the playbooks' steps and their undoing take: every way of an investigation.
    static func uses(of library: PlaybookLibrary?) -> Set<DefenderUse> {
        var uses: Set<DefenderUse> = [.file, .prevalence, .machines, .fleet, .isolation, .hunting]
        for step in library?.playbooks.flatMap(\.steps) ?? [] {
            if step.action == .investigate {
                for way in step.parameters.via ?? [.start] { uses.insert(use(of: way)) }
                continue
            }
            for kind in [step.action, step.action.undo].compactMap(\.self) {
                if let use = DefenderUse(rawValue: kind.rawValue) { uses.insert(use) }
            }
        }
        return uses
    }

    private static func use(of way: ActionParameters.InvestigationWay) -> DefenderUse {
        switch way {
        case .start: .investigate
        case .alertByReference: .investigateByAlert
        case .antivirusScan: .antivirusScan
        }
    }
}
