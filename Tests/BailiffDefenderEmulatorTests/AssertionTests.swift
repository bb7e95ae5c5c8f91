import BailiffDefenderEmulator
import BailiffModel
import Crypto
import JWTKit
import Testing

@Suite("Client assertions")
struct AssertionTests {
    struct Claims: JWTPayload {
        var aud: String
        var iss = AssertionTests.application.clientID
        var sub = AssertionTests.application.clientID
        var jti = "5b1d2ad6-1d0c-4a53-a7ce-4b8f4b2f8b10"
        var nbf = Int(Bench.start.seconds) - 10
        var exp = Int(Bench.start.seconds) + 590
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    static let application = EmulatorTenant.Application(
        name: "certified", clientID: "77777777-7777-4777-8777-777777777777", certificatePEM: TestKeys.certificate,
        roles: ["Machine.Read.All"])

    private static var tenant: EmulatorTenant {
        var tenant = Fleet.tenant
        tenant.applications.append(application)
        return tenant
    }

    private static let der =
        Base64.decode(
            TestKeys.certificate.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()) ?? []

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Base64.encode(Array(bytes)).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static let thumbprint = base64URL(SHA256.hash(data: der))
    private static let oldThumbprint = base64URL(Crypto.Insecure.SHA1.hash(data: der))

    private static func sign(
        _ claims: Claims, header: JWTHeader = ["x5t#S256": .string(thumbprint)], key: String = TestKeys.key,
        algorithm: String = "PS256"
    ) async throws -> String {
        let keys = JWTKeyCollection()
        let key = try JWTKit.Insecure.RSA.PrivateKey(pem: key)
        if algorithm == "PS256" {
            await keys.add(pss: key, digestAlgorithm: .sha256)
        } else {
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        }
        return try await keys.sign(claims, header: header)
    }

    private static func ask(_ bench: Bench, _ assertion: String) async throws -> Answer {
        try await bench.anonymous.form(
            "/\(tenant.id)/oauth2/v2.0/token",
            [
                ("client_id", application.clientID), ("scope", Bench.defender + "/.default"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion), ("grant_type", "client_credentials"),
            ])
    }

    private static let audience = "https://login.microsoftonline.com/\(tenant.id)/oauth2/v2.0/token"

    @Test("PS256 with x5t#S256, and the older RS256 with x5t")
    func accepted() async throws {
        try await Bench.run(tenant: Self.tenant) { bench in
            let new = try await Self.sign(Claims(aud: Self.audience))
            let old = try await Self.sign(
                Claims(aud: Self.audience), header: ["x5t": .string(Self.oldThumbprint)], algorithm: "RS256")
            for assertion in [new, old] {
                let answer = try await Self.ask(bench, assertion)
                #expect(answer.status == 200, "\(answer.text)")
                var caller = bench.anonymous
                caller.token = answer["access_token"]?.string
                #expect(try await caller.get("/api/machines").status == 200)
            }
        }
    }

    @Test("another key, thumbprint, audience, issuer or time is refused")
    func refused() async throws {
        try await Bench.run(tenant: Self.tenant) { bench in
            let late = Claims(aud: Self.audience, nbf: 1, exp: 600)
            var stranger = Claims(aud: Self.audience)
            stranger.iss = Fleet.everything.clientID
            var endless = Claims(aud: Self.audience)
            endless.exp += 10 * 86_400
            let rows: [(String, Int64)] = [
                (try await Self.sign(Claims(aud: Self.audience), key: TestKeys.otherKey), 50012),
                (try await Self.sign(Claims(aud: Self.audience), header: ["x5t#S256": "wrong"]), 50012),
                (try await Self.sign(Claims(aud: Self.audience), header: [:]), 50012),
                (try await Self.sign(Claims(aud: "https://login.microsoftonline.com/else/oauth2/v2.0/token")), 50012),
                (try await Self.sign(stranger), 50012), (try await Self.sign(late), 700_024),
                (try await Self.sign(endless), 700_024), ("not.a.token", 50012), ("", 7_000_218),
            ]
            for (assertion, code) in rows {
                let answer = try await Self.ask(bench, assertion)
                #expect(answer.status == 401)
                #expect(answer["error"] == "invalid_client")
                #expect(answer["error_codes"] == [.int(code)])
            }
        }
    }
}
