import BailiffDefenderEmulator
import BailiffModel
import Foundation
import Testing

@Suite("Token endpoint")
struct TokenTests {
    private static let v2 = "/\(Fleet.tenant.id)/oauth2/v2.0/token"
    private static let v1 = "/\(Fleet.tenant.id)/oauth2/token"

    private static func form(_ changes: [String: String?] = [:]) -> [(String, String)] {
        var fields: [String: String] = [
            "client_id": Fleet.everything.clientID, "client_secret": Fleet.everything.secret ?? "",
            "scope": Bench.defender + "/.default", "grant_type": "client_credentials",
        ]
        for (name, value) in changes { fields[name] = value }
        return fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    @Test("v2 gives lifetimes as numbers, v1 as text")
    func versions() async throws {
        try await Bench.run { bench in
            let two = try await bench.anonymous.form(Self.v2, Self.form())
            #expect(two.status == 200)
            #expect(two["token_type"] == "Bearer")
            #expect(two["expires_in"] == .int(3599))
            #expect(two["ext_expires_in"] == .int(3599))
            let one = try await bench.anonymous.form(
                Self.v1, Self.form(["scope": nil, "resource": Bench.defender]))
            #expect(one.status == 200)
            #expect(one["expires_in"] == "3599")
            #expect(one["expires_on"] == .string(String(Bench.start.seconds + 3599)))
            #expect(one["resource"] == .string(Bench.defender))
            for answer in [one, two] {
                var caller = bench.anonymous
                caller.token = answer["access_token"]?.string
                #expect(try await caller.get("/api/machines").status == 200)
            }
        }
    }

    @Test("the tenant goes by its domain too; names of fixed parts do not mind case")
    func tenantByDomain() async throws {
        try await Bench.run { bench in
            let answer = try await bench.anonymous.form("/\(Fleet.tenant.domain)/OAuth2/v2.0/Token", Self.form())
            #expect(answer.status == 200)
        }
    }

    @Test("id and secret may come as Basic credentials, percent-encoded")
    func basic() async throws {
        try await Bench.run { bench in
            let secret = bench.anonymous.escape(Fleet.everything.secret ?? "")
            let credentials = Base64.encode(Array("\(Fleet.everything.clientID):\(secret)".utf8))
            let answer = try await bench.anonymous.form(
                Self.v2, Self.form(["client_id": nil, "client_secret": nil]),
                headers: ["Authorization": "Basic \(credentials)"])
            #expect(answer.status == 200)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path = TokenTests.v2
        var changes: [String: String?] = [:]
        var status: Int
        var error: String
        var code: Int64
    }

    @Test(
        "refusals name the error as text and the code as a number",
        arguments: [
            Refusal(
                testDescription: "wrong secret", changes: ["client_secret": "guess"], status: 401,
                error: "invalid_client", code: 7_000_215),
            Refusal(
                testDescription: "no credential", changes: ["client_secret": nil], status: 401,
                error: "invalid_client", code: 7_000_218),
            Refusal(
                testDescription: "unknown application",
                changes: ["client_id": "99999999-1111-4111-8111-111111111111"], status: 400,
                error: "unauthorized_client", code: 700_016),
            Refusal(
                testDescription: "scope without .default", changes: ["scope": Bench.defender], status: 400,
                error: "invalid_scope", code: 70011),
            Refusal(
                testDescription: "unknown resource", changes: ["scope": "https://foo.example/.default"], status: 400,
                error: "invalid_resource", code: 500_011),
            Refusal(
                testDescription: "another grant", changes: ["grant_type": "password"], status: 400,
                error: "unsupported_grant_type", code: 70003),
            Refusal(
                testDescription: "no grant", changes: ["grant_type": nil], status: 400, error: "invalid_request",
                code: 900_144),
            Refusal(
                testDescription: "unknown tenant", path: "/nowhere.example/oauth2/v2.0/token", status: 400,
                error: "invalid_request", code: 90002),
            Refusal(
                testDescription: "malformed tenant", path: "/nowhere/oauth2/v2.0/token", status: 400,
                error: "invalid_request", code: 900_023),
            Refusal(
                testDescription: "assertion from an application without certificate",
                changes: [
                    "client_secret": nil, "client_assertion": "a.b.c",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ], status: 401, error: "invalid_client", code: 50012),
        ])
    func refusals(_ row: Refusal) async throws {
        try await Bench.run { bench in
            let answer = try await bench.anonymous.form(row.path, Self.form(row.changes))
            #expect(answer.status == row.status)
            #expect(answer["error"] == .string(row.error))
            #expect(answer["error_codes"] == [.int(row.code)])
            #expect(answer["error_description"]?.string?.hasPrefix("AADSTS\(row.code): ") == true)
            #expect(answer["correlation_id"]?.string?.utf8.count == 36)
        }
    }

    @Test("a secret expires by the emulator's clock")
    func secretExpires() async throws {
        try await Bench.run { bench in
            let fields = Self.form([
                "client_id": Fleet.quarantiner.clientID, "client_secret": Fleet.quarantiner.secret,
            ])
            #expect(try await bench.anonymous.form(Self.v2, fields).status == 200)
            bench.emulator.advanceClock(by: .seconds(86_400))
            let answer = try await bench.anonymous.form(Self.v2, fields)
            #expect(answer.status == 401)
            #expect(answer["error_codes"] == [7_000_222])
        }
    }

    @Test("a token carries the roles of its audience and ends with its lifetime")
    func claims() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller(for: Bench.graph)
            let part = try #require(caller.token?.split(separator: ".").dropFirst().first)
            let padded = part.replacing("-", with: "+").replacing("_", with: "/")
            let bytes = try #require(Base64.decode(padded + String(repeating: "=", count: (4 - padded.count % 4) % 4)))
            let claims = try StrictJSON.parse(bytes)
            #expect(claims["roles"] == ["ThreatHunting.Read.All"])
            #expect(claims["aud"] == .string(Bench.graph))
            #expect(claims["exp"] == .int(Bench.start.seconds + 3599))
            let defender = try await bench.caller()
            #expect(try await defender.get("/api/machines").status == 200)
            bench.emulator.advanceClock(by: .seconds(3598))
            #expect(try await defender.get("/api/machines").status == 200)
            bench.emulator.advanceClock(by: .seconds(2))
            let answer = try await defender.get("/api/machines")
            #expect(answer.status == 401)
            #expect(answer.code == "Unauthorized")
            #expect(answer.header("WWW-Authenticate") != nil)
        }
    }

    @Test("the wrong audience: another API's token lacks the roles, Graph's is none at all")
    func audiences() async throws {
        try await Bench.run { bench in
            let xdr = try await bench.caller(for: Bench.xdr)
            #expect(try await xdr.get("/api/machines").status == 403)
            let graph = try await bench.caller(for: Bench.graph)
            #expect(try await graph.get("/api/machines").status == 401)
            let defender = try await bench.caller()
            let hunting = try await defender.hunt("DeviceInfo")
            #expect(hunting.status == 401)
            #expect(hunting.code == "InvalidAuthenticationToken")
            #expect(hunting["error"]?["innerError"]?["request-id"]?.string != nil)
            #expect(try await bench.anonymous.get("/api/machines").status == 401)
        }
    }

    @Test("secrets and assertions do not get into the record")
    func recordWithoutSecrets() async throws {
        try await Bench.run { bench in
            _ = try await bench.anonymous.form(Self.v2, Self.form(["client_assertion": "aaa.bbb.ccc"]))
            let request = try #require(bench.emulator.requests().first)
            #expect(request.path == Self.v2)
            // The form's names and values may be escaped in any way.
            let body = try #require(request.body.removingPercentEncoding)
            #expect(body.contains("client_secret=<redacted>"))
            #expect(body.contains("client_assertion=<redacted>"))
            #expect(body.contains("grant_type=client_credentials"))
            #expect(!body.contains("s3cret"))
            #expect(!body.contains("bbb"))
        }
    }
}
