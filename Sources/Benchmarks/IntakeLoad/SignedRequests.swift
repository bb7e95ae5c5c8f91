import BenchmarkSupport
import Crypto
import Foundation

/// Requests as bytes, signed ahead: signing during the load would measure the sender.
struct SignedRequests {
    let bytes: [[UInt8]]

    init(_ options: LoadOptions) throws(BenchmarkProblem) {
        let text = options.secret.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix("whsec_"), let key = Data(base64Encoded: String(text.dropFirst(6))) else {
            throw BenchmarkProblem("the secret is no whsec_ secret")
        }
        let symmetric = SymmetricKey(data: key)
        let now = Int(Date().timeIntervalSince1970)
        var all: [[UInt8]] = []
        all.reserveCapacity(options.requests)
        for index in 0..<options.requests {
            let first = options.start + index * options.records
            let body = SignedRequests.body(first: first, count: options.records)
            let id = "msg_load_\(first)"
            let signed = Array("\(id).\(now).".utf8) + body
            let signature = Data(HMAC<SHA256>.authenticationCode(for: signed, using: symmetric)).base64EncodedString()
            let head = """
                POST \(options.path) HTTP/1.1\r
                Host: 127.0.0.1\r
                Content-Type: application/json\r
                Content-Length: \(body.count)\r
                webhook-id: \(id)\r
                webhook-timestamp: \(now)\r
                webhook-signature: v1,\(signature)\r
                \r

                """
            let request = Array(head.utf8) + body
            for _ in 0..<options.repeats { all.append(request) }
        }
        bytes = all
    }

    private static func body(first: Int, count: Int) -> [UInt8] {
        let records = (first..<(first + count)).map(record)
        return Array((count == 1 ? records[0] : "[" + records.joined(separator: ",") + "]").utf8)
    }

    /// A verdict about a file that no other number has.
    private static func record(_ number: Int) -> String {
        let digest = SHA256.hash(data: Data("file \(number)".utf8)).map { hexadecimal($0) }.joined()
        let sha1 = Insecure.SHA1.hash(data: Data("file \(number)".utf8)).map { hexadecimal($0) }.joined()
        return """
            {"bailiff":"verdict/v1","id":"load-\(number)","verdict":"malicious","score":93,"category":"other",\
            "sha256":"\(digest)","sha1":"\(sha1)","file_name":"invoice-\(number).exe","file_type":"PE32 executable",\
            "threat":"Trojan.Load","family":"load","analysed_at":"2026-01-15T09:30:01Z",\
            "note":"made for measuring"}
            """
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }
}
