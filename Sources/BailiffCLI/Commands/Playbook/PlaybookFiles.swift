import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML
import Foundation

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

    /// The files of a set that must be without errors; otherwise what is wrong is told on standard error.
    static func library(_ paths: [String], console: Console) throws(CommandFailure) -> PlaybookLibrary {
        let (sources, unreadable) = try read(paths)
        let (library, report) = PlaybookLibrary.load(sources, environment: .offline)
        if let library, unreadable.isEmpty { return library }
        let errors = (unreadable + report.diagnostics).filter { $0.severity == .error }
        let output = DiagnosticOutput(sources: sources)
        var failure = output.failure(errors, in: paths.joined(separator: ", "), console: console)
        let files = sources.count + Set(unreadable.map(\.location.file)).count
        failure.message = "\(Words.count(errors.count, "error")) in \(Words.count(files, "file"))"
        failure.hints = hints(for: errors, among: sources)
        failure.status = .bad
        throw failure
    }

    /// Where one kind of file was not given at all, names of it are unknown for no other reason.
    static func hints(for diagnostics: [Diagnostic], among sources: [SourceText]) -> [String] {
        func lacks(_ kind: String) -> Bool {
            !sources.contains { source in
                guard case .success(let node) = StrictYAML.parse(source) else { return false }
                return node["bailiff"]?.text == kind
            }
        }
        func tells(_ code: DiagnosticCode) -> Bool { diagnostics.contains { $0.code == code.rawValue } }
        let lacking = [
            tells(.unknownPolicy) && lacks("policy/v1") ? "policy" : nil,
            tells(.unknownApprovalPolicy) && lacks("approvals/v1") ? "approvals file" : nil,
        ].compactMap { $0 }
        guard !lacking.isEmpty else { return [] }
        return ["no \(lacking.joined(separator: " and no ")) was given: name those files, too, or their folder"]
    }

    /// - Returns: The playbook of this name.
    static func playbook(_ name: String, of library: PlaybookLibrary) throws(CommandFailure) -> Playbook {
        if let playbook = library.playbook(name) { return playbook }
        let names = library.playbooks.map(\.name)
        let guess = closestMatch(to: name, among: names).map { "did you mean '\($0)'?" }
        throw CommandFailure(
            "there is no playbook '\(name)'", hint: guess ?? "the playbooks are \(names.joined(separator: ", "))")
    }

    static func files(at path: String) throws(CommandFailure) -> [String] {
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

extension CheckEnvironment {
    /// Where nothing is acted upon and no configuration is at hand: the whole language.
    static var offline: CheckEnvironment {
        CheckEnvironment(notifiers: nil, now: Surroundings.system.now(), carriedOut: .complete, purpose: .check)
    }
}
