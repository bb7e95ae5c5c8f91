import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML
import Foundation

/// The playbooks, policies and approvals of a folder, those of its subfolders included.
struct PlaybookFolder {
    let path: String
    /// Names that may be notified.
    let notifiers: [String]
    let now: Timestamp

    struct Contents {
        var library: PlaybookLibrary
        /// The files' bytes by digest.
        var bytes: [Digest: [UInt8]]
        /// Warnings and notes.
        var report: DiagnosticReport
        var sources: [SourceText]
    }

    /// - Throws: `StartProblem` with every diagnostic of every file where there is an error in any.
    func load() throws(StartProblem) -> Contents {
        var sources: [SourceText] = []
        var bytes: [Digest: [UInt8]] = [:]
        var unreadable: [Diagnostic] = []
        for name in try names() {
            let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            guard let content = FileManager.default.contents(atPath: file).map(Array.init) else {
                throw StartProblem(.playbooks, "\(file) cannot be read")
            }
            switch StrictYAML.source(file: file, bytes: content) {
            case .success(let source):
                sources.append(source)
                bytes[Digest.of(content)] = content
            case .failure(let error): unreadable += error.diagnostics
            }
        }
        guard unreadable.isEmpty else {
            throw StartProblem(
                .playbooks, "the folder of playbooks holds errors", report: DiagnosticReport(unreadable),
                sources: sources)
        }
        let environment = CheckEnvironment(
            notifiers: notifiers, now: now, carriedOut: .spine, purpose: .activation)
        let (library, report) = PlaybookLibrary.load(sources, environment: environment)
        guard let library else {
            throw StartProblem(
                .playbooks, "the folder of playbooks holds errors", report: report, sources: sources)
        }
        return Contents(library: library, bytes: bytes, report: report, sources: sources)
    }

    /// Relative to the folder, sorted by bytes; hidden files are left out.
    private func names() throws(StartProblem) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
            let all = FileManager.default.enumerator(atPath: path)
        else { throw StartProblem(.playbooks, "the folder of playbooks \(path) cannot be read") }
        var names: [String] = []
        for case let name as String in all {
            guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { continue }
            if name.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.first == UInt8(ascii: ".") }) {
                continue
            }
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
