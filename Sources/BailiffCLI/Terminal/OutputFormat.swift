import ArgumentParser
import BailiffModel

/// How results are printed.
enum OutputFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// One JSON document.
    case json
    /// One JSON document a line.
    case ndjson
}

struct OutputOptions: ParsableArguments {
    @Option(help: "How to print the result.")
    var format: OutputFormat = .table
}

/// A result of a command.
enum CommandResult: Sendable {
    case list([JSONValue], Table, none: String)
    case one(JSONValue, Sheet)
}

/// The one place where results become output.
///
/// JSON has sorted keys, RFC 3339 times in UTC, and nothing but ASCII, so that no byte from outside acts on a terminal.
struct Renderer: Sendable {
    var format: OutputFormat
    var console: Console

    init(_ format: OutputFormat, _ console: Console = .standard) {
        self.format = format
        self.console = console
    }

    func print(_ result: CommandResult) {
        for line in lines(of: result) { console.line(line) }
    }

    func lines(of result: CommandResult) -> [String] {
        switch (format, result) {
        case (.table, .list(let rows, let table, let none)):
            rows.isEmpty ? [none] : table.lines(rows, width: console.width, isColoured: console.isColoured)
        case (.table, .one(_, let sheet)): sheet.lines(width: console.width, isColoured: console.isColoured)
        case (.json, .list(let rows, _, _)): [Self.pretty(.array(rows))]
        case (.json, .one(let value, _)): [Self.pretty(value)]
        case (.ndjson, .list(let rows, _, _)): rows.map(Self.compact)
        case (.ndjson, .one(let value, _)): [Self.compact(value)]
        }
    }

    static func pretty(_ value: JSONValue) -> String {
        value.text(JSONValue.Format(isPretty: true, sortsKeys: true, escapesNonASCII: true))
    }

    static func compact(_ value: JSONValue) -> String {
        value.text(JSONValue.Format(sortsKeys: true, escapesNonASCII: true))
    }
}
