import BailiffModel

/// A refusal of the token endpoint: here `error` is a string, not an object.
struct EntraError: Error, Sendable {
    var status: Int
    var error: String
    var code: Int
    var message: String

    func reply(trace: String, correlation: String, now: Timestamp) -> Reply {
        let time = WireTime.entra(now)
        let description =
            "AADSTS\(code): \(message)\r\nTrace ID: \(trace)\r\nCorrelation ID: \(correlation)\r\nTimestamp: \(time)"
        let body: JSONValue = [
            "error": .string(error), "error_description": .string(description), "error_codes": [.int(Int64(code))],
            "timestamp": .string(time), "trace_id": .string(trace), "correlation_id": .string(correlation),
            "error_uri": .string("https://login.microsoftonline.com/error?code=\(code)"),
        ]
        return Reply(
            status: status,
            headers: [
                ("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store, no-cache"),
            ], body: body.utf8())
    }
}

extension EntraError {
    static func unknownTenant(_ name: String) -> EntraError {
        EntraError(
            status: 400, error: "invalid_request", code: 90002,
            message: "Tenant '\(name)' not found. Check to make sure you have the correct tenant ID.")
    }

    static func malformedTenant(_ name: String) -> EntraError {
        EntraError(
            status: 400, error: "invalid_request", code: 900_023,
            message: "Specified tenant identifier '\(name)' is neither a valid DNS name, nor a valid external domain.")
    }

    static func missing(_ parameter: String) -> EntraError {
        EntraError(
            status: 400, error: "invalid_request", code: 900_144,
            message: "The request body must contain the following parameter: '\(parameter)'.")
    }

    static func unsupportedGrant(_ grant: String) -> EntraError {
        EntraError(
            status: 400, error: "unsupported_grant_type", code: 70003,
            message: "The app requested an unsupported grant type '\(grant)'.")
    }

    static func unknownApplication(_ id: String, tenant: String) -> EntraError {
        EntraError(
            status: 400, error: "unauthorized_client", code: 700_016,
            message: "Application with identifier '\(id)' was not found in the directory '\(tenant)'.")
    }

    static let noCredentials = EntraError(
        status: 401, error: "invalid_client", code: 7_000_218,
        message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")

    static func wrongSecret(_ id: String) -> EntraError {
        EntraError(
            status: 401, error: "invalid_client", code: 7_000_215,
            message: "Invalid client secret provided for app '\(id)'. Ensure the secret being sent is the client "
                + "secret value, not the client secret ID.")
    }

    static func expiredSecret(_ id: String) -> EntraError {
        EntraError(
            status: 401, error: "invalid_client", code: 7_000_222,
            message: "The provided client secret keys for app '\(id)' are expired.")
    }

    static func wrongAssertion(_ reason: String) -> EntraError {
        EntraError(
            status: 401, error: "invalid_client", code: 50012, message: "Client assertion failed validation: \(reason)")
    }

    static let assertionTime = EntraError(
        status: 401, error: "invalid_client", code: 700_024,
        message: "Client assertion is not within its valid time range.")

    static func invalidScope(_ scope: String) -> EntraError {
        EntraError(
            status: 400, error: "invalid_scope", code: 70011,
            message: "The provided value for the input parameter 'scope' is not valid. The scope \(scope) is not valid."
        )
    }

    static func unknownResource(_ resource: String) -> EntraError {
        EntraError(
            status: 400, error: "invalid_resource", code: 500_011,
            message: "The resource principal named \(resource) was not found in the tenant.")
    }
}
