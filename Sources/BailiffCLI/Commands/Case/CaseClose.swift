import ArgumentParser
import BailiffModel

struct CaseClose: AsyncParsableCommand {
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case resolved
        case falsePositive = "false-positive"
    }

    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close a case: as dealt with, or as a false positive.",
        discussion: """
            What was not sent is withdrawn, and late arrivals are no longer looked for. As a false positive, everything the \
            case holds is released, too, and the file is allowed for 30 days or --for: nothing is done about it meanwhile. \
            Needs the role responder.
            """)

    @Argument(help: "The beginning of any hash of the file, at least four digits.")
    var id: String

    @Option(name: .customLong("as"), help: "What it turned out to be.")
    var kind: Kind

    @Option(name: .customLong("for"), help: "How long a false positive is allowed: 12h, 30d.")
    var span: Span?

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if span != nil, kind == .resolved { throw ValidationError("--for goes with --as false-positive only") }
    }

    func run() async throws {
        let more = kind == .falsePositive ? ", releases what it holds and allows the file" : ""
        try confirmation.require("closes case \(id) as \(kind.rawValue)\(more)")
        var body: JSONObject = ["as": .string(kind.rawValue), "reason": .string(reason)]
        if let span { body["for"] = .string("\(span.duration.components.seconds)s") }
        let value = try await APIClient.with(server) {
            try await $0.post(["v1", "cases", id, "close"], .object(body))
        }
        Renderer(output.format).print(.one(value, Self.sheet(value)))
    }

    private static func sheet(_ value: JSONValue) -> Sheet {
        let allowed = value["allowed"] ?? .null
        var fields = [
            Sheet.Field("case", .optional(value["case"]?.string, .bold)),
            .init("closed", CaseView.closure(value["closure"])),
        ]
        if let until = allowed["until"]?.string {
            fields.append(
                .init("allowed", CellText("until \(LocalTime.text(until)) (entry \(allowed["id"]?.string ?? "-"))")))
        }
        var sheet = Sheet([.fields(fields)])
        sheet.add("Releases", RunView.list, value["releases"]?.array ?? [])
        return sheet
    }
}
