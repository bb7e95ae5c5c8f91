import ArgumentParser
import BailiffModel

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Who may do what. On the server's machine this works through its socket.",
        subcommands: [OperatorAdd.self, OperatorList.self, OperatorRoles.self, OperatorRevoke.self])

    static let table = Table([
        .member("NAME", "name", isFlexible: true), .member("ROLES", "roles", isFlexible: true),
        .member("SERVICE", "service"), .member("TOKEN", "token_prefix"), .time("SINCE", "created_at"),
        Table.Column("LAST USED") { .optional($0["last_used_at"]?.string.map(LocalTime.text)) },
        Table.Column("STANDING", standing),
        Table.Column("LIMITED TO", isFlexible: true) { .value($0["scopes"]) },
    ])

    private static func standing(_ row: JSONValue) -> CellText {
        guard row["active"]?.bool == true else {
            return CellText("revoked \(row["revoked_at"]?.string.map(LocalTime.text) ?? "")", .dim)
        }
        guard let text = row["expires_at"]?.string, let end = Timestamp(rfc3339: text) else {
            return CellText("active", .good)
        }
        return end <= Surroundings.system.now()
            ? CellText("expired \(LocalTime.text(end))", .dim) : CellText("until \(LocalTime.text(end))", .good)
    }
}

struct OperatorList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List operators, revoked ones too.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await APIClient.with(server, prefersSocket: true) { try await $0.get(["v1", "operators"]) }
        let rows = answer["operators"]?.array ?? []
        Renderer(output.format).print(.list(rows, OperatorCommand.table, none: "no operator"))
    }
}

struct OperatorRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make an operator's token worthless.")

    @Argument(help: "The operator's name.")
    var name: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try confirmation.require("makes the token of \(name) worthless for good")
        let answer = try await APIClient.with(server, prefersSocket: true) {
            try await $0.delete(["v1", "operators", name])
        }
        Renderer(output.format).print(
            .one(answer, Sheet([.table(OperatorCommand.table, [answer])])))
    }
}
