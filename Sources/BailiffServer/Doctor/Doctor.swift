import BailiffDefender
import BailiffEngine
package import BailiffModel
import BailiffPlaybook
package import Logging

/// Checks a configuration against the live world, before or while a server runs on it. It reads and asks; it changes
/// nothing, makes no file and gives no order.
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

    let configuration: ServerConfiguration
    let surroundings: Surroundings
    let logger: Logger
    /// Nil where no server runs that could be asked.
    let people: [Person]?

    package init(
        _ configuration: ServerConfiguration, people: [Person]?, surroundings: Surroundings = .system, logger: Logger
    ) {
        self.configuration = configuration
        self.people = people
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Everything that was found, area by area. Calls the servers of feeds, Entra and Defender, each once or twice.
    package func examine() async -> [DoctorFinding] {
        let playbooks = loadPlaybooks()
        var findings = here()
        findings += playbooks.findings
        if let library = playbooks.library {
            findings += self.playbooks(library) + feeds(library) + approvers(library)
        }
        findings += await feedServers()
        findings += await defender(playbooks.library)
        return findings
    }

    /// The application permissions that what is in the playbooks' folder needs, for who sets up the app registrations.
    ///
    /// - Throws: `StartProblem` where the folder cannot be used.
    package func permissions() throws(StartProblem) -> [RequiredPermission] {
        let library = try folder.load().library
        return PermissionNeed.all(of: Doctor.uses(of: library), with: defenderConfiguration).map(
            RequiredPermission.init)
    }

    // MARK: Shared

    var folder: PlaybookFolder {
        PlaybookFolder(
            path: configuration.playbooks.folder, notifiers: configuration.notifiers.map(\.name),
            now: surroundings.now())
    }

    var defenderConfiguration: DefenderConfiguration {
        DefenderConfiguration(
            tenant: configuration.defender.tenant, endpoints: configuration.defender.endpoints,
            read: configuration.defender.read, act: configuration.defender.act, hunting: configuration.defender.hunting,
            quotas: configuration.defender.quotas)
    }

    /// What finding machines takes, and what the playbooks' steps and their undoing take.
    static func uses(of library: PlaybookLibrary?) -> Set<DefenderUse> {
        var uses: Set<DefenderUse> = [.file, .prevalence, .machines, .fleet, .isolation, .hunting]
        for step in library?.playbooks.flatMap(\.steps) ?? [] {
            for kind in [step.action, step.action.undo].compactMap(\.self) {
                if let use = DefenderUse(rawValue: kind.rawValue) { uses.insert(use) }
            }
        }
        return uses
    }
}
