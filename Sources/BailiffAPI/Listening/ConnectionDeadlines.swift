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
    /// When the connection is closed; nil while nothing is waited for.
    private var deadline: NIODeadline?
    /// Goes off no later than the deadline and then looks whether that has moved on: nearly always it has, and moving a
    /// timer with every request costs more than the rest of this handler.
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?
    /// Heads read whose answers are not written.
    private var openRequests = 0
    private var isReadingBody = false

    init(limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(limits.headTime, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) {
        wait(limits.headTime, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
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
            rest()
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
        let end = NIODeadline.now() + TimeAmount(time)
        deadline = end
        if let timer, timer.at <= end { return }
        timer?.task.cancel()
        setTimer(end, context.channel)
    }

    private func setTimer(_ end: NIODeadline, _ channel: any Channel) {
        let task = channel.eventLoop.assumeIsolated().scheduleTask(deadline: end) { self.timerWentOff(channel) }
        timer = (task, end)
    }

    private func timerWentOff(_ channel: any Channel) {
        timer = nil
        guard let deadline else { return }
        if NIODeadline.now() < deadline { setTimer(deadline, channel) } else { channel.close(promise: nil) }
    }

    /// Nothing is waited for.
    private func rest() { deadline = nil }

    private func end() {
        deadline = nil
        timer?.task.cancel()
        timer = nil
    }
}
