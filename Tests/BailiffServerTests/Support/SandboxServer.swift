import BailiffModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The server of a sandbox on loopback: it answers as it is told at the moment and remembers what it was asked.
final class SandboxServer: Sendable {
    struct Asked: Sendable {
        var method: String
        /// With the query.
        var target: String
        var headers: HTTPFields
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status: Int = 200
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        static func json(_ value: JSONValue) -> Answer { Answer(body: value.utf8()) }
    }

    typealias Behaviour = @Sendable (Asked) -> Answer

    let port: Int
    private let behaviour: Locked<Behaviour>
    private let log: Locked<[Asked]>

    private init(port: Int, behaviour: Locked<Behaviour>, log: Locked<[Asked]>) {
        self.port = port
        self.behaviour = behaviour
        self.log = log
    }

    var asked: [Asked] { log.withLock { $0 } }
    func answer(_ behaviour: @escaping Behaviour) { self.behaviour.withLock { $0 = behaviour } }

    static func with(
        _ behaviour: @escaping Behaviour, _ body: @escaping @Sendable (SandboxServer) async throws -> Void
    ) async throws {
        let behaviour = Locked<Behaviour>(behaviour)
        let log = Locked<[Asked]>([])
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            let asked = Asked(
                method: request.method.rawValue, target: request.uri.description, headers: request.headers,
                body: Array(bytes.readableBytesView))
            log.withLock { $0.append(asked) }
            let answer = behaviour.withLock { $0 }(asked)
            var headers = HTTPFields()
            for (name, value) in answer.headers {
                if let name = HTTPField.Name(name) { headers[name] = value }
            }
            return Response(
                status: .init(code: answer.status), headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        let app = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await app.runService(gracefulShutdownSignals: [])
                return false
            }
            group.addTask {
                for await port in ports {
                    try await body(SandboxServer(port: port, behaviour: behaviour, log: log))
                    return true
                }
                return false
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
    }
}
