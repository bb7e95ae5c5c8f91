import BailiffModel
import Dispatch
import Foundation

/// One HTTP request over a Unix socket. It waits on a thread of its own: the server that answers it needs the others.
struct UnixSocketCall {
    let path: String

    struct Failure: Error { var message: String }

    func send(
        _ method: String, _ target: String, _ body: JSONValue?
    ) async throws -> (status: Int, json: JSONValue) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try sendBlocking(method, target, body) })
            }
        }
    }

    private func sendBlocking(
        _ method: String, _ target: String, _ body: JSONValue?
    ) throws -> (status: Int, json: JSONValue) {
        let bytes = body?.utf8() ?? []
        var request = "\(method) \(target) HTTP/1.1\r\nHost: local\r\nConnection: close\r\n"
        if body != nil { request += "Content-Type: application/json\r\n" }
        request += "Content-Length: \(bytes.count)\r\n\r\n"
        let answer = try exchange(Array(request.utf8) + bytes)
        let text = String(decoding: answer, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let words = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 2, words.count == 3, let status = Int(words[1]) else {
            throw Failure(message: "no answer: \(text)")
        }
        return (status, (try? StrictJSON.parse(String(parts[1]), limits: .trusted)) ?? .null)
    }

    private func exchange(_ request: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(message: "no socket") }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw Failure(message: String(cString: strerror(errno))) }
        guard write(descriptor, request, request.count) == request.count else { throw Failure(message: "cut") }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { return answer }
            answer += buffer.prefix(count)
        }
    }
}
