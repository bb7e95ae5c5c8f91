import ArgumentParser
import BailiffModel

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Who may do what. On the server's machine this works through its socket.",
        subcommands: [OperatorAdd.self, OperatorList.self, OperatorRevoke.self])

    static let table = Table([
        .member("NAME", "name", isFlexible: true), .member("ROLES", "roles", isFlexible: true),
        .member("SERVICE", "service"), .member("TOKEN", "token_prefix"), .time("SINCE", "created_at"),
        Table.Column("STANDING") { row in
            row["active"]?.bool == true
                ? CellText("active", .good)
                : CellText("revoked \(row["revoked_at"]?.string.map(LocalTime.text) ?? "")", .dim)
        },
    ])
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
