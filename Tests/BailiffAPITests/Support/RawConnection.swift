import Dispatch
import Foundation

/// A connection to a listener on loopback, byte by byte. It waits on threads of its own: the server needs the others.
final class RawConnection: Sendable {
    struct Failure: Error { var message: String }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // `sockaddr_in` of 127.0.0.1, as it stands in memory: its Swift members are NIO's where both are at hand.
        let family = withUnsafeBytes(of: sa_family_t(AF_INET)) { Array($0) }
        let number = withUnsafeBytes(of: UInt16(truncatingIfNeeded: port).bigEndian) { Array($0) }
        let address = family + number + [127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
        // Nobody waits for ever for what does not come.
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = descriptor
        let result = address.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { connect(descriptor, $0.baseAddress, socklen_t(address.count)) }
        }
        // Pieces go out as they are.
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw Failure(message: "127.0.0.1:\(port) does not answer") }
    }

    deinit { close(descriptor) }

    /// False where the other end has closed.
    @discardableResult
    func send(_ text: String) async -> Bool { await send([Array(text.utf8)]) }

    /// Each piece by itself.
    /// - Parameter pause: In microseconds, behind each.
    @discardableResult
    func send(_ pieces: [[UInt8]], pause: UInt32 = 0) async -> Bool {
        await onThread { [descriptor] in
            for bytes in pieces {
                var sent = 0
                while sent < bytes.count {
                    let count = bytes.withUnsafeBytes {
                        Foundation.send(
                            descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return false }
                    sent += count
                }
                if pause > 0 { usleep(pause) }
            }
            return true
        }
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Waits until `isEnough` of all that came, or for the end.
    func receive(until isEnough: @escaping @Sendable (String) -> Bool) async -> String {
        await onThread { [descriptor] in
            var text = ""
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while !isEnough(text) {
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { break }
                text += String(decoding: chunk[..<count], as: UTF8.self)
            }
            return text
        }
    }

    /// All that comes until the other end closes.
    func rest() async -> String { await receive { _ in false } }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
