import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook

struct PlaybookTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests that stand in playbooks.",
        discussion: """
            Plans as the server would and lets everything happen that happens by itself; nothing is sent anywhere. Give files, \
            or folders with files ending in .yaml or .yml: playbooks with the policies and approval policies they use. Needs \
            no server. Exit status 2 where a test fails or a file has errors.
            """)

    @Option(help: "Only the tests of this playbook; once for each.")
    var only: [String] = []

    @OptionGroup var output: OutputOptions

    @Argument(help: "Files and folders.", completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    func run() throws {
        let console = Console.standard
        let library = try PlaybookFiles.library(paths, console: console)
        let playbooks = only.isEmpty ? library.playbooks : try only.map { try PlaybookFiles.playbook($0, of: library) }
        let results = playbooks.flatMap { PlaybookTests.run($0, in: library) }
        switch output.format {
        case .table: for line in TestReport.lines(results, isColoured: console.isColoured) { console.line(line) }
        case .json: console.line(Renderer.pretty(.array(results.map(TestReport.json))))
        case .ndjson: for result in results { console.line(Renderer.compact(TestReport.json(result))) }
        }
        for playbook in playbooks where playbook.tests.isEmpty { console.warning("'\(playbook.name)' has no tests") }
        let failed = results.count { !$0.passed }
        guard failed == 0 else {
            throw CommandFailure("\(failed) of \(Words.count(results.count, "test")) failed", status: .bad)
        }
        if output.format == .table { console.line("\(Words.count(results.count, "test")) passed") }
    }
}

/// Results of playbook tests as they are printed.
enum TestReport {
    /// One line for each test, and for a failed one what differs and why.
    static func lines(_ results: [PlaybookTestResult], isColoured: Bool) -> [String] {
        var lines: [String] = []
        var playbook: String?
        for result in results {
            if result.playbook != playbook {
                playbook = result.playbook
                lines.append(CellText(result.playbook, .bold).rendered(isColoured: isColoured))
            }
            let word = CellText(result.passed ? "passed" : "FAILED", result.passed ? .good : .bad)
            lines.append("  \(word.rendered(isColoured: isColoured))  \(CellText(result.name).text)")
            guard !result.passed else { continue }
            lines.append("          \(CellText("\(result.location.file):\(result.location.line)").text)")
            for difference in result.differences {
                lines.append("          \(CellText(difference.key).text)")
                lines.append("            expected  \(CellText(difference.expected).text)")
                lines.append("            found     \(CellText(difference.found).text)")
                for (index, reason) in difference.because.enumerated() {
                    lines.append("            \(index == 0 ? "because   " : "          ")\(CellText(reason).text)")
                }
            }
        }
        return lines
    }

    static func json(_ result: PlaybookTestResult) -> JSONValue {
        [
            "playbook": .string(result.playbook), "test": .string(result.name), "passed": .bool(result.passed),
            "file": .string(result.location.file), "line": .int(Int64(result.location.line)),
            "differences": .array(
                result.differences.map { difference in
                    [
                        "key": .string(difference.key), "expected": .string(difference.expected),
                        "found": .string(difference.found),
                        "because": .array(difference.because.map { .string($0) }),
                    ]
                }),
        ]
    }
}
