import BailiffModel
import Foundation
import Testing

/// A long-running command: started, known to be ready by its first line, ended or killed.
final class Daemon: Sendable {
    private let child: Spawned.Child
    private let log: String

    /// The object on the first line of standard output.
    let ready: JSONValue

    private init(child: Spawned.Child, log: String, ready: JSONValue) {
        self.child = child
        self.log = log
        self.ready = ready
    }

    var url: String { ready["listening"]?.string ?? "" }
    var intake: String { ready["intake"]?.string ?? url }
    var processID: Int32 { child.pid }
    /// All of standard error so far.
    var errors: String { Self.text(log) }

    /// Whether the process is gone.
    var hasEnded: Bool { child.hasEnded }

    /// Returns once the command has said that it is ready.
    ///
    /// - Parameter wrapper: A program and its arguments that start the command, which comes behind them.
    static func start(
        _ arguments: [String], under wrapper: [String] = [], variables: [String: String] = [:],
        folder: TemporaryFolder
    ) async throws -> Daemon {
        let words = wrapper + [Program.path] + arguments
        let name = "daemon-\(UInt64.random(in: .min ... .max))"
        let log = try folder.write("\(name).log", "")
        let pipe = folder.path + "/\(name).out"
        guard mkfifo(pipe, 0o600) == 0 else { throw Spawned.Failed(code: errno) }
        let lines = reader(of: pipe)
        let child = try Spawned.start(
            words[0], Array(words.dropFirst()), environment: Program.environment(variables), folder: folder.path,
            files: ["/dev/null", pipe, log])
        for await line in lines { return Daemon(child: child, log: log, ready: try StrictJSON.parse(line)) }
        throw DaemonEnded(status: await child.end(), errors: text(log))
    }

    /// Lines as they come, until the writer has gone. A thread of its own blocks in the reads.
    private static func reader(of pipe: String) -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            defer { continuation.finish() }
            let descriptor = open(pipe, O_RDONLY)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            var pending: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                pending += buffer[..<count]
                var parts = pending.split(separator: 0x0A, omittingEmptySubsequences: false)
                pending = Array(parts.removeLast())
                for part in parts { continuation.yield(String(decoding: part, as: UTF8.self)) }
            }
        }
        return lines
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    struct DaemonEnded: Error {
        var status: Int32
        var errors: String
    }

    /// Returns at the end of the process.
    func end() async { _ = await child.end() }

    /// As at a power cut.
    func kill() async {
        child.signal(SIGKILL)
        _ = await child.end()
    }

    /// As a service manager asks; returns the exit status.
    @discardableResult
    func terminate() async -> Int32 {
        child.signal(SIGTERM)
        return await child.end()
    }

    deinit { child.signal(SIGKILL) }
}
