import Foundation

/// This very program, run once more as a person at a terminal runs it.
struct OwnProgram: Sendable {
    struct Output: Sendable {
        var status: Int32
        var lines: [String]
        /// What went to standard error.
        var remarks: [String]
    }

    let path: String

    init() { path = Bundle.main.executablePath ?? CommandLine.arguments.first ?? "bailiff" }

    /// As it is best typed.
    var shownPath: String {
        let folder = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(folder) ? "./" + path.dropFirst(folder.count) : path
    }

    /// - Parameters:
    ///   - variables: In the place of every `BAILIFF_…` variable of this process.
    ///   - scratch: A folder for the output while the program runs.
    func run(_ arguments: [String], variables: [(String, String)], scratch: String) async throws -> Output {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BAILIFF") }
        for (name, value) in variables { environment[name] = value }
        environment["NO_COLOR"] = "1"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let output = "\(scratch)/stdout"
        let errors = "\(scratch)/stderr"
        process.standardOutput = try writer(output)
        process.standardError = try writer(errors)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return Output(status: process.terminationStatus, lines: lines(output), remarks: lines(errors))
    }

    private func writer(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure("\(path) cannot be made") }
        return handle
    }

    private func lines(_ path: String) -> [String] {
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
