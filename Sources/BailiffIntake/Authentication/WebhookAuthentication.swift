package import BailiffModel

/// How the sender of a feed proves that it is the sender. The same bytes and headers always give the same answer.
package enum WebhookAuthentication: Sendable, Equatable {
    /// Anybody may post: the feed's trust is never more than 1.
    case none
    /// Nobody may post: the feed only asks its server.
    case closed
    /// A secret in a header of the operator's choice.
    case header(name: String, value: [Secret])
    /// Standard Webhooks: an HMAC or an Ed25519 signature over id, time and body.
    case standardWebhooks(secrets: [StandardWebhooksSecret])
    /// `X-Hub-Signature-256`: an HMAC over the body alone.
    case gitHub(secrets: [Secret])
    /// `Stripe-Signature`: an HMAC over time and body.
    case stripe(secrets: [Secret])
    case basic(user: String, [Secret])
    case bearer([Secret])

    /// Secrets that may hold at the same time, so that one can be replaced without an interruption.
    package static let greatestSecretCount = 2
    /// How far the time of a signature may lie from now, on either side.
    package static let tolerance: Duration = .seconds(300)
    /// Members of a list of signatures.
    static let greatestListCount = 16

    /// Checks a request against the scheme, before anything of the body is parsed.
    ///
    /// - Parameters:
    ///   - headers: All header fields as received, repeated ones repeated.
    ///   - body: The bytes as received, before any inflation.
    package func check(
        headers: [(name: String, value: String)], body: [UInt8], now: Timestamp
    ) -> Result<AuthenticatedDelivery, AuthenticationFailure> {
        let headers = SecurityHeaders(headers)
        do throws(AuthenticationFailure) {
            switch self {
            case .none: return .success(AuthenticatedDelivery())
            case .closed: throw .refused(.closed)
            case .header(let name, let secrets): try checkHeader(name, secrets, headers)
            case .basic(let user, let secrets): try checkBasic(user, secrets, headers)
            case .bearer(let secrets): try checkBearer(secrets, headers)
            case .standardWebhooks(let secrets):
                return .success(try StandardWebhooks.check(headers, body: body, secrets: secrets, now: now))
            case .gitHub(let secrets): return .success(try GitHubSignature.check(headers, body: body, secrets: secrets))
            case .stripe(let secrets):
                return .success(try StripeSignature.check(headers, body: body, secrets: secrets, now: now))
            }
            return .success(AuthenticatedDelivery())
        } catch {
            return .failure(error)
        }
    }

    private func checkHeader(_ name: String, _ secrets: [Secret], _ headers: SecurityHeaders)
        throws(AuthenticationFailure)
    {
        let value = try headers.required(name)
        guard Self.matchesAny(secrets, value.utf8) else { throw .refused(.wrongSecret) }
    }

    private func checkBasic(_ user: String, _ secrets: [Secret], _ headers: SecurityHeaders)
        throws(AuthenticationFailure)
    {
        let credentials = try Self.credentials(of: "basic", in: headers)
        var isMatch = false
        for secret in secrets.prefix(Self.greatestSecretCount) {
            let expected = Base64.encode(Array((user + ":").utf8) + secret.revealedBytes)
            if constantTimeEqual(Array(expected.utf8), credentials) { isMatch = true }
        }
        guard isMatch else { throw .refused(.wrongSecret) }
    }

    private func checkBearer(_ secrets: [Secret], _ headers: SecurityHeaders) throws(AuthenticationFailure) {
        let credentials = try Self.credentials(of: "bearer", in: headers)
        guard Self.matchesAny(secrets, credentials) else { throw .refused(.wrongSecret) }
    }

    /// What stands behind the scheme in `Authorization`.
    private static func credentials(
        of scheme: StaticString, in headers: SecurityHeaders
    ) throws(AuthenticationFailure) -> [UInt8] {
        let value = Array(try headers.required("authorization").utf8)
        let count = scheme.utf8CodeUnitCount
        guard value.count > count, value.prefix(count).equalsIgnoringASCIICase(scheme), value[count] == 0x20 else {
            throw .refused(.wrongScheme)
        }
        return Array(value[count...].trimmedASCIISpace)
    }

    /// Compares with every secret, so that the time does not say which one fits. An empty secret fits nothing.
    private static func matchesAny(_ secrets: [Secret], _ candidate: some Collection<UInt8>) -> Bool {
        var isMatch = false
        for secret in secrets.prefix(greatestSecretCount) where !secret.isEmpty {
            if secret.matches(candidate) { isMatch = true }
        }
        return isMatch
    }
}

/// A request whose sender is known.
package struct AuthenticatedDelivery: Sendable, Hashable {
    /// The sender's id of the event, equal over its retries. Nil where the scheme has none.
    package var eventID: String?
    /// Whether a captured request could be sent again under another id, or without one: then the digest of the body has
    /// to be remembered beside the id.
    package var needsBodyDigest: Bool

    package init(eventID: String? = nil, needsBodyDigest: Bool = false) {
        self.eventID = eventID
        self.needsBodyDigest = needsBodyDigest
    }
}

/// Why a request is not the sender's.
package enum AuthenticationFailure: Error, Sendable, Hashable {
    /// A security header stands twice: proxies and servers join such values differently. Answer 400.
    case repeatedHeader(String)
    /// Answer 401 with one fixed text. The reason is for the log alone: told to the sender, it would help a forger.
    case refused(Reason)

    package enum Reason: Sendable, Hashable {
        case missingHeader(String)
        case wrongScheme, wrongSecret, wrongSignature
        /// The feed takes no deliveries.
        case closed
        case malformedTimestamp, tooOld, tooNew
        case malformedID, malformedSignature, tooManySignatures
    }
}

extension AuthenticationFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .repeatedHeader(let name): "the header \(name) stands more than once"
        case .refused(let reason): reason.description
        }
    }
}

extension AuthenticationFailure.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingHeader(let name): "the header \(name) is missing"
        case .wrongScheme: "another authentication scheme"
        case .closed: "the feed takes no deliveries"
        case .wrongSecret: "wrong secret"
        case .wrongSignature: "no signature matches"
        case .malformedTimestamp: "malformed timestamp"
        case .tooOld: "the timestamp is too old"
        case .tooNew: "the timestamp lies in the future"
        case .malformedID: "malformed id"
        case .malformedSignature: "malformed signature header"
        case .tooManySignatures: "too many signatures"
        }
    }
}
