/// What sends a request and brings back the answer: the real client, or a script in tests.
package protocol HTTPTransport: Sendable {
    /// Sends `request` once. Follows no redirect and repeats nothing.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply
}
