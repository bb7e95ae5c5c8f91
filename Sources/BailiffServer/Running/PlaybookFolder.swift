import BailiffAPI
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
        let files: PlaybookFiles
        do throws(PlaybookFilesError) {
            files = try self.files()
        } catch {
            throw StartProblem(.playbooks, error.message)
        }
        guard files.problems.isEmpty else {
            throw StartProblem(
                .playbooks, "the folder of playbooks holds errors", report: DiagnosticReport(files.problems),
                sources: files.sources)
        }
        let environment = CheckEnvironment(
            notifiers: notifiers, now: now, carriedOut: .complete, purpose: .activation)
        let (library, report) = PlaybookLibrary.load(files.sources, environment: environment)
        guard let library else {
            throw StartProblem(
                .playbooks, "the folder of playbooks holds errors", report: report, sources: files.sources)
        }
        let bytes = Dictionary(
            files.sources.map { source in (Digest.of(source.text), Array(source.text.utf8)) },
            uniquingKeysWith: { first, _ in first })
        return Contents(library: library, bytes: bytes, report: report, sources: files.sources)
    }

    /// What the files without errors say by themselves, names of notifiers left unchecked, and the names of the other files.
    /// Nil where nothing is left.
    func salvage() -> (library: PlaybookLibrary, skipped: [String])? {
        guard let files = try? files() else { return nil }
        var sources = files.sources
        var skipped = Set(files.problems.map(\.location.file))
        let environment = CheckEnvironment(notifiers: nil, now: now, carriedOut: .complete, purpose: .activation)
        while !sources.isEmpty {
            let (library, report) = PlaybookLibrary.load(sources, environment: environment)
            if let library { return (library, skipped.sorted()) }
            let bad = Set(report.diagnostics.filter { $0.severity == .error }.map(\.location.file))
            let rest = sources.filter { !bad.contains($0.file) }
            // An error that lies in none of the files would be found for ever.
            guard rest.count < sources.count else { return nil }
            skipped.formUnion(bad)
            sources = rest
        }
        return nil
    }

    /// The files as they are now, none of them checked.
    ///
    /// - Throws: `PlaybookFilesError` where the folder or a file in it cannot be read.
    func files() throws(PlaybookFilesError) -> PlaybookFiles {
        var files = PlaybookFiles(sources: [])
        for name in try names() {
            let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            guard let content = FileManager.default.contents(atPath: file).map(Array.init) else {
                throw PlaybookFilesError("\(file) cannot be read")
            }
            switch StrictYAML.source(file: file, bytes: content) {
            case .success(let source): files.sources.append(source)
            case .failure(let error): files.problems += error.diagnostics
            }
        }
        return files
    }

    /// Relative to the folder, sorted by bytes; hidden files are left out.
    private func names() throws(PlaybookFilesError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
            let all = FileManager.default.enumerator(atPath: path)
        else { throw PlaybookFilesError("the folder of playbooks \(path) cannot be read") }
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
