import BailiffModel
import Foundation
import Testing

/// A long-running command: started, known to be ready by its first line, ended or killed.
final class Daemon: @unchecked Sendable {
    // `process` is used by one test at a time; the lock inside `lines` guards what the reader writes.
    private let process: Process
    private let lines: AsyncStream<String>
    private let log: String

    /// The object on the first line of standard output.
    let ready: JSONValue

    private init(process: Process, lines: AsyncStream<String>, log: String, ready: JSONValue) {
        self.process = process
        self.lines = lines
        self.log = log
        self.ready = ready
    }

    var url: String { ready["listening"]?.string ?? "" }
    var intake: String { ready["intake"]?.string ?? url }
    var processID: Int32 { process.processIdentifier }
    /// All of standard error so far.
    var errors: String { FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Returns once the command has said that it is ready.
    static func start(
        _ arguments: [String], variables: [String: String] = [:], folder: TemporaryFolder
    ) async throws -> Daemon {
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = arguments
        process.environment = Program.environment(variables)
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardInput = FileHandle.nullDevice
        let log = try folder.write("daemon-\(UInt64.random(in: .min ... .max)).log", "")
        process.standardError = FileHandle(forWritingAtPath: log)
        let pipe = Pipe()
        process.standardOutput = pipe
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let pending = Locked<[UInt8]>([])
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                continuation.finish()
                return
            }
            let whole: [String] = pending.withLock { pending in
                pending += data
                var parts = pending.split(separator: 0x0A, omittingEmptySubsequences: false)
                pending = Array(parts.removeLast())
                return parts.map { String(decoding: $0, as: UTF8.self) }
            }
            for line in whole { continuation.yield(line) }
        }
        try process.run()
        for await line in lines {
            let ready = try StrictJSON.parse(line)
            return Daemon(process: process, lines: lines, log: log, ready: ready)
        }
        process.waitUntilExit()
        let errors = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
        throw DaemonEnded(status: process.terminationStatus, errors: errors)
    }

    struct DaemonEnded: Error {
        var status: Int32
        var errors: String
    }

    /// As at a power cut.
    func kill() async { await end(with: SIGKILL) }

    /// As a service manager asks; returns the exit status.
    @discardableResult
    func terminate() async -> Int32 {
        await end(with: SIGTERM)
        return process.terminationStatus
    }

    private func end(with signal: Int32) async {
        guard process.isRunning else { return }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let once = Locked(false)
            let finish: @Sendable () -> Void = {
                let isFirst = once.withLock { wasDone in
                    defer { wasDone = true }
                    return !wasDone
                }
                if isFirst { done.resume() }
            }
            process.terminationHandler = { _ in finish() }
            Foundation.kill(process.processIdentifier, signal)
            if !process.isRunning { finish() }
        }
    }

    deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }
}
