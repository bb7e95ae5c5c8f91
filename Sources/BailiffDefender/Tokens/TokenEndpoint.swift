import BailiffHTTPClient
import BailiffModel
import Logging

/// Entra's token endpoint of one tenant: the client credentials grant, version 2.
struct TokenEndpoint: Sendable {
    var configuration: DefenderConfiguration
    var transport: any HTTPTransport
    var surroundings: Surroundings
    var logger: Logger

    /// One try may take at most this long: a call that changes something waits for it.
    static let limits = HTTPLimits(
        connect: .seconds(5), firstByte: .seconds(8), whole: .seconds(10), bodyInBytes: 1 << 20)

    /// Asks for a token; once more where the first try brought no answer or a 5xx.
    /// - Throws: Errors of acceptance `.surelyNot`: without a token nothing was ordered.
    func token(
        for audience: DefenderAudience, as registration: DefenderRegistration
    ) async throws(DefenderError) -> TokenReply {
        let credential = configuration.credential(for: registration)
        let scope = configuration.endpoints.scope(for: audience)
        guard
            let url = configuration.endpoints.login.appending(
                "/" + HTTPURL.encoded(configuration.tenant) + "/oauth2/v2.0/token"),
            configuration.tenant.utf8.contains(where: { $0 != 0x2E })
        else { throw DefenderError(.tokenRefused, acceptance: .surelyNot) }
        var form = [
            ("client_id", credential.clientID), ("scope", scope), ("grant_type", "client_credentials"),
        ]
        switch credential.proof {
        case .secret(let secret): form.append(("client_secret", secret.revealedText))
        case .certificate(let certificate):
            form.append(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            form.append(("client_assertion", try await assertion(certificate, credential.clientID, url)))
        }
        let body = form.map { "\($0.0)=\(HTTPURL.encoded($0.1))" }.joined(separator: "&")
        let request = HTTPRequest(
            .post, url,
            headers: [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"),
            ], body: Array(body.utf8), limits: TokenEndpoint.limits)
        do {
            return try await answer(to: request)
        } catch  where error.code == .serverError || error.code == .connection || error.code == .malformedReply {
            logger.info("no token yet, asking once more", metadata: ["cause": "\(error)"])
            do { try await surroundings.clock.sleep(for: .milliseconds(250)) } catch {
                throw DefenderError(.cancelled, acceptance: .surelyNot)
            }
            return try await answer(to: request)
        }
    }

    private func answer(to request: HTTPRequest) async throws(DefenderError) -> TokenReply {
        let reply: HTTPReply
        do throws(HTTPFailure) {
            reply = try await transport.send(request)
        } catch {
            var failure = DefenderError(error, api: nil)
            failure.acceptance = .surelyNot
            throw failure
        }
        guard reply.status == 200 else {
            var error = DefenderError(reply, api: nil)
            error.acceptance = .surelyNot
            // 400 and 401 alike stand for credentials that are not accepted.
            if (400..<500).contains(reply.status), error.code != .throttled { error.code = .tokenRefused }
            throw error
        }
        guard let body = try? StrictJSON.parse(reply.body, limits: .service), let token = TokenReply(body) else {
            throw DefenderError(.malformedReply, acceptance: .surelyNot, status: reply.status)
        }
        return token
    }

    private func assertion(
        _ certificate: ClientCertificate, _ clientID: String, _ url: HTTPURL
    ) async throws(DefenderError) -> String {
        do {
            return try await ClientAssertion(
                clientID: clientID, tokenURL: url.text, now: surroundings.now(),
                randomBytes: surroundings.randomBytes(16)
            ).signed(with: certificate)
        } catch {
            throw DefenderError(.invalidInput, acceptance: .surelyNot, underlying: error)
        }
    }
}
