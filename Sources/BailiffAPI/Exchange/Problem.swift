package import BailiffModel
package import HTTPTypes

/// Why a request is not done, as it is told to whoever asked (RFC 9457).
package struct Problem: Error, Sendable {
    package var code: ProblemCode
    /// About this occurrence; safe to show to the caller.
    package var detail: String
    /// Further members, besides the standard ones.
    package var members: JSONObject
    package var headers: HTTPFields

    package init(_ code: ProblemCode, _ detail: String, members: JSONObject = [:], headers: HTTPFields = HTTPFields()) {
        self.code = code
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    package static let mediaType = "application/problem+json"

    /// `type` is a name, not an address: there is nothing to fetch.
    package static func type(of code: ProblemCode) -> String { "urn:bailiff:problem:\(code.rawValue)" }

    package func reply(requestID: String) -> Reply {
        var object = members
        object["type"] = .string(Problem.type(of: code))
        object["title"] = .string(code.title)
        object["status"] = .int(Int64(code.status.code))
        object["detail"] = .string(detail)
        object["code"] = .string(code.rawValue)
        object["request_id"] = .string(requestID)
        var reply = Reply.json(.object(object), status: code.status)
        reply.headers[.contentType] = Problem.mediaType
        for field in headers { reply.headers[field.name] = field.value }
        return reply
    }

    static func retryAfter(_ seconds: Int) -> HTTPFields { [.retryAfter: String(max(1, seconds))] }
}
