/// Why a call to Defender did not bring what was asked for.
package struct DefenderError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// 401 that a fresh token did not cure.
        case unauthorized
        /// 403: an application permission is missing. For reads: go on with fewer facts.
        case forbidden
        /// 403: the tenant has the feature off, or does not allow this operation on this machine.
        case disabledFeature, disallowed
        case notFound
        /// 429, or this side's own count of calls is at its limit; ``DefenderError/retryAfter`` says when to come back.
        case throttled
        /// 400, and every other refusal in the 400s; ``DefenderError/serviceCode`` tells them apart.
        case badRequest
        /// 400: the same action is pending on the machine already.
        case alreadyInProgress
        /// 5xx.
        case serverError
        /// No answer, or no whole one, in time.
        case timeout
        /// No connection, or one that broke.
        case connection
        case tls
        /// An answer that can't be read; a redirect counts as one.
        case malformedReply
        case replyTooLarge
        case hostNotAllowed
        /// Entra gives no token: wrong secret, unknown application or tenant, certificate not accepted.
        case tokenRefused
        /// This side refuses to send: a hash of the wrong kind, an empty comment, a key that does not fit.
        case invalidInput
        case cancelled
    }

    /// What a caller who wanted something changed has to assume.
    package enum Acceptance: String, Sendable {
        /// The service surely did not take it. Sending it again cannot double it.
        case surelyNot
        /// It may have been taken. Look, never send again.
        case possibly
    }

    package var code: Code
    package var acceptance: Acceptance
    /// What was asked for, without ids: `isolate`. Nil for failures outside any call.
    package var api: DefenderAPI?
    package var status: Int?
    /// The service's own code, cut down to what is safe to print: `OsPlatformNotSupported`, `AADSTS7000215`.
    package var serviceCode: String?
    /// The service's own words: tenant data.
    package var serviceMessage: String?
    /// With `.throttled`, sometimes with `.serverError`.
    package var retryAfter: Duration?
    /// The service's id of this exchange, safe to print.
    package var requestID: String?
    /// May quote addresses and replies: debug output only.
    package var underlying: (any Error)?

    package init(
        _ code: Code, acceptance: Acceptance, api: DefenderAPI? = nil, status: Int? = nil, serviceCode: String? = nil,
        serviceMessage: String? = nil, retryAfter: Duration? = nil, requestID: String? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.acceptance = acceptance
        self.api = api
        self.status = status
        self.serviceCode = serviceCode
        self.serviceMessage = serviceMessage
        self.retryAfter = retryAfter
        self.requestID = requestID
        self.underlying = underlying
    }

    /// Whether the machine's platform or agent can't do this: a definite answer, no failure.
    package var isNotSupported: Bool {
        code == .badRequest && (serviceCode == "OsPlatformNotSupported" || serviceCode == "ClientVersionNotSupported")
    }
}

extension DefenderError: CustomStringConvertible, CustomDebugStringConvertible {
    /// For logs, replies and tickets: no names, no addresses, no words of the service.
    package var description: String {
        var text = "Defender"
        if let api { text += " (\(api.rawValue))" }
        text += ": \(explanation)"
        if let serviceCode { text += " [\(serviceCode)]" }
        if let retryAfter { text += ", again in \(max(1, retryAfter.components.seconds)) s" }
        if let requestID { text += " (request \(requestID))" }
        return text
    }

    package var debugDescription: String {
        var text = description
        if let status { text += ", status \(status)" }
        text += ", acceptance \(acceptance.rawValue)"
        if let serviceMessage { text += ", message: \(serviceMessage)" }
        if let underlying { text += ", cause: \(String(reflecting: underlying))" }
        return text
    }

    private var explanation: String {
        switch code {
        case .unauthorized where retryAfter != nil: "the token is refused; the next call has a fresh one"
        case .unauthorized:
            "a fresh token is refused as well; check the app registration's admin consent, the token's audience "
                + "(scope), and that the tenant's Defender licence is active"
        case .forbidden: "the app registration lacks the permission\(missingPermission)"
        case .disabledFeature: "the tenant has this feature switched off"
        case .disallowed: "the service does not allow this operation here"
        case .notFound: "not found"
        case .throttled: status == nil ? "the quota of calls is used up" : "the service asks to wait"
        case .badRequest: "the service refuses the request"
        case .alreadyInProgress: "the same action is in progress on this machine already"
        case .serverError: "the service failed (status \(status.map(String.init) ?? "unknown"))"
        case .timeout: "no answer in time"
        case .connection: "the connection failed"
        case .tls: "the service's certificate cannot be verified"
        case .malformedReply:
            "the service's answer cannot be read" + (status.map { $0 / 100 == 2 ? "" : " (status \($0))" } ?? "")
        case .replyTooLarge: "the service's answer is too long"
        case .hostNotAllowed: "the server is not one of those that may be called"
        case .tokenRefused:
            EntraAdvice.text(for: serviceCode).map { "Entra gives no token; " + $0 }
                ?? "Entra gives no token; check tenant, client id, and that the secret or certificate is current and registered"
        case .invalidInput: "the request is not sent as it is"
        case .cancelled: "cancelled"
        }
    }

    private var missingPermission: String {
        guard let permissions = api?.permissions, !permissions.isEmpty else { return "" }
        return " (" + permissions.map { $0.joined(separator: " or ") }.joined(separator: ", and ") + ")"
    }
}
