import Foundation
import NIOCore

/// An address cannot be listened on.
package struct ListenError: Error, CustomStringConvertible {
    /// Safe to print.
    package let description: String

    init(host: String, port: Int, _ error: any Error) {
        let address = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        description = "\(address) cannot be listened on: \(ListenError.reason(error))"
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case EADDRINUSE: "another process listens there"
            case EADDRNOTAVAIL: "this machine has no such address"
            case EACCES: "this user may not take that port"
            default: String(cString: strerror(error.errnoCode)).lowercased()
            }
        case is SocketAddressError.UnknownHost: "there is no such host"
        default: String(describing: error)
        }
    }
}
