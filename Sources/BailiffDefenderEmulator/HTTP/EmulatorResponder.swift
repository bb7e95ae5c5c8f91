import BailiffModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Keeps the connection at hand, so that an answer can be lost.
struct EmulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Between Hummingbird and ``EmulatorCore``.
struct EmulatorResponder: HTTPResponder {
    let core: EmulatorCore

    /// Far above the greatest documented batch.
    static let bodyLimit = 8 * 1024 * 1024

    func respond(to request: Request, context: EmulatorContext) async throws -> Response {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: EmulatorResponder.bodyLimit)
        } catch is NIOTooManyBytesError {
            return response(Reply(status: 413))
        }
        let incoming = IncomingRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", body: Array(body.readableBytesView),
            authorization: request.headers[.authorization], contentType: request.headers[.contentType])
        let reply = await core.answer(incoming)
        switch reply.delivery {
        case .whole: return response(reply)
        case .cut: return cutResponse(reply)
        case .lost:
            // Nothing has been written yet: the client sees the connection close instead of an answer.
            try? await context.channel.close()
            return Response(status: .init(code: 200))
        }
    }

    private func response(_ reply: Reply) -> Response {
        let body = reply.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        return Response(status: .init(code: reply.status), headers: fields(of: reply), body: body)
    }

    /// Announces the whole body, sends half of it and breaks off.
    private func cutResponse(_ reply: Reply) -> Response {
        let half = ByteBuffer(bytes: reply.body.prefix(reply.body.count / 2))
        let body = ResponseBody(contentLength: reply.body.count) { writer in
            try await writer.write(half)
            throw CutOff()
        }
        return Response(status: .init(code: reply.status), headers: fields(of: reply), body: body)
    }

    private func fields(of reply: Reply) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }

    private struct CutOff: Error {}
}
