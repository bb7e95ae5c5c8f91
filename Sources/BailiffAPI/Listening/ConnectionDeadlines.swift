import NIOCore
import NIOHTTPTypes

/// Closes connections that take too long: to say what they want, to send a body, or between two requests.
///
/// Stands behind the decoder, so that a request's head counts only when it is whole: a sender that drips header bytes meets
/// the same deadline as one that is silent. The TLS handshake is inside the first deadline.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private var timer: Scheduled<Void>?
    /// Heads read whose answers are not written.
    private var openRequests = 0
    private var isReadingBody = false

    init(limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(limits.headTime, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelActive(context: ChannelHandlerContext) {
        wait(limits.headTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            openRequests += 1
            isReadingBody = true
            wait(limits.bodyTime, context)
        case .body: break
        case .end:
            isReadingBody = false
            cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            openRequests = max(0, openRequests - 1)
            // An answer may come before the end of the body; then the body's deadline goes on.
            if openRequests == 0, !isReadingBody { wait(limits.idleTime, context) }
        }
        context.write(data, promise: promise)
    }

    private func wait(_ time: Duration, _ context: ChannelHandlerContext) {
        cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
    }

    private func cancel() {
        timer?.cancel()
        timer = nil
    }
}
