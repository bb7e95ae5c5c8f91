import ArgumentParser
import BailiffModel
import BailiffPlaybook
import BailiffServer
import Foundation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check a configuration against the live world.",
        discussion: """
            Looks at files, playbooks, feeds and people, asks Entra and Defender what they allow, and says for each finding \
            what breaks and how to mend it. Changes nothing and gives no order. With a server running on this machine its \
            operators are looked at, too.

            Exit status: 2 where something would fail at run time.
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Only list the application permissions that the playbooks need, for setting up the app registrations.")
    var printPermissions = false

    @Flag(help: "Show what is well, too.")
    var all = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console.standard
        let examined = try file.examine()
        let standing = printPermissions ? nil : await Self.standing(examined)
        let logger = TextLog.standardError("doctor", level: .error)
        let doctor = Doctor(examined, standing: standing, logger: logger)
        if printPermissions {
            guard let doctor, [.defender, .playbooks].allSatisfy({ !examined.unreadable.contains($0) }) else {
                for line in examined.problems.rendered() { console.remark(line) }
                throw CommandFailure("the configuration cannot be read", status: .bad)
            }
            return try list(doctor)
        }
        let findings = await doctor?.examine() ?? Doctor.findings(of: examined.problems)
        let problems = findings.count { $0.standing == .problem }
        let shown = findings.filter { all || output.format != .table || $0.standing != .good }
        if output.format == .table, !shown.isEmpty {
            Renderer(.table).print(.one(.null, Sheet([.fields(shown.flatMap(Self.fields))])))
        } else {
            Renderer(output.format).print(
                .list(shown.map(Self.json), Table([]), none: "everything is as it should be"))
        }
        let warnings = findings.count { $0.standing == .warning }
        console.remark(
            "bailiff: \(Words.count(findings.count, "finding")): \(Words.count(problems, "problem")), \(Words.count(warnings, "warning"))"
        )
        if problems > 0 { throw CommandFailure.bad }
    }

    private func list(_ doctor: Doctor) throws {
        let needs: [JSONValue]
        do throws(StartProblem) {
            needs = try doctor.permissions().map { need in
                [
                    "registration": .string("defender.\(need.registration)"), "api": .string(need.api),
                    "permission": .string(need.permission),
                    "or": .array(need.alternatives.map { .string($0) }),
                    "for": .array(need.uses.map { .string($0) }),
                ]
            }
        } catch {
            throw ServerStart.failure(error)
        }
        Renderer(output.format).print(.list(needs, Self.permissions, none: "nothing is needed"))
    }

    /// What a server that runs here tells; nil where none answers at its socket.
    private static func standing(_ examined: ExaminedConfiguration) async -> Doctor.Standing? {
        guard let socket = examined.configuration?.server.socket, !examined.unreadable.contains(.server),
            FileManager.default.fileExists(atPath: socket)
        else { return nil }
        let answers = try? await APIClient.with(ServerPlace(socket: socket)) { client in
            (people: try await client.get(["v1", "operators"]), status: try await client.get(["v1", "status"]))
        }
        guard let answers, let operators = answers.people["operators"]?.array else { return nil }
        let people = operators.compactMap { person -> Doctor.Person? in
            guard person["active"]?.bool == true, person["service"]?.bool == false, let name = person["name"]?.string
            else { return nil }
            return Doctor.Person(name: name, roles: person["roles"]?.array?.compactMap(\.string) ?? [])
        }
        let inForce = (answers.status["playbooks"]?.array ?? []).compactMap { playbook -> (String, ActivationMode)? in
            guard let name = playbook["name"]?.string, let mode = playbook["mode"]?.string else { return nil }
            return ActivationMode(rawValue: mode).map { (name, $0) }
        }
        return Doctor.Standing(
            people: people, isHalted: answers.status["control"]?["halted"]?.bool ?? false,
            isBreakerOpen: answers.status["breaker"]?["open"]?.bool ?? false,
            modes: Dictionary(inForce, uniquingKeysWith: { first, _ in first }),
            inForce: Set((answers.status["playbooks"]?.array ?? []).compactMap { $0["name"]?.string }))
    }

    private static func json(_ finding: DoctorFinding) -> JSONValue {
        [
            "area": .string(finding.area), "standing": .string(finding.standing.rawValue),
            "finding": .string(finding.text), "breaks": .optional(finding.breaks), "mend": .optional(finding.mend),
        ]
    }

    /// Whole sentences under one another: cut off they would be of no use.
    private static func fields(_ finding: DoctorFinding) -> [Sheet.Field] {
        let style: CellText.Style =
            switch finding.standing {
            case .problem: .bad
            case .warning: .warning
            case .note, .good: .plain
            }
        var fields = [
            Sheet.Field(finding.standing.rawValue, CellText("\(finding.area): \(finding.text)", style))
        ]
        if let breaks = finding.breaks { fields.append(Sheet.Field("  breaks", CellText(breaks))) }
        if let mend = finding.mend { fields.append(Sheet.Field("  mend", CellText(mend))) }
        return fields
    }

    private static let permissions = Table([
        .member("REGISTRATION", "registration"), .member("API", "api"), .member("PERMISSION", "permission"),
        .member("FOR", "for", isFlexible: true),
    ])
}
