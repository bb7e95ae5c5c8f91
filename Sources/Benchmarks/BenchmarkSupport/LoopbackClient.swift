import Foundation

/// One kept connection to 127.0.0.1, one request at a time, blocking.
package final class LoopbackClient {
    private let socket: Int32

    package init(port: UInt16) throws(BenchmarkProblem) { socket = try LoopbackClient.connect(port) }

    /// A socket that is connected to 127.0.0.1 and sends what it is given at once; the caller closes it.
    package static func connect(_ port: UInt16) throws(BenchmarkProblem) -> Int32 {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw BenchmarkProblem("127.0.0.1:\(port) does not accept connections") }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return socket
    }

    deinit { close(socket) }

    /// - Returns: The answer's status and body, which must come with a length.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) throws(BenchmarkProblem) -> (status: Int, body: [UInt8]) {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        try write(Array((head + "\r\n").utf8) + body)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { throw BenchmarkProblem("the connection ended") }
            answer.append(contentsOf: chunk[..<count])
            if let whole = HTTPAnswer(answer) { return (whole.status, Array(answer[whole.body])) }
        }
    }

    private func write(_ bytes: [UInt8]) throws(BenchmarkProblem) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchmarkProblem("the connection ended") }
            sent += count
        }
    }
}
