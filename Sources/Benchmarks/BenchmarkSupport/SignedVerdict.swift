package import Crypto
import Foundation

/// A verdict, or an array of them, as a sandbox would post it to the stage's feed.
package struct SignedVerdict {
    package let headers: [(String, String)]
    package let body: [UInt8]

    /// Signed now: the signature's time is checked.
    /// - Parameter number: Of the file, and of the message.
    package init(_ number: Int, secret: SymmetricKey) {
        self.init(body: SignedVerdict.record(number), number, secret)
    }

    /// - Parameter numbers: Of the files, the first one of the message.
    package init(_ numbers: Range<Int>, secret: SymmetricKey) {
        self.init(
            body: "[" + numbers.map(SignedVerdict.record).joined(separator: ",") + "]", numbers.lowerBound, secret)
    }

    private static func record(_ number: Int) -> String {
        """
        {"bailiff":"verdict/v1","id":"v-\(number)","verdict":"malicious","score":95,"category":"other",\
        "sha256":"\(StageFiles.sha256(number))","sha1":"\(StageFiles.sha1(number))","file_name":"f\(number).exe"}
        """
    }

    private init(body text: String, _ number: Int, _ secret: SymmetricKey) {
        body = Array(text.utf8)
        let stamp = Moment.now() / 1_000_000
        let signed = Array("msg_\(number).\(stamp).".utf8) + body
        let code = Data(HMAC<SHA256>.authenticationCode(for: signed, using: secret)).base64EncodedString()
        headers = [
            ("Content-Type", "application/json"), ("webhook-id", "msg_\(number)"), ("webhook-timestamp", "\(stamp)"),
            ("webhook-signature", "v1,\(code)"),
        ]
    }

    /// - Returns: When it was sent and when it was answered.
    /// - Throws: Where the server did not store it.
    package func post(over client: LoopbackClient) throws -> (sent: Int64, answered: Int64) {
        let sent = Moment.now()
        let answer = try client.send("POST", "/v1/feeds/lab", headers: headers, body: body)
        guard answer.status == 200 else {
            throw BenchmarkProblem(
                "the server answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return (sent, Moment.now())
    }
}
