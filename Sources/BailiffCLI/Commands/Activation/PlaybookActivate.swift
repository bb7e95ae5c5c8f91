import ArgumentParser
import BailiffModel
import Foundation

struct PlaybookActivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate", abstract: "Put a playbook, policy or approvals file of the server's folder in force.",
        discussion: """
            Shows what changes against the version in force and asks; without a terminal give --digest and --yes: exactly that \
            version is put in force or none. Needs the role playbook-admin. A policy comes before the playbooks that use it, \
            and approval policies before both. Who activates a playbook cannot approve its runs.
            """)

    enum Mode: String, CaseIterable, ExpressibleByArgument { case shadow, hold, live }

    @Argument(help: "The playbook's, policy's or approvals file's name.")
    var name: String

    @Option(
        help:
            "Playbooks only: shadow plans and records, hold asks before everything disruptive (the default), live acts."
    )
    var mode: Mode?

    @OptionGroup var choice: VersionChoice

    func run() async throws {
        try await choice.give("activate", name: name) { shown throws(CommandFailure) in
            guard let loaded = shown["loaded"]?["digest"]?.string else {
                throw CommandFailure(
                    "the server's folder has nothing of this name that can be put in force",
                    hint: "'bailiff playbook list' shows what there is")
            }
            guard shown["kind"]?.string == "playbook" || mode == nil else {
                throw .usage("--mode is for playbooks; \(name) is none")
            }
            return loaded
        } body: { shown in
            shown["kind"]?.string == "playbook" ? ["mode": .string((mode ?? .hold).rawValue)] : [:]
        }
    }
}

struct PlaybookDeactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate", abstract: "Take a playbook, policy or approvals file out of force.",
        discussion: "Refused where what stays in force needs it. Needs the role playbook-admin.")

    @Argument(help: "The playbook's, policy's or approvals file's name.")
    var name: String

    @OptionGroup var choice: VersionChoice

    func run() async throws {
        try await choice.give("deactivate", name: name) { shown throws(CommandFailure) in
            guard let active = shown["active"]?["digest"]?.string else {
                throw CommandFailure("\(name) is not in force")
            }
            return active
        } body: { _ in
            [:]
        }
    }
}

/// Which version was looked at, and why it is put in force or taken out.
struct VersionChoice: ParsableArguments {
    @Option(help: "What was looked at: the digest, or its first 12 digits or more.")
    var digest: String?

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says nothing") }
        if let digest {
            guard (12...64).contains(digest.utf8.count), digest.utf8.allSatisfy({ Hex.value(of: $0) != nil }) else {
                throw ValidationError("--digest is 12 to 64 hexadecimal digits")
            }
        }
    }

    /// - Parameters:
    ///   - version: The digest of the version that is meant, from what the server shows.
    ///   - body: Further members of the request.
    func give(
        _ verb: String, name: String, version: (JSONValue) throws(CommandFailure) -> String,
        body: (JSONValue) -> JSONObject
    ) async throws {
        let console = Console.standard
        let result = try await APIClient.with(server) { client in
            let shown = try await client.get(["v1", "playbooks", name])
            let current = try version(shown)
            if let digest, !current.utf8.starts(with: digest.lowercased().utf8) {
                throw CommandFailure(
                    "the version is \(Words.short(current, 16)), not \(digest): it is not what was looked at",
                    hint: "look again with 'bailiff playbook list'")
            }
            if digest == nil, confirmation.yes, isatty(STDIN_FILENO) != 1 {
                throw CommandFailure.usage("without a terminal --digest says which version was looked at")
            }
            let sheet = PlaybookView.sheet(shown)
            for line in sheet.lines(width: console.width, isColoured: false) { console.remark(line) }
            try confirmation.require("\(verb)s \(name) \(Words.short(current, 16))")
            var members = body(shown)
            members["digest"] = .string(current)
            members["reason"] = .string(reason)
            return try await client.post(["v1", "playbooks", name, verb], .object(members))
        }
        Renderer(output.format).print(.one(result, PlaybookView.sheet(result)))
    }
}
