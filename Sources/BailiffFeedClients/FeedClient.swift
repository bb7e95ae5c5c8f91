package import BailiffHTTPClient
package import BailiffIntake
package import BailiffModel

/// Sends the calls of ``ReportFetch`` and ``FeedPoll`` and reads what comes back. It keeps nothing but a token that the
/// server's service gave it: what it finds and the new window are the caller's to commit, together.
package struct FeedClient: Sendable {
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp
    private let tokens: AccessTokens?

    /// - Parameter server: The one that is asked; its credential may be one that tokens are asked for with.
    package init(
        transport: any HTTPTransport, server: FeedServer? = nil, now: @escaping @Sendable () -> Timestamp
    ) {
        self.transport = transport
        self.now = now
        tokens = server?.grant.map { AccessTokens(grant: $0, transport: transport, now: now) }
    }

    /// One attempt.
    package func report(_ reference: ReportReference, with fetch: ReportFetch) async -> ReportFetch.Outcome {
        guard let request = fetch.request(for: reference) else {
            return .gone("reports of \(reference.product.title) are not fetched by this id")
        }
        do throws(FeedTrouble) {
            return fetch.outcome(of: try await send(request), for: reference, now: now())
        } catch {
            return .trouble(error)
        }
    }

    /// One page.
    package func page(_ window: PollWindow, of poll: FeedPoll) async -> FeedPoll.Outcome {
        guard let request = poll.request(window) else {
            return .trouble(FeedTrouble(.unexpected, "the server's page token fits into no address"))
        }
        do throws(FeedTrouble) {
            return poll.outcome(of: try await send(request), window: window, now: now())
        } catch {
            return .trouble(error)
        }
    }

    /// With a token where the server wants one. A kept token that is refused was taken back early: one more call with a
    /// new one tells.
    /// - Throws: `FeedTrouble` where there is no token to be had.
    private func send(_ request: HTTPRequest) async throws(FeedTrouble) -> Result<HTTPReply, HTTPFailure> {
        guard let tokens else { return await call(request) }
        let first = try await tokens.current()
        let result = await call(request, with: first.token)
        guard case .success(let reply) = result, reply.status == 401 else { return result }
        await tokens.forget(first.token)
        if first.isFresh { return result }
        return await call(request, with: try await tokens.current().token)
    }

    private func call(_ request: HTTPRequest, with token: Secret? = nil) async -> Result<HTTPReply, HTTPFailure> {
        var request = request
        if let token { request.headers.append(HTTPHeader("Authorization", "Bearer " + token.revealedText)) }
        do throws(HTTPFailure) { return .success(try await transport.send(request)) } catch { return .failure(error) }
    }
}
