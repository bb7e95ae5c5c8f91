import ArgumentParser
import BailiffModel

struct PlaybookBacktest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Show what a playbook would have done over the last days.",
        discussion: """
            Plans every case of that time anew, over the stored verdicts and the facts that were recorded when plans were made, \
            in mode live and with the budgets filling up; compares with the version in force. Asks Defender nothing and \
            changes nothing. Cases for which no plan was ever made have no recorded facts: they are counted, not guessed.
            """)

    @Argument(help: "The playbook's name.")
    var name: String

    @Option(help: .init("How far back, in days: 90d.", valueName: "span"))
    var since = "90d"

    @Flag(help: "The version in force, in place of the folder's.")
    var active = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { _ = try days() }

    private func days() throws -> Int64 {
        guard let span = Span(argument: since) else {
            throw ValidationError("--since is a span such as 90d")
        }
        return max(1, (span.duration.components.seconds + 86_399) / 86_400)
    }

    func run() async throws {
        let days = try days()
        let report = try await APIClient.with(server) {
            try await $0.get(
                ["v1", "playbooks", name, "backtest"],
                query: [("days", String(days)), ("version", active ? "active" : "loaded")])
        }
        Renderer(output.format).print(.one(report, Self.sheet(report)))
    }

    // MARK: For people

    static func sheet(_ value: JSONValue) -> Sheet {
        let would = value["would"] ?? .null
        let active = value["active"]?.unlessNull
        let does = active?["does"]
        var sheet = Sheet([
            .fields([
                .init("playbook", CellText(version(value["playbook"]), .bold)),
                .init("in force", active.map { CellText(version($0["playbook"])) } ?? .none),
                .init("since", .optional(value["since"]?.string.map(LocalTime.text))),
                .init("cases", CellText(cases(value))),
                .init("different", active.map { CellText("\($0["different_cases"]?.int ?? 0) cases") } ?? .none),
            ])
        ])
        sheet.add("What would have been done", comparison(does != nil), rows(would, does))
        sheet.add("Held and denied by guards, in machines", guards, guardRows(would, does))
        sheet.add("Cases treated differently", differences, active?["differences"]?.array ?? [])
        return sheet
    }

    private static func version(_ value: JSONValue?) -> String {
        "\(Words.playbook(value)) (\(Words.short(value?["digest"]?.string)))"
    }

    private static func cases(_ value: JSONValue) -> String {
        let count = value["cases"]?.int ?? 0
        let missing = value["would"]?["without_facts"]?.int ?? 0
        let cut = value["cut"]?.bool == true ? ", and more that were not looked at" : ""
        let without = missing > 0 ? ", \(missing) that would trigger have no recorded facts" : ""
        return "\(count)\(cut)\(without)"
    }

    private static func comparison(_ hasActive: Bool) -> Table {
        var columns: [Table.Column] = [.member("", "what"), .number("THIS VERSION", "would")]
        if hasActive { columns.append(.number("IN FORCE", "active")) }
        return Table(columns)
    }

    private static func rows(_ would: JSONValue, _ does: JSONValue?) -> [JSONValue] {
        let paths: [(String, [String])] = [
            ("cases triggered", ["triggered"]), ("machines, no person asked", ["machines", "automatic"]),
            ("machines, people asked", ["machines", "asked"]),
            ("machines, waiting for room in the budget", ["machines", "waiting_for_room"]),
            ("machines denied", ["machines", "denied"]),
            ("most machines in an hour, no person asked", ["peak_per_hour", "automatic"]),
            ("most machines in an hour, all approved", ["peak_per_hour", "with_approvals"]),
        ]
        func look(_ value: JSONValue?, _ path: [String]) -> JSONValue {
            path.reduce(value ?? .null) { $0[$1] ?? .null }
        }
        return paths.map { title, path in
            ["what": .string(title), "would": look(would, path), "active": look(does, path)]
        }
    }

    private static let guards = Table([
        .member("GUARD", "guard", isFlexible: true), .member("ENFORCES", "enforce"), .number("THIS VERSION", "would"),
        .number("IN FORCE", "active"),
    ])

    private static func guardRows(_ would: JSONValue, _ does: JSONValue?) -> [JSONValue] {
        [("deny", "denied_by"), ("hold", "held_by")].flatMap { enforce, member -> [JSONValue] in
            let new = would[member]?.object ?? [:]
            let old = does?[member]?.object ?? [:]
            let names = new.keys + old.keys.filter { new[$0] == nil }
            return names.map { name in
                [
                    "guard": .string(name), "enforce": .string(enforce), "would": new[name] ?? 0,
                    "active": does == nil ? .null : old[name] ?? 0,
                ]
            }
        }
    }

    private static let differences = Table([
        Table.Column("CASE") { CellText(Words.short($0["case"]?.string, 16)) }, .time("AT", "at"),
        Table.Column("THIS VERSION", isFlexible: true) { effect($0["would"]) },
        Table.Column("IN FORCE", isFlexible: true) { effect($0["active"]) },
    ])

    private static func effect(_ value: JSONValue?) -> CellText {
        let words = [
            ("automatic", "automatic"), ("asked", "asked"), ("waiting_for_room", "waiting"), ("denied", "denied"),
        ]
        let parts = words.compactMap { member, word in
            value?[member]?.int.flatMap { $0 > 0 ? "\($0) \(word)" : nil }
        }
        return parts.isEmpty ? CellText("nothing", .dim) : CellText(parts.joined(separator: ", "))
    }
}
