import ArgumentParser
import BailiffModel

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List entries of the log, the newest last.")

    @Option(help: "Begin with the entry of this index; without it the newest are shown.")
    var from: Int?

    @Option(help: "How many at most.")
    var limit = 50

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000") }
        if let from, from < 0 { throw ValidationError("--from is an index from 0") }
    }

    func run() async throws {
        let rows = try await APIClient.with(server) { try await entries($0) }
        Renderer(output.format).print(.list(rows, Self.table, none: "no entry"))
    }

    private func entries(_ client: APIClient) async throws -> [JSONValue] {
        var rows: [JSONValue] = []
        var next = from.map { Int64($0) }
        if next == nil {
            let size = try await client.get(["v1", "audit", "entries"], query: [("limit", "1")])["size"]?.int ?? 0
            next = max(0, size - Int64(limit))
        }
        while let start = next, rows.count < limit {
            let count = min(1_000, limit - rows.count)
            let page = try await client.get(
                ["v1", "audit", "entries"], query: [("from", String(start)), ("limit", String(count))])
            let found = page["entries"]?.array ?? []
            rows += found
            next = found.isEmpty ? nil : page["next"]?.int
        }
        return rows
    }

    static let table = Table([
        .number("INDEX", "index"), .time("TIME", "at"), .member("KIND", "kind"),
        .member("ACTOR", "actor", isFlexible: true), Table.Column("WHAT", isFlexible: true) { what($0) },
    ])

    /// Of a list its first element and how many more there are.
    private static func brief(_ value: JSONValue) -> String {
        let elements = value.array ?? []
        let text = Words.short(CellText.value(elements.first ?? value).text, 40)
        return elements.count > 1 ? "\(text) (and \(elements.count - 1) more)" : text
    }

    /// The fields in a line; values that may be erased one day stand in for their commitments.
    private static func what(_ entry: JSONValue) -> CellText {
        var parts: [String] = []
        for field in entry["fields"]?.object?.members ?? [] {
            parts.append("\(field.key)=\(brief(field.value))")
        }
        for value in entry["values"]?.object?.members ?? [] {
            parts.append("\(value.key)=\(value.value.string ?? "-")")
        }
        return CellText(parts.joined(separator: " "))
    }
}
