import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension HTTPFailure {
    /// Sorts what the libraries throw. `mayHaveBeenReceived` follows from `headWasSent` alone, never from the kind of
    /// error.
    init(_ error: any Error, headWasSent: Bool) {
        self.init(
            HTTPFailure.code(for: error, headWasSent: headWasSent), mayHaveBeenReceived: headWasSent, underlying: error)
    }

    private static func code(for error: any Error, headWasSent: Bool) -> Code {
        switch error {
        case let stop as Exchange.Stop:
            switch stop {
            case .firstByte: return headWasSent ? .firstByteTimeout : .connectTimeout
            case .whole: return headWasSent ? .timeout : .connectTimeout
            case .tooLarge: return .tooLarge
            case .cancelled: return .cancelled
            }
        case is CancellationError: return .cancelled
        case let error as HTTPClientError: return code(for: error, headWasSent: headWasSent)
        case let error as NIOConnectionError: return code(for: error)
        case let error as HTTPParserError: return error == .invalidEOFState ? .connectionLost : .malformed
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: return headWasSent ? .connectionLost : .tls
        case let error as IOError where !headWasSent:
            return error.errnoCode == ETIMEDOUT ? .connectTimeout : .refusedConnection
        case is ChannelError where !headWasSent: return .refusedConnection
        default: return headWasSent ? .connectionLost : .refusedConnection
        }
    }

    private static func code(for error: HTTPClientError, headWasSent: Bool) -> Code {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: .connectTimeout
        case .tlsHandshakeTimeout: .tls
        case .deadlineExceeded, .readTimeout, .writeTimeout: headWasSent ? .timeout : .connectTimeout
        case .alreadyShutdown: .shutDown
        case .cancelled: .cancelled
        case .remoteConnectionClosed, .uncleanShutdown: headWasSent ? .connectionLost : .refusedConnection
        default: headWasSent ? .malformed : .invalidRequest
        }
    }

    private static func code(for error: NIOConnectionError) -> Code {
        if !error.connectionErrors.isEmpty {
            let timedOut = error.connectionErrors.allSatisfy { failure in
                if failure.error is ChannelError { return true }
                return (failure.error as? IOError)?.errnoCode == ETIMEDOUT
            }
            return timedOut ? .connectTimeout : .refusedConnection
        }
        return error.dnsAError != nil || error.dnsAAAAError != nil ? .unknownHost : .refusedConnection
    }
}
