import BailiffModel
import BailiffTestSupport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A receiver of messages on loopback that answers as it is told and remembers what came.
struct Receiver: Sendable {
    struct Received: Sendable {
        var path: String
        var headers: HTTPFields
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields = HTTPFields()
    }

    let port: Int
    private let log: Locked<[Received]>

    var received: [Received] { log.withLock { $0 } }

    /// Runs `body` while the receiver answers.
    static func with<Result: Sendable>(
        _ answer: Answer, _ body: @escaping @Sendable (Receiver) async throws -> Result
    ) async throws -> Result {
        await CooperativeThreads.untilPrompt()
        let log = Locked<[Received]>([])
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.post("**") { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            log.withLock {
                $0.append(
                    Received(path: request.uri.path, headers: request.headers, body: Array(bytes.readableBytesView)))
            }
            return Response(status: answer.status, headers: answer.headers)
        }
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await app.runService(gracefulShutdownSignals: [])
                return nil
            }
            group.addTask {
                for await port in ports { return try await body(Receiver(port: port, log: log)) }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}
