import BailiffModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The end of a connection's pipeline: hands each request to whoever answers it and writes the answer, one after another.
///
/// NIO's own handler for pipelining stops reading the socket during every answer and begins again behind it, which takes two
/// calls of the system for each request; this one stops when something has come that has to wait.
final class RequestHandler: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    typealias Responder = @Sendable (HTTPRequest, IncomingBody, any Channel) async -> Reply

    private struct Begun {
        var request: HTTPRequest
        var body: IncomingBody
    }

    private let responder: Responder
    private let work: ConnectionWork
    private var context: ChannelHandlerContext?
    /// Its head is read; it is handed on with as much of its body as came with the head.
    private var begun: Begun?
    /// What came behind a request that is not answered yet.
    private var later = CircularBuffer<HTTPRequestPart>(initialCapacity: 0)
    /// Of the request that is being read or answered.
    private var body: IncomingBody?
    /// All of the request is read, or none has begun.
    private var isWhole = true
    private var isAnswering = false
    /// The connection ends with the request that is being read or answered.
    private var isLast = false
    private var hasInputEnded = false
    private var isReadHeld = false

    init(responder: @escaping Responder, work: ConnectionWork) {
        self.responder = responder
        self.work = work
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        lose()
        self.context = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if hasToWait || !later.isEmpty { later.append(part) } else { take(part, context) }
    }

    /// A whole request is being answered: the next one waits.
    private var hasToWait: Bool { isAnswering && isWhole }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let request): begin(request, context)
        case .body(let part): body?.take(part)
        case .end:
            isWhole = true
            body?.end(.success(()))
            handOn(context)
            if isLast, !isAnswering { context.close(promise: nil) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        handOn(context)
        context.fireChannelReadComplete()
    }

    private func begin(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let expectsWord = request.headerFields[.expect]?.utf8.elementsEqual("100-continue".utf8) ?? false
        let body = IncomingBody(
            onWait: { if expectsWord { loop.execute { handler.value.askForBody() } } },
            onRoom: { loop.execute { handler.value.readAgain() } })
        isLast = isLast || Self.saysClose(request.headerFields)
        isWhole = false
        isAnswering = true
        begun = Begun(request: request, body: body)
        self.body = body
    }

    private static func saysClose(_ headers: HTTPFields) -> Bool {
        guard let value = headers[.connection] else { return false }
        return value.utf8.split(separator: UInt8(ascii: ",")).contains { option in
            option.filter { $0 != 0x20 && $0 != 0x09 }.map { $0 | 0x20 } == Array("close".utf8)
        }
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard let begun else { return }
        self.begun = nil
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let channel = context.channel
        work.start { [responder] in
            let reply = await responder(begun.request, begun.body, channel)
            channel.eventLoop.execute { handler.value.answer(reply) }
        }
    }

    // MARK: Answers

    private func answer(_ reply: Reply) {
        guard let context, isAnswering else { return }
        isAnswering = false
        // What nobody wanted of the body is read and forgotten: only behind it comes the next request, and whoever closes
        // before it is read may take the answer back.
        body?.drop()
        isLast = isLast || Self.saysClose(reply.headers) || hasInputEnded && later.isEmpty
        var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
        head.headerFields[.contentLength] = String(reply.body.count)
        if isLast { head.headerFields[.connection] = "close" }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !reply.body.isEmpty {
            context.write(wrapOutboundOut(.body(context.channel.allocator.buffer(bytes: reply.body))), promise: nil)
        }
        let closes = isLast && isWhole
        let written = closes ? context.eventLoop.makePromise(of: Void.self) : nil
        written?.futureResult.whenComplete { [channel = context.channel] _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        if isLast { later.removeAll() }
        while !hasToWait, let part = later.popFirst() { take(part, context) }
        handOn(context)
        readAgain()
    }

    /// `100 Continue`: somebody wants the body that the sender holds back.
    private func askForBody() {
        guard let context, isAnswering else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    // MARK: Reading no more than there is room for

    func read(context: ChannelHandlerContext) {
        if !later.isEmpty || body?.isFull ?? false { isReadHeld = true } else { context.read() }
    }

    private func readAgain() {
        guard isReadHeld, let context else { return }
        isReadHeld = false
        read(context: context)
    }

    // MARK: The end

    func channelInactive(context: ChannelHandlerContext) {
        lose()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The server stops, or the sender sends no more. What was asked for is still answered.
        switch event {
        case is ChannelShouldQuiesceEvent: endSoon(context)
        case ChannelEvent.inputClosed:
            hasInputEnded = true
            if later.isEmpty { endSoon(context) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func endSoon(_ context: ChannelHandlerContext) {
        isLast = true
        if !isAnswering, isWhole { context.close(promise: nil) }
    }

    /// What comes cannot be read. If it is not HTTP, its sender is told so, behind the answer to what came before.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if hasToWait {
            isLast = true
            later.removeAll()
            return
        }
        if error is HTTPParserError || error is HTTP1TypeConversionError, isAnswering || isWhole {
            let headers: HTTPFields = [.connection: "close", .contentLength: "0"]
            let head = HTTPResponse(status: .badRequest, headerFields: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        lose()
        context.close(promise: nil)
    }

    private func lose() {
        begun = nil
        isAnswering = false
        body?.end(.failure(IncomingBody.CutOff()))
        body = nil
    }
}

/// What a connection has under way, so that the server can wait for it.
final class ConnectionWork: Sendable {
    private let task = Locked<Task<Void, Never>?>(nil)

    /// One at a time.
    func start(_ operation: @escaping @Sendable () async -> Void) { task.withLock { $0 = Task { await operation() } } }

    /// Returns when what was started last is done.
    func finish() async { await task.withLock { $0 }?.value }
}
