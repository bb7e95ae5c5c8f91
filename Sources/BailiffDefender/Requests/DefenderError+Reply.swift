import BailiffHTTPClient
import BailiffModel

extension DefenderError {
    /// What an answer other than 2xx means.
    ///
    /// The status decides; the service's code refines it; its message is never looked at.
    init(_ reply: HTTPReply, api: DefenderAPI?) {
        let details = ErrorDetails(reply)
        self.init(
            .badRequest, acceptance: .surelyNot, api: api, status: reply.status, serviceCode: details.code,
            serviceMessage: details.message, requestID: details.requestID)
        switch reply.status {
        case 401: code = .unauthorized
        case 403:
            switch details.code {
            case "DisabledFeature": code = .disabledFeature
            case "DisallowedOperation": code = .disallowed
            default: code = .forbidden
            }
        // A page of some other server is no word about an entity: read as "not there", a wrong address would look like an
        // empty estate.
        case 404, 410: code = details.isForeign ? .malformedReply : .notFound
        case 408:
            code = .timeout
            acceptance = .possibly
        case 429:
            code = .throttled
            retryAfter = RetryAfter.of(reply)
        case 400..<500: code = DefenderError.isInProgress(details.code) ? .alreadyInProgress : .badRequest
        case 500..<600:
            code = .serverError
            acceptance = .possibly
            retryAfter = RetryAfter.of(reply)
        default:
            code = .malformedReply
            acceptance = .possibly
        }
    }

    init(_ failure: HTTPFailure, api: DefenderAPI?) {
        let code: Code
        switch failure.code {
        case .hostNotAllowed: code = .hostNotAllowed
        case .invalidRequest: code = .invalidInput
        case .unknownHost, .refusedConnection, .connectionLost, .shutDown: code = .connection
        case .connectTimeout, .firstByteTimeout, .timeout: code = .timeout
        case .tls: code = .tls
        case .malformed: code = .malformedReply
        case .tooLarge: code = .replyTooLarge
        case .cancelled: code = .cancelled
        }
        self.init(
            code, acceptance: failure.mayHaveBeenReceived ? .possibly : .surelyNot, api: api, underlying: failure)
    }

    /// The documentation names the first, clients in the field expect the second.
    private static func isInProgress(_ code: String?) -> Bool {
        guard let code else { return false }
        return ASCII.equal(code, "ActiveRequestAlreadyExists") || ASCII.equal(code, "ActiveRequestAlreadyInProgress")
    }
}

/// What the body and headers of a refusal say.
private struct ErrorDetails {
    var code: String?
    var message: String?
    var requestID: String?
    /// There is a body, and it is none of the API.
    var isForeign = false

    init(_ reply: HTTPReply) {
        requestID = ErrorDetails.printable(reply.header("request-id") ?? reply.header("x-ms-request-id"))
        guard let body = try? StrictJSON.parse(reply.body, limits: .service) else {
            isForeign = !reply.body.isEmpty
            return
        }
        guard let error = body["error"] else { return }
        if let word = error.string {  // Entra
            let number = body["error_codes"]?.array?.first?.wholeNumber
            code = number.map { "AADSTS\($0)" } ?? ErrorDetails.printable(word)
            message = body["error_description"]?.string
            requestID = ErrorDetails.printable(body["trace_id"]?.string) ?? requestID
        } else {
            code = ErrorDetails.printable(error["code"]?.textual)
            message = error["message"]?.string
            let inner = error["innerError"] ?? error["innererror"]
            requestID =
                ErrorDetails.printable(error["target"]?.string) ?? ErrorDetails.printable(inner?["request-id"]?.string)
                ?? requestID
        }
    }

    /// Nil unless it is short and made of characters that can do no harm in a log.
    private static func printable(_ text: String?) -> String? {
        guard let text, (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 0x2D || $0 == 0x2E
                    || $0 == 0x5F || $0 == 0x7C
            })
        else { return nil }
        return text
    }
}

/// `Retry-After`: seconds, as documented, or a time, as HTTP has it.
enum RetryAfter {
    /// No window of the service is much longer, and a nonsense figure must not keep an API shut: asking once an hour costs
    /// nothing.
    private static let longest = Duration.seconds(3_600)

    /// A time counts from the answer's own date, never from this machine's clock.
    static func of(_ reply: HTTPReply) -> Duration? {
        guard let text = reply.header("Retry-After") else { return nil }
        if let seconds = parse(text) { return seconds }
        guard let time = HTTPDate.parse(text), let date = reply.date else { return nil }
        return min(max(time - date, .zero), longest)
    }

    /// Nil for anything but a number of seconds; at most an hour.
    static func parse(_ text: String?) -> Duration? {
        guard let text else { return nil }
        let digits = text.utf8.filter { $0 != 0x20 }
        guard (1...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let seconds = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        return min(.seconds(seconds), longest)
    }
}
