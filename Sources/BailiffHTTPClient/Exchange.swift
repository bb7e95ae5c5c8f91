import AsyncHTTPClient
import BailiffModel
import NIOCore
import NIOHTTP1

/// Follows one request on its event loop: notes whether its head left, keeps the limits, gathers the answer.
final class Exchange: HTTPClientResponseDelegate {
    typealias Response = HTTPReply

    /// Why this side gave up.
    enum Stop: Error { case firstByte, whole, tooLarge, cancelled }

    private struct State {
        var headWasSent = false
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        var firstByteTimer: Scheduled<Void>?
        var wholeTimer: Scheduled<Void>?
    }

    private let bodyLimit: Int
    private let state: Locked<State>

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
        state = Locked(State())
    }

    /// Once true, the server may have received the request.
    ///
    /// A request with a body is safe even when the connection breaks between the two writes: without its body the
    /// server cannot have accepted it, and the body is written only after this has become true.
    var headWasSent: Bool { state.withLock { $0.headWasSent } }

    /// Starts the time limits of `task`.
    func watch(_ task: HTTPClient.Task<HTTPReply>, limits: HTTPLimits) {
        let firstByte = task.eventLoop.scheduleTask(in: TimeAmount(limits.firstByte)) {
            if self.state.withLock({ $0.head == nil }) { task.fail(reason: Stop.firstByte) }
        }
        let whole = task.eventLoop.scheduleTask(in: TimeAmount(limits.whole)) { task.fail(reason: Stop.whole) }
        task.futureResult.whenComplete { _ in
            firstByte.cancel()
            whole.cancel()
        }
    }

    func didSendRequestHead(task: HTTPClient.Task<HTTPReply>, _ head: HTTPRequestHead) {
        state.withLock { $0.headWasSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPReply>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bodyLimit {
            return task.eventLoop.makeFailedFuture(Stop.tooLarge)
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPReply>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard part.readableBytes <= bodyLimit - state.body.readableBytes else { return false }
            var part = part
            state.body.writeBuffer(&part)
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(Stop.tooLarge)
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPReply>) throws -> HTTPReply {
        try state.withLock { state in
            guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
            return HTTPReply(
                status: Int(head.status.code), headers: head.headers.map { HTTPHeader($0.name, $0.value) },
                body: Array(state.body.readableBytesView))
        }
    }
}

extension TimeAmount {
    /// Rounded down to microseconds; negative durations count as zero.
    init(_ duration: Duration) {
        self = .microseconds(max(0, min(duration.wholeMicroseconds, Int64.max / 1_000)))
    }
}
