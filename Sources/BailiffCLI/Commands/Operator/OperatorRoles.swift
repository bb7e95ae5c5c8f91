import ArgumentParser
import BailiffModel

struct OperatorRoles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles", abstract: "Show who may do what: every role with its permissions.",
        discussion: """
            Roles that only approval policies name may see everything but the log and answer the questions that ask for them. \
            The last row is the local administrator at the server's socket.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await APIClient.with(server, prefersSocket: true) { try await $0.get(["v1", "roles"]) }
        let rows = answer["roles"]?.array ?? []
        let permissions = (answer["permissions"]?.array ?? []).compactMap { $0["name"]?.string }
        guard output.format == .table else {
            return Renderer(output.format).print(.list(rows, Table([]), none: "no role"))
        }
        var sheet = Sheet([.table(Self.table(permissions), rows)])
        sheet.add("Permissions", Self.meanings, answer["permissions"]?.array ?? [])
        Renderer(output.format).print(.one(answer, sheet))
    }

    private static func table(_ permissions: [String]) -> Table {
        Table(
            [.member("ROLE", "role")]
                + permissions.map { permission in
                    Table.Column(permission.replacing("_", with: " ").uppercased()) { row in
                        let has = (row["permissions"]?.array ?? []).contains { $0.string == permission }
                        return has ? CellText("yes") : .none
                    }
                } + [
                    Table.Column("ANSWERS AS", isFlexible: true) { .value($0["answers_as"]) },
                    .member("ASKED BY", "asked_by", isFlexible: true),
                ])
    }

    private static let meanings = Table([
        .member("PERMISSION", "name"), .member("ALLOWS TO", "meaning", isFlexible: true),
    ])
}
