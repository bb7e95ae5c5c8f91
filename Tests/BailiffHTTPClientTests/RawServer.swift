import BailiffModel
import NIOCore
import NIOPosix
import NIOSSL

/// A server on loopback that answers with exactly the bytes it is told, and remembers what it received.
final class RawServer: Sendable {
    enum Act: Sendable {
        /// Writes these bytes and keeps the connection.
        case write(String)
        /// Writes these bytes, then closes.
        case writeAndClose(String)
        case close
        /// Never answers.
        case silence
    }

    let port: Int
    private let channel: any Channel
    private let log: Locked<[String]>
    private let connections: Locked<Int>

    private init(_ channel: any Channel, _ log: Locked<[String]>, _ connections: Locked<Int>) {
        self.channel = channel
        self.log = log
        self.connections = connections
        port = channel.localAddress?.port ?? 0
    }

    /// - Parameter act: Called with each whole request and its number, from 1.
    static func start(
        tls: NIOSSLContext? = nil, act: @escaping @Sendable (String, Int) -> Act
    ) async throws -> RawServer {
        let log = Locked<[String]>([])
        let connections = Locked(0)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.withLock { $0 += 1 }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(log: log, act: act))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawServer(channel, log, connections)
    }

    var requests: [String] { log.withLock { $0 } }
    var connectionCount: Int { connections.withLock { $0 } }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let log: Locked<[String]>
        private let act: @Sendable (String, Int) -> Act
        private var received: [UInt8] = []

        init(log: Locked<[String]>, act: @escaping @Sendable (String, Int) -> Act) {
            self.log = log
            self.act = act
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            while let request = wholeRequest() {
                let number = log.withLock { log in
                    log.append(request)
                    return log.count
                }
                switch act(request, number) {
                case .write(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                case .writeAndClose(let text):
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                    context.close(promise: nil)
                case .close: context.close(promise: nil)
                case .silence: break
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        /// The next head with the body its `Content-Length` announces.
        private func wholeRequest() -> String? {
            let text = String(decoding: received, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { return nil }
            let head = text[..<end.upperBound]
            let length =
                head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
            let total = head.utf8.count + length
            guard received.count >= total else { return nil }
            defer { received.removeFirst(total) }
            return String(decoding: received.prefix(total), as: UTF8.self)
        }
    }
}

extension String {
    /// The first place of `part`, so that Foundation is not needed.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        let own = Array(utf8)
        let wanted = Array(part.utf8)
        guard own.count >= wanted.count,
            let start = (0...(own.count - wanted.count)).first(where: {
                own[$0..<($0 + wanted.count)].elementsEqual(wanted)
            })
        else { return nil }
        let lower = utf8.index(startIndex, offsetBy: start)
        return lower..<utf8.index(lower, offsetBy: wanted.count)
    }
}

func reply(_ status: String, headers: String = "", body: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
