package import BailiffHTTPClient
package import BailiffIntake
package import BailiffModel

/// Sends the calls of ``ReportFetch`` and ``FeedPoll`` and reads what comes back. It keeps nothing: what it finds and the
/// new window are the caller's to commit, together.
package struct FeedClient: Sendable {
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp

    package init(transport: any HTTPTransport, now: @escaping @Sendable () -> Timestamp) {
        self.transport = transport
        self.now = now
    }

    /// One attempt.
    package func report(_ reference: ReportReference, with fetch: ReportFetch) async -> ReportFetch.Outcome {
        guard let request = fetch.request(for: reference) else {
            return .gone("reports of \(reference.product.title) are not fetched by this id")
        }
        return fetch.outcome(of: await send(request), for: reference, now: now())
    }

    /// One page.
    package func page(_ window: PollWindow, of poll: FeedPoll) async -> FeedPoll.Outcome {
        guard let request = poll.request(window) else {
            return .trouble(FeedTrouble(.unexpected, "the server's page token fits into no address"))
        }
        return poll.outcome(of: await send(request), window: window, now: now())
    }

    private func send(_ request: HTTPRequest) async -> Result<HTTPReply, HTTPFailure> {
        do throws(HTTPFailure) { return .success(try await transport.send(request)) } catch { return .failure(error) }
    }
}
