import Foundation
import Testing

/// A session at a terminal, written down: commands, input, output, errors, exit status.
///
/// ```
/// # a remark
/// $ bailiff feed normalize broken.json
/// < a line of standard input
/// > a line of standard output
/// ! a line of standard error
/// ? 2
/// ```
///
/// Without `?` the status is 0. With `BAILIFF_REGENERATE=1` in the environment, tests write down what happens now.
struct Transcript {
    struct Step {
        /// Remarks and empty lines before the command.
        var preface: [String] = []
        var command: String
        var input: [String] = []
        var output: [String] = []
        var errors: [String] = []
        var status: Int32 = 0
    }

    var steps: [Step] = []
    let path: String

    static let folder = Program.fixture("transcripts")
    static var isRegenerating: Bool { ProcessInfo.processInfo.environment["BAILIFF_REGENERATE"] == "1" }

    /// All transcripts whose names begin so, without the ending.
    static func names(_ prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    init(_ name: String) throws {
        path = "\(Self.folder)/\(name).txt"
        var preface: [String] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            let rest = String(line.dropFirst(2))
            switch line.first {
            case "$":
                steps.append(Step(preface: preface, command: rest))
                preface = []
            case "<": last { $0.input.append(rest) }
            case ">": last { $0.output.append(rest) }
            case "!": last { $0.errors.append(rest) }
            case "?": last { $0.status = Int32(rest) ?? -1 }
            default: preface.append(String(line))
            }
        }
    }

    private mutating func last(_ change: (inout Step) -> Void) {
        if !steps.isEmpty { change(&steps[steps.count - 1]) }
    }

    /// Runs every step and compares.
    ///
    /// - Parameters:
    ///   - variables: Of the environment, besides what the runner sets.
    ///   - complete: Waits for what a step's remarks name, and puts this run's ids in the place of `{…}` in its command.
    mutating func replay(
        variables: [String: String], folder: TemporaryFolder,
        complete: (Step) async throws -> String = { $0.command }
    ) async throws {
        var likeness = Likeness()
        for index in steps.indices {
            let step = steps[index]
            let command = try await complete(step)
            let input = step.input.map { $0 + "\n" }.joined()
            let output = try await Program.run(
                executable: "/bin/sh", ["-c", command], input: input,
                variables: variables.merging(["PATH": Self.searchPath]) { first, _ in first }, folder: folder)
            let stdout = Self.lines(output.stdout)
            let stderr = Self.lines(output.stderr)
            if Self.isRegenerating {
                steps[index].output = stdout
                steps[index].errors = stderr
                steps[index].status = output.status
                continue
            }
            #expect(output.status == step.status, "\(step.command): \(output.stderr)")
            Self.compare(step.output, stdout, &likeness, "\(step.command), standard output")
            Self.compare(step.errors, stderr, &likeness, "\(step.command), standard error")
        }
        if Self.isRegenerating { try write() }
    }

    private static var searchPath: String {
        let folder = URL(filePath: Program.path).deletingLastPathComponent().path()
        return folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    }

    private static func compare(
        _ written: [String], _ actual: [String], _ likeness: inout Likeness, _ what: String
    ) {
        #expect(written.count == actual.count, "\(what): \(actual.joined(separator: "\n"))")
        for (one, other) in zip(written, actual) {
            let isLike = likeness.matches(one, other)
            #expect(isLike, "\(what):\n  written \(one)\n  now     \(other)")
        }
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private func write() throws {
        var out: [String] = []
        for step in steps {
            out += step.preface
            out.append("$ " + step.command)
            out += step.input.map { "< " + $0 } + step.output.map { "> " + $0 } + step.errors.map { "! " + $0 }
            if step.status != 0 { out.append("? \(step.status)") }
        }
        try Data((out.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
    }
}
