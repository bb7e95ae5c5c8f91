package import BailiffHTTPClient

/// Why a message did not arrive. Names neither the address nor what was answered: both may hold secrets.
package struct NotifyError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// It may arrive later: no connection, 408, 429, 5xx.
        case unavailable
        /// It will never arrive as it is: any other status.
        case refused
    }

    package var code: Code
    /// Nil where no answer came.
    package var status: Int?
    /// What the receiver asked for; only with `.unavailable`.
    package var retryAfter: Duration?
    package var underlying: HTTPFailure?

    package init(_ code: Code, status: Int? = nil, retryAfter: Duration? = nil, underlying: HTTPFailure? = nil) {
        self.code = code
        self.status = status
        self.retryAfter = retryAfter
        self.underlying = underlying
    }
}

extension NotifyError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        if let status { return "the receiver answered with status \(status)" }
        return underlying.map { "the message could not be delivered: \($0.description)" }
            ?? "the message could not be delivered"
    }
    package var debugDescription: String { description }
}
