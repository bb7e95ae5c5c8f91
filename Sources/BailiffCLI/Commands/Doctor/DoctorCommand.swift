import ArgumentParser
import BailiffModel
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
        let configuration = try file.load(console, badStatus: .bad)
        let people = printPermissions ? nil : await Self.people(configuration)
        let doctor = Doctor(
            configuration, people: people, logger: TextLog.standardError("doctor", level: .error))
        if printPermissions { return try list(doctor) }
        let findings = await doctor.examine()
        let problems = findings.count { $0.standing == .problem }
        let shown = findings.filter { all || output.format != .table || $0.standing != .good }
        Renderer(output.format).print(
            .list(shown.map(Self.json), Self.table, none: "everything is as it should be"))
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

    /// Operators who may answer, where a server runs here; nil where none answers at its socket.
    private static func people(_ configuration: ServerConfiguration) async -> [Doctor.Person]? {
        guard FileManager.default.fileExists(atPath: configuration.server.socket) else { return nil }
        let place = ServerPlace(socket: configuration.server.socket)
        let answer = try? await APIClient.with(place) { try await $0.get(["v1", "operators"]) }
        return answer?["operators"]?.array?.compactMap { person in
            guard person["active"]?.bool == true, person["service"]?.bool == false, let name = person["name"]?.string
            else { return nil }
            return Doctor.Person(name: name, roles: person["roles"]?.array?.compactMap(\.string) ?? [])
        }
    }

    private static func json(_ finding: DoctorFinding) -> JSONValue {
        [
            "area": .string(finding.area), "standing": .string(finding.standing.rawValue),
            "finding": .string(finding.text), "breaks": .optional(finding.breaks), "mend": .optional(finding.mend),
        ]
    }

    private static let table = Table([
        Table.Column("STANDING") { row in
            let word = row["standing"]?.string ?? ""
            return CellText(word, word == "problem" ? .bad : word == "warning" ? .warning : .plain)
        },
        .member("AREA", "area"), .member("FINDING", "finding", isFlexible: true),
        .member("BREAKS", "breaks", isFlexible: true), .member("TO MEND IT", "mend", isFlexible: true),
    ])

    private static let permissions = Table([
        .member("REGISTRATION", "registration"), .member("API", "api"), .member("PERMISSION", "permission"),
        .member("FOR", "for", isFlexible: true),
    ])
}
