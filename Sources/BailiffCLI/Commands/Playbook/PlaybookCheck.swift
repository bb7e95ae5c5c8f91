import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML
import Foundation

struct PlaybookCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check playbooks, policies and approval policies as one set.",
        discussion: """
            Give files, or folders with files ending in .yaml or .yml. Names resolve across all of them. What this version's \
            server does not carry out yet is noted; --for-activation makes it an error, as when the server loads the files. \
            Needs no server. Exit status 2 where anything is wrong.
            """)

    @Flag(name: .customLong("for-activation"), help: "Refuse what this version's server does not carry out.")
    var forActivation = false

    @Option(help: "A configured notifier that the files may name; once for each.")
    var notifier: [String] = []

    @OptionGroup var output: OutputOptions

    @Argument(help: "Files and folders.", completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    func run() throws {
        let console = Console.standard
        let (sources, unreadable) = try PlaybookFiles.read(paths)
        let environment = CheckEnvironment(
            notifiers: notifier.isEmpty ? nil : notifier, now: Surroundings.system.now(), carriedOut: .spine,
            purpose: forActivation ? .activation : .check)
        let (library, report) = PlaybookLibrary.load(sources, environment: environment)
        let all = DiagnosticReport(unreadable + report.diagnostics)
        DiagnosticOutput(sources: sources).print(all, omitted: report.omitted, format: output.format, console: console)
        let errors = all.diagnostics.count { $0.severity == .error }
        let files = "\(sources.count + unreadable.count) file\(sources.count + unreadable.count == 1 ? "" : "s")"
        guard library != nil, errors == 0 else {
            throw CommandFailure("\(errors) error\(errors == 1 ? "" : "s") in \(files)", status: .bad)
        }
        if output.format == .table, all.diagnostics.isEmpty { console.line("\(files) checked, nothing wrong") }
    }
}

/// Finds the files that playbook commands are given.
enum PlaybookFiles {
    /// - Returns: What could be read as text, and a diagnostic for each file that could not.
    static func read(_ paths: [String]) throws(CommandFailure) -> (sources: [SourceText], unreadable: [Diagnostic]) {
        var sources: [SourceText] = []
        var unreadable: [Diagnostic] = []
        var seen: Set<String> = []
        var all: [String] = []
        for path in paths { all += try files(at: path) }
        for path in all where seen.insert(path).inserted {
            let bytes = try InputFile.read(path, limit: 16 << 20)
            switch StrictYAML.source(file: path, bytes: bytes) {
            case .success(let source): sources.append(source)
            case .failure(let error): unreadable += error.diagnostics
            }
        }
        guard !sources.isEmpty || !unreadable.isEmpty else {
            throw CommandFailure("there is no .yaml or .yml file in \(paths.joined(separator: ", "))")
        }
        return (sources, unreadable)
    }

    private static func files(at path: String) throws(CommandFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("\(path) does not exist")
        }
        guard isFolder.boolValue else { return [path] }
        guard let walker = FileManager.default.enumerator(atPath: path) else {
            throw CommandFailure("\(path) cannot be read")
        }
        let folder = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
        return walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { folder + $0 }
    }
}
