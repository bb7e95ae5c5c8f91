import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import Foundation

/// Files of the repository.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All YAML files of a folder, named by their path in the repository.
    static func files(_ folder: String) throws -> [SourceText] {
        let names = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { try file("\(folder)/\($0)") }
    }

    static func file(_ path: String) throws -> SourceText {
        SourceText(file: path, text: try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8))
    }
}

extension CheckEnvironment {
    static func complete(notifiers: [String]? = ["soc", "incident", "server-operations"]) -> CheckEnvironment {
        CheckEnvironment(notifiers: notifiers, now: noon, carriedOut: .complete)
    }
}

let noon = Timestamp(seconds: 1_790_000_000)

func load(_ files: [SourceText], _ environment: CheckEnvironment) -> (library: PlaybookLibrary?, text: String) {
    let loaded = PlaybookLibrary.load(files, environment: environment)
    let text = loaded.report.diagnostics.map { diagnostic in
        diagnostic.rendered(in: files.first { $0.file == diagnostic.location.file })
    }
    return (loaded.library, text.joined(separator: "\n"))
}

/// The result of `body` and the processor time this thread spent on it, which other work on the machine does not lengthen.
func withProcessorTime<Result>(_ body: () -> Result) -> (result: Result, time: Duration) {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    let result = body()
    return (result, now() - start)
}
