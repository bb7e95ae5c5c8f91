import Foundation

/// The built program, run as a person or a script runs it.
enum Program {
    /// Beside the test bundle: both come out of the same build.
    static let path: String = {
        let bundle = URL(filePath: ProcessInfo.processInfo.arguments.first ?? "").resolvingSymlinksInPath()
        var folder = bundle.deletingLastPathComponent()
        // On some platforms the bundle is a folder with the executable deep inside.
        for _ in 0..<5 {
            let candidate = folder.appending(path: "bailiff").path()
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return "bailiff"
    }()

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func fixture(_ path: String) -> String { repository.appending(path: "fixtures/\(path)").path() }

    struct Output: Sendable {
        var status: Int32
        var stdout: String
        var stderr: String

        var lines: [String] { stdout.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    /// Runs the program to its end. Nothing of this process's own `BAILIFF…` variables reaches it.
    static func run(
        _ arguments: [String], input: String = "", variables: [String: String] = [:], folder: TemporaryFolder
    ) async throws -> Output {
        try await run(executable: path, arguments, input: input, variables: variables, folder: folder)
    }

    static func run(
        executable: String, _ arguments: [String], input: String = "", variables: [String: String] = [:],
        folder: TemporaryFolder
    ) async throws -> Output {
        let scratch = try folder.makeFolder(".io-\(UInt64.random(in: .min ... .max))")
        let files = ["in", "out", "err"].map { "\(scratch)/\($0)" }
        for file in files { try Data().write(to: URL(filePath: file)) }
        try Data(input.utf8).write(to: URL(filePath: files[0]))
        let status = try await Spawned.run(
            executable, arguments, environment: environment(variables), folder: folder.path, files: files)
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
        return Output(status: status, stdout: texts[1], stderr: texts[2])
    }

    static func environment(_ variables: [String: String]) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BAILIFF") }
        environment["TZ"] = "UTC"
        environment["NO_COLOR"] = "1"
        environment["COLUMNS"] = nil
        for (name, value) in variables { environment[name] = value }
        return environment
    }
}

/// A folder of a test's own, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bailiff-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        return path(name)
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
        return file.path()
    }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: path(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    func copy(_ source: String, to name: String) throws {
        try FileManager.default.copyItem(atPath: source, toPath: path(name))
    }
}
