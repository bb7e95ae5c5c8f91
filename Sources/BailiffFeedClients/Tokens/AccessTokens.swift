import BailiffHTTPClient
import BailiffModel

/// The bearer token of one server: asked for when it is first needed, kept while it holds, renewed before it ends. Only
/// in memory; a restart asks again.
actor AccessTokens {
    private let grant: ClientGrant
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp
    private var token: AccessToken?

    init(grant: ClientGrant, transport: any HTTPTransport, now: @escaping @Sendable () -> Timestamp) {
        self.grant = grant
        self.transport = transport
        self.now = now
    }

    /// - Returns: The token, and whether it was asked for just now.
    func current() async throws(FeedTrouble) -> (token: Secret, isFresh: Bool) {
        if let token, now() < token.until { return (token.text, false) }
        // Two calls at once may both ask: each token holds.
        let askedAt = now()
        let result: Result<HTTPReply, HTTPFailure>
        do throws(HTTPFailure) {
            result = .success(try await transport.send(grant.request))
        } catch {
            result = .failure(error)
        }
        let fresh = try AccessToken.read(result, askedAt: askedAt)
        token = fresh
        return (fresh.text, true)
    }

    /// The server no longer takes this token: the next call asks for another.
    func forget(_ refused: Secret) {
        if let token, token.text.revealedText == refused.revealedText { self.token = nil }
    }
}
