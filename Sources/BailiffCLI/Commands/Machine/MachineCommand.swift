import ArgumentParser
import BailiffModel

struct MachineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine", abstract: "Machines: what is known, what was done, and acting by hand.",
        subcommands: [
            MachineList.self, MachineShow.self, MachineIsolate.self, MachineRelease.self, MachineRestrict.self,
            MachineUnrestrict.self, MachineScan.self, MachineInvestigate.self, MachineCollect.self, MachineTag.self,
            MachineUntag.self,
        ])
}

struct MachineShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a machine: whether it is isolated, what was done, which cases hold it.")

    @Argument(help: "Defender's id of the machine; names are not unique and are not taken.")
    var id: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let value = try await APIClient.with(server) { try await $0.get(["v1", "machines", id]) }
        Renderer(output.format).print(.one(value, Self.sheet(value)))
    }

    private static let actions = Table([
        Table.Column("CASE") { CellText(Words.short($0["case"]?.string, 16)) }, .member("RUN", "run"),
        .member("STEP", "step"), .member("ACTION", "action"), Table.Column("OUTCOME") { Words.standing(of: $0) },
        .time("SENT", "sent_at"), .time("ENDED", "ended_at"),
        Table.Column("DEFENDER ACTION", isFlexible: true) { .value($0["defender_action_id"]) },
        .member("REASONS", "reasons", isFlexible: true),
    ])

    private static func sheet(_ value: JSONValue) -> Sheet {
        var fields = [
            Sheet.Field("machine", .optional(value["machine_id"]?.string, .bold)), .init("name", value["machine_name"]),
            .init("isolated", MachineView.isolation(value["isolation"])),
        ]
        if let seen = value["seen"], !seen.isNull {
            fields += [
                .init("os", seen["os"]), .init("group", seen["group"]), .init("address", CaseView.address(seen)),
                .init("looked at", .optional(seen["seen_at"]?.string.map(LocalTime.text))),
            ]
        }
        for holder in value["held_by"]?.object?.members ?? [] {
            let cases = (holder.value.array ?? []).map { $0.string ?? "an order without a case" }
            fields.append(.init("\(holder.key.shown()) held by", CellText(cases.joined(separator: ", "))))
        }
        var sheet = Sheet([.fields(fields)])
        sheet.add("What was done", actions, value["actions"]?.array ?? [])
        return sheet
    }
}
