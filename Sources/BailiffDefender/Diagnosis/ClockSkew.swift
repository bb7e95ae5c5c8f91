import BailiffHTTPClient
import BailiffModel

/// How far this machine's clock is from that of the servers it called.
package struct ClockSkew: Sendable, Hashable {
    /// Positive: this machine's clock is ahead.
    package var ahead: Duration
    /// How wrong ``ahead`` may be: servers tell whole seconds, often from a cache, and the answer was under way for a while.
    package var uncertainty: Duration

    /// What is surely wrong, at least. Zero where the clocks may well agree.
    package var certain: Duration {
        let distance = ahead < .zero ? .zero - ahead : ahead
        return distance > uncertainty ? distance - uncertainty : .zero
    }

    /// Nil where the answer has no date.
    init?(_ reply: HTTPReply, sent: Timestamp, received: Timestamp) {
        guard let date = reply.date, received >= sent else { return nil }
        let half = Duration.microseconds((received - sent).wholeMicroseconds / 2)
        ahead = sent + half - (date + .milliseconds(500))
        uncertainty = half + .seconds(2)
    }
}

/// Compares clocks with every answer that passes through.
final class ClockWatch: HTTPTransport {
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp
    private let last = Locked<ClockSkew?>(nil)

    init(_ transport: any HTTPTransport, now: @escaping @Sendable () -> Timestamp) {
        self.transport = transport
        self.now = now
    }

    /// From the last answer that had a date.
    var skew: ClockSkew? { last.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
        let sent = now()
        let reply = try await transport.send(request)
        if let skew = ClockSkew(reply, sent: sent, received: now()) { last.withLock { $0 = skew } }
        return reply
    }
}
