/// Why no answer came back. An answer of any status is no failure.
package struct HTTPFailure: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// The client is not configured to call this server, or not without TLS.
        case hostNotAllowed
        /// A header or the address can't be sent.
        case invalidRequest
        case unknownHost, refusedConnection, connectTimeout
        /// The handshake failed: a certificate that can't be verified, no common protocol version.
        case tls
        /// No head of an answer in time.
        case firstByteTimeout
        /// The answer did not end in time.
        case timeout
        /// The connection broke, or the answer was cut off.
        case connectionLost
        /// The answer is no HTTP.
        case malformed
        /// The answer is longer than allowed.
        case tooLarge
        /// The task was cancelled, or the client is shut down.
        case cancelled, shutDown
    }

    package var code: Code
    /// False only where surely nothing of the request can have been accepted: its head never left this process.
    package var mayHaveBeenReceived: Bool
    /// May name hosts and addresses: debug output only.
    package var underlying: (any Error)?

    package init(_ code: Code, mayHaveBeenReceived: Bool, underlying: (any Error)? = nil) {
        self.code = code
        self.mayHaveBeenReceived = mayHaveBeenReceived
        self.underlying = underlying
    }
}

extension HTTPFailure: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        switch code {
        case .hostNotAllowed: "the server is not one of those that may be called"
        case .invalidRequest: "the request cannot be sent as it is"
        case .unknownHost: "the server's name does not resolve"
        case .refusedConnection: "the server does not accept the connection"
        case .connectTimeout: "no connection in time"
        case .tls: "the TLS handshake failed"
        case .firstByteTimeout: "no answer in time"
        case .timeout: "the answer did not end in time"
        case .connectionLost: "the connection broke before the answer ended"
        case .malformed: "the answer is not valid HTTP"
        case .tooLarge: "the answer is longer than allowed"
        case .cancelled: "the call was cancelled"
        case .shutDown: "the client is shut down"
        }
    }

    package var debugDescription: String {
        "\(code.rawValue): \(description)\(mayHaveBeenReceived ? "; the request may have been received" : "")"
            + (underlying.map { ", cause: \(String(reflecting: $0))" } ?? "")
    }
}
