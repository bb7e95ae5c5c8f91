import BailiffHTTPClient
import BailiffModel

/// Why a server's answer is of no use now.
package struct FeedTrouble: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// No answer: the network, TLS, a time limit.
        case unreachable
        /// 429: the server wants fewer calls.
        case throttled
        /// 5xx.
        case serverFailed = "server_failed"
        /// 401 or 403: the credential is wrong, expired or lacks a permission. Nothing but a person mends it.
        case refused
        /// 3xx. Redirects are never followed: the server that was configured is the one that is asked.
        case redirected
        /// Another status, or an answer that is none of the product's.
        case unexpected
        /// The answer is longer than allowed.
        case tooLarge = "too_large"
        /// The answer is about something else than was asked for.
        case wrongAnswer = "wrong_answer"
    }

    package var code: Code
    /// Safe to show: nothing of the answer's body is in it.
    package var message: String
    /// What the server asked for, if it did.
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Whether the same call may help later without anybody changing anything.
    package var passesByItself: Bool {
        switch code {
        case .unreachable, .throttled, .serverFailed: true
        case .refused, .redirected, .unexpected, .tooLarge, .wrongAnswer: false
        }
    }

    package var description: String { message }

    init(_ failure: HTTPFailure) {
        self.init(failure.code == .tooLarge ? .tooLarge : .unreachable, failure.description)
    }

    /// What a status means that is neither a success nor, for the caller, an answer of its own. Nil for 2xx.
    init?(_ reply: HTTPReply, now: Timestamp) {
        switch reply.status {
        case 200..<300: return nil
        case 300..<400: self.init(.redirected, "the server redirects to another address (\(reply.status))")
        case 401, 403: self.init(.refused, "the server refuses the credential (\(reply.status))")
        case 429:
            self.init(
                .throttled, "the server wants fewer calls (429)", retryAfter: RetryAfter.duration(of: reply, now: now))
        case 500..<600:
            self.init(
                .serverFailed, "the server failed (\(reply.status))",
                retryAfter: RetryAfter.duration(of: reply, now: now))
        default: self.init(.unexpected, "the server answers with status \(reply.status)")
        }
    }
}

/// How long a server wants to be left alone.
enum RetryAfter {
    static let longest: Duration = .seconds(3_600)

    /// `Retry-After` in seconds or as a date, `X-RateLimit-Reset-After`, or the member of the body that Zscaler writes:
    /// `{"Retry-After": "13 seconds"}`. Between 0 and an hour.
    static func duration(of reply: HTTPReply, now: Timestamp) -> Duration? {
        if let text = reply.header("Retry-After") ?? reply.header("X-RateLimit-Reset-After") {
            if let seconds = seconds(text) { return bounded(seconds) }
            if let date = Timestamp(httpDate: text) {
                return bounded(max(0, (date - now).wholeMicroseconds / 1_000_000))
            }
        }
        guard reply.body.count <= 4_096, let body = try? StrictJSON.parse(reply.body, limits: .record) else {
            return nil
        }
        switch body["Retry-After"] {
        case .int(let seconds): return bounded(seconds)
        case .string(let text): return seconds(text).flatMap(bounded)
        default: return nil
        }
    }

    private static func bounded(_ seconds: Int64) -> Duration? {
        seconds < 0 ? nil : min(.seconds(seconds), longest)
    }

    /// The digits at the beginning, if nothing or a unit of seconds follows them.
    private static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8.filter { $0 != 0x20 })
        let digits = bytes.prefix { (0x30...0x39).contains($0) }
        let unit = String(decoding: bytes.dropFirst(digits.count), as: UTF8.self)
        guard (1...9).contains(digits.count), ["", "s", "seconds", "second", "sec"].contains(unit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}

extension Timestamp {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    init?(httpDate text: String) {
        let parts = text.utf8.split(separator: 0x20)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5].elementsEqual("GMT".utf8),
            let month = months.firstIndex(where: { parts[2].elementsEqual($0.utf8) })
        else { return nil }
        func number(_ part: Substring.UTF8View) -> Int? {
            (1...4).contains(part.count) && part.allSatisfy { (0x30...0x39).contains($0) }
                ? part.reduce(0) { $0 * 10 + Int($1 - 0x30) } : nil
        }
        let clock = parts[4].split(separator: 0x3A, omittingEmptySubsequences: false)
        guard clock.count == 3, let day = number(parts[1]), let year = number(parts[3]), let hour = number(clock[0]),
            let minute = number(clock[1]), let second = number(clock[2]),
            let time = Timestamp(
                utc: CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second))
        else { return nil }
        self = time
    }
}
