import BailiffModel

/// A refusal, in the words of the API it comes from.
struct APIError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    /// In seconds.
    var retryAfter: Int?

    init(_ status: Int, _ code: String, _ message: String, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}

extension APIError {
    static let wrongBody = APIError(400, "InvalidRequestBody", "Request body is incorrect")

    static func missing(_ parameter: String) -> APIError {
        APIError(400, "MissingRequiredParameter", "Parameter \(parameter) is missing.")
    }

    static func invalidInput(_ message: String) -> APIError { APIError(400, "InvalidInput", message) }

    static func invalidHash(_ hash: String) -> APIError {
        APIError(400, "InvalidHashValue", "Hash value \(hash) is invalid.")
    }

    static func notFound(_ message: String) -> APIError { APIError(404, "ResourceNotFound", message) }

    static func unknownMachine(_ id: String) -> APIError { notFound("Machine \(id) was not found") }

    static func odata(_ message: String) -> APIError { APIError(400, "ODataError", message) }

    static func query(_ message: String) -> APIError { APIError(400, "BadRequest", message) }

    static let unknownURL = APIError(404, "NotFound", "The requested URL was not found")

    static let alreadyActive = APIError(400, "ActiveRequestAlreadyExists", "Action is already in progress")

    static let unauthorized = APIError(401, "Unauthorized", "The access token is missing, expired or not valid.")

    static let inactiveAccount = APIError(401, "Unauthorized", "Account mode is inactive")

    static func missingRoles(_ roles: [String], surface: APISurface) -> APIError {
        let list = roles.joined(separator: ", ")
        return surface == .defender
            ? APIError(
                403, "Forbidden",
                "The application does not have any of the required application permissions (\(list)) "
                    + "to access the resource.")
            : APIError(403, "Forbidden", "Missing application roles. API required roles: \(list), application roles: .")
    }

    static let internalError = APIError(500, "InternalServerError", "An internal error occurred; retry the request.")

    static let unavailable = APIError(503, "ServiceUnavailable", "The service is temporarily unavailable.")
}

/// Which of the three APIs under the emulator's address a path belongs to.
enum APISurface: Sendable { case defender, xdr, graph }

extension APIError {
    /// The body differs between Graph, with `innerError`, and the others, with `target`.
    func reply(surface: APISurface, correlation: String, now: Timestamp) -> Reply {
        let error: JSONValue =
            surface == .graph
            ? [
                "code": .string(graphCode), "message": .string(message),
                "innerError": [
                    "date": .string(WireTime.text(now, digits: 0)), "request-id": .string(correlation),
                    "client-request-id": .string(correlation),
                ],
            ] : ["code": .string(code), "message": .string(message), "target": .string(correlation)]
        var reply = Reply.json(status: status, ["error": error])
        if let retryAfter { reply.headers.append(("Retry-After", String(retryAfter))) }
        if status == 401 {
            reply.headers.append(("WWW-Authenticate", "Bearer error=\"invalid_token\""))
        }
        return reply
    }

    private var graphCode: String {
        switch status {
        case 401: "InvalidAuthenticationToken"
        case 429: "TooManyRequests"
        default: code
        }
    }
}
