package import BailiffHTTPClient
package import BailiffModel

/// Delivers one message to one notifier, once. Repeating is for the caller's durable job.
package struct NotificationSender: Sendable {
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp

    /// - Parameter transport: One that logs no addresses: those of Teams and Slack are secrets.
    package init(transport: any HTTPTransport, now: @escaping @Sendable () -> Timestamp) {
        self.transport = transport
        self.now = now
    }

    private static let limits = HTTPLimits(
        connect: .seconds(5), firstByte: .seconds(15), whole: .seconds(20), bodyInBytes: 64 * 1_024)
    private static let longestWait: Int64 = 3_600

    /// Safe to repeat: the message keeps its id, by which receivers of the generic webhook tell repetitions.
    package func send(_ notice: Notice, to notifier: Notifier) async throws(NotifyError) {
        let request = NotificationSender.request(notice, to: notifier, at: now())
        let reply: HTTPReply
        do throws(HTTPFailure) {
            reply = try await transport.send(request)
        } catch {
            throw NotifyError(error.code == .hostNotAllowed ? .refused : .unavailable, underlying: error)
        }
        switch reply.status {
        case 200..<300: return
        case 408, 429, 500..<600:
            throw NotifyError(.unavailable, status: reply.status, retryAfter: NotificationSender.retryAfter(reply))
        default: throw NotifyError(.refused, status: reply.status)
        }
    }

    /// What goes out, signed at `now` where the notifier has a key.
    package static func request(_ notice: Notice, to notifier: Notifier, at now: Timestamp) -> HTTPRequest {
        let body: [UInt8]
        var headers = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("User-Agent", "Bailiff")]
        switch notifier.channel {
        case .webhook(_, let key):
            body = WebhookPayload.json(notice).utf8()
            let seconds = now.seconds
            headers.append(HTTPHeader("webhook-id", notice.id))
            headers.append(HTTPHeader("webhook-timestamp", String(seconds)))
            if let key {
                let signature = key.signature(id: notice.id, timestamp: seconds, body: body)
                headers.append(HTTPHeader("webhook-signature", signature))
            }
        case .teams: body = TeamsPayload.json(notice).utf8()
        case .slack: body = SlackPayload.json(notice).utf8()
        }
        return HTTPRequest(.post, notifier.url, headers: headers, body: body, limits: limits)
    }

    /// Whole seconds, at most an hour; a date is not read.
    private static func retryAfter(_ reply: HTTPReply) -> Duration? {
        guard let text = reply.header("Retry-After"), let seconds = Int64(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, longestWait))
    }
}
