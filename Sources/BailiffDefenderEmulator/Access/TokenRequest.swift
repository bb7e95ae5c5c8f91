import BailiffModel

/// A request for a token, as far as it can be judged without looking at signatures.
struct TokenRequest: Sendable {
    enum Version: Sendable { case v1, v2 }
    enum Credential: Sendable {
        case secret(String)
        case assertion(String)
    }

    var version: Version
    var clientID: String
    var credential: Credential
    var audience: Audience
    /// As the caller names it.
    var resource: String

    /// Whether the path is a token URL: `/{tenant}/oauth2/v2.0/token` or `/{tenant}/oauth2/token`.
    static func path(_ request: IncomingRequest) -> (tenant: String, version: Version)? {
        guard let segments = request.segments else { return nil }
        let words = segments.map(Route.lowercased)
        if words.count == 4, words[1...] == ["oauth2", "v2.0", "token"] { return (segments[0], .v2) }
        if words.count == 3, words[1...] == ["oauth2", "token"] { return (segments[0], .v1) }
        return nil
    }

    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    init(_ request: IncomingRequest, tenant: String, version: Version, directory: Directory) throws(EntraError) {
        self.version = version
        try TokenRequest.check(tenant: tenant, directory)
        let form = Form(PercentEncoding.form(request.body) ?? [])
        guard let grant = form["grant_type"] else { throw .missing("grant_type") }
        guard grant == "client_credentials" else { throw .unsupportedGrant(grant) }
        let basic = TokenRequest.basic(request.authorization)
        guard let clientID = form["client_id"] ?? basic?.id else { throw .missing("client_id") }
        guard directory.registration(clientID) != nil else {
            throw .unknownApplication(clientID, tenant: tenant)
        }
        self.clientID = clientID
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == TokenRequest.assertionType else {
                throw .missing("client_assertion_type")
            }
            credential = .assertion(assertion)
        } else if let secret = form["client_secret"] ?? basic?.secret {
            credential = .secret(secret)
        } else {
            throw .noCredentials
        }
        (audience, resource) = try TokenRequest.audience(form, version)
    }

    private static func check(tenant: String, _ directory: Directory) throws(EntraError) {
        let name = Route.lowercased(tenant)
        if name == directory.tenantID || name == directory.domain { return }
        let isName = name.utf8.contains(UInt8(ascii: "."))
        let isGUID = name.utf8.count == 36 && name.utf8.allSatisfy { Hex.value(of: $0) != nil || $0 == 45 }
        throw isName || isGUID ? .unknownTenant(tenant) : .malformedTenant(tenant)
    }

    private static func audience(_ form: Form, _ version: Version) throws(EntraError) -> (Audience, String) {
        switch version {
        case .v1:
            guard let resource = form["resource"] else { throw .missing("resource") }
            guard let audience = Audience(resource: resource) else { throw .unknownResource(resource) }
            return (audience, resource)
        case .v2:
            guard let scope = form["scope"] else { throw .missing("scope") }
            let suffix = "/.default"
            guard scope.utf8.count > suffix.utf8.count, scope.hasSuffix(suffix), !scope.utf8.contains(0x20) else {
                throw .invalidScope(scope)
            }
            let resource = String(scope.dropLast(suffix.count))
            guard let audience = Audience(resource: resource) else { throw .unknownResource(resource) }
            return (audience, resource)
        }
    }

    /// `Authorization: Basic`: id and secret are percent-encoded before they are joined.
    private static func basic(_ header: String?) -> (id: String, secret: String)? {
        guard let header else { return nil }
        let parts = header.utf8.split(separator: 0x20, maxSplits: 1)
        guard parts.count == 2, Route.lowercased(String(Substring(parts[0]))) == "basic",
            let bytes = Base64.decode(Substring(parts[1])), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = PercentEncoding.decode(bytes[..<colon], plusIsSpace: true),
            let secret = PercentEncoding.decode(bytes[colon...].dropFirst(), plusIsSpace: true)
        else { return nil }
        return (id, secret)
    }

    private struct Form {
        private let pairs: [(name: String, value: String)]

        init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

        /// The first field of this name that is not empty.
        subscript(_ name: String) -> String? {
            pairs.first { $0.name.utf8.elementsEqual(name.utf8) && !$0.value.isEmpty }?.value
        }
    }
}
