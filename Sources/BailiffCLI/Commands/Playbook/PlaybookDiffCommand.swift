import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML

struct PlaybookDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what a change of a playbook, policy or approvals file does to safety.",
        discussion: """
            Each change tightens, is neutral, or weakens: lets more be done or fewer people be asked, or cannot be shown not \
            to. Formatting and comments are no change. Give two files, or two folders whose files are matched by name. Needs \
            no server. With --refuse-weakening the exit status is 2 where anything weakens.
            """)

    @Flag(name: .customLong("refuse-weakening"), help: "Exit status 2 where a change weakens.")
    var refusesWeakening = false

    @OptionGroup var output: OutputOptions

    @Argument(help: "The file or folder before the change.", completion: .file(extensions: ["yaml", "yml"]))
    var old: String

    @Argument(help: "The file or folder after the change.", completion: .file(extensions: ["yaml", "yml"]))
    var new: String

    func run() throws {
        let console = Console.standard
        let rows = try FileComparison(old: old, new: new, console: console).rows()
        Renderer(output.format, console).print(.list(rows, Self.table, none: "no change"))
        let weakening = rows.count { $0["effect"]?.string == PlaybookChange.Effect.weakens.rawValue }
        guard refusesWeakening, weakening > 0 else { return }
        throw CommandFailure(
            "\(Words.count(weakening, "change")) \(weakening == 1 ? "weakens" : "weaken")", status: .bad)
    }

    private static let table = Table([
        Table.Column("EFFECT") { CellText.value($0["effect"], style(of: $0["effect"]?.string)) },
        .member("FILE", "file", isFlexible: true), .member("KEY", "key", isFlexible: true),
        .member("OLD", "old", isFlexible: true), .member("NEW", "new", isFlexible: true),
        .member("NOTE", "note", isFlexible: true),
    ])

    private static func style(of effect: String?) -> CellText.Style {
        switch effect {
        case "weakens": .bad
        case "tightens": .good
        default: .dim
        }
    }
}

/// Two versions of one file, or of a set of files matched by the names they give themselves.
private struct FileComparison {
    let old: String
    let new: String
    let console: Console

    func rows() throws(CommandFailure) -> [JSONValue] {
        let before = try sources(old)
        let after = try sources(new)
        if let first = before.only, let second = after.only { return try changes(first, second) }
        let names = (before + after).compactMap { Self.name($0) }
        var rows: [JSONValue] = []
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            switch (before.first { Self.name($0) == name }, after.first { Self.name($0) == name }) {
            case (let first?, let second?): rows += try changes(first, second)
            case (let first?, nil): rows.append(whole(first, isNew: false))
            case (nil, let second?): rows.append(whole(second, isNew: true))
            case (nil, nil): break
            }
        }
        return rows
    }

    private func sources(_ path: String) throws(CommandFailure) -> [SourceText] {
        let (sources, unreadable) = try PlaybookFiles.read([path])
        guard unreadable.isEmpty else { throw failure(unreadable, sources) }
        return sources
    }

    private func changes(_ first: SourceText, _ second: SourceText) throws(CommandFailure) -> [JSONValue] {
        switch PlaybookDiff.changes(from: first, to: second, environment: .offline) {
        case .failure(let error): throw failure(error.diagnostics, [first, second])
        case .success(let changes): return changes.map { row($0, in: second.file) }
        }
    }

    private func row(_ change: PlaybookChange, in file: String) -> JSONValue {
        [
            "effect": .string(change.effect.rawValue), "file": .string(change.location?.file ?? file),
            "line": .optional(change.location?.line), "key": .string(change.path), "old": .optional(change.old),
            "new": .optional(change.new), "note": .optional(change.note),
        ]
    }

    /// A file that only one side has. What a playbook does more, or a policy forbids less, can't be seen in it alone.
    private func whole(_ source: SourceText, isNew: Bool) -> JSONValue {
        let name = JSONValue.string(Self.name(source) ?? source.file)
        return [
            "effect": .string(PlaybookChange.Effect.weakens.rawValue), "file": .string(source.file), "line": .null,
            "key": "file", "old": isNew ? .null : name, "new": isNew ? name : .null,
            "note": .string(isNew ? "only the new side has it" : "only the old side has it"),
        ]
    }

    /// The name the file gives itself; its path where it can't be read, so that the reading says why.
    private static func name(_ source: SourceText) -> String? {
        guard case .success(let node) = StrictYAML.parse(source) else { return source.file }
        return node["name"]?.text ?? source.file
    }

    private func failure(_ diagnostics: [Diagnostic], _ sources: [SourceText]) -> CommandFailure {
        let files = Set(diagnostics.map(\.location.file)).sorted().joined(separator: ", ")
        var failure = DiagnosticOutput(sources: sources).failure(diagnostics, in: files, console: console)
        failure.status = .bad
        return failure
    }
}

extension [SourceText] {
    fileprivate var only: SourceText? { count == 1 ? first : nil }
}
