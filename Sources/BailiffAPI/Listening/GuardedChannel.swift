import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOSSL

/// An HTTP/1.1 connection within its limits, encrypted with whatever certificate is current when it is opened.
struct GuardedChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let work: ConnectionWork
    }

    let responder: RequestHandler.Responder
    let limits: ConnectionLimits
    let peers: PeerLedger
    let tls: TLSCertificates?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let address = channel.remoteAddress
        guard peers.opened(address) else {
            return channel.eventLoop.makeFailedFuture(ConnectionRefused())
        }
        channel.closeFuture.whenComplete { [peers] _ in peers.closed(address) }
        return channel.eventLoop.makeCompletedFuture {
            let work = ConnectionWork()
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.current)) }
            var decoder = NIOHTTPDecoderLimitConfiguration()
            decoder.maxHeaderFieldSize = limits.headerBytes
            decoder.maxHeaderListSize = limits.headerBytes
            decoder.maxHeaderFieldCount = limits.headerCount
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoder)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(ConnectionDeadlines(limits: limits))
            try pipeline.addHandler(RequestHandler(responder: responder, work: work))
            return Value(channel: channel, work: work)
        }
    }

    /// Returns when the connection is closed and nothing of it is under way.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        await value.work.finish()
    }
}

/// The address has all the connections it may have.
struct ConnectionRefused: Error {}
