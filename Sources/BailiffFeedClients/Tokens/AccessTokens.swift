import BailiffHTTPClient
import BailiffModel

/// The bearer token of one server: asked for when it is first needed, kept while it holds, renewed before it ends. Only
/// in memory; a restart asks again.
actor AccessTokens {
    private let grant: ClientGrant
    private let transport: any HTTPTransport
    private let now: @Sendable () -> Timestamp
    private var token: AccessToken?
    private var isAsking = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(grant: ClientGrant, transport: any HTTPTransport, now: @escaping @Sendable () -> Timestamp) {
        self.grant = grant
        self.transport = transport
        self.now = now
    }

    /// - Returns: The token, and whether it was asked for just now.
    func current() async throws(FeedTrouble) -> (token: Secret, isFresh: Bool) {
        // One question at a time: some services take the earlier token back when they give another.
        while isAsking { await withCheckedContinuation { waiting.append($0) } }
        if let token, now() < token.until { return (token.text, false) }
        isAsking = true
        defer {
            isAsking = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
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
