import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct DiagnosisTests {
    // MARK: Clocks

    @Test(arguments: [
        ("Tue, 14 Nov 2023 22:13:20 GMT", Duration.milliseconds(-500), Duration.zero),
        ("Tue, 14 Nov 2023 22:03:20 GMT", .milliseconds(599_500), .milliseconds(597_500)),
        ("Tue, 14 Nov 2023 22:23:20 GMT", .milliseconds(-600_500), .milliseconds(598_500)),
    ])
    func comparesClocksWithEveryAnswer(_ row: (date: String, ahead: Duration, certain: Duration)) async throws {
        // Our own time is 2023-11-14T22:13:20Z.
        let transport = ScriptedTransport([.json(200, ["value": []], [HTTPHeader("Date", row.date)])])
        let client = try Fixture(transport).client
        #expect(client.clockSkew == nil)
        _ = try await client.machines()
        let skew = try #require(client.clockSkew)
        #expect(skew.ahead == row.ahead)
        #expect(skew.certain == row.certain)
    }

    @Test func answersWithoutADateTellNothing() async throws {
        let transport = ScriptedTransport([
            .json(200, ["value": []], [HTTPHeader("Date", "Tue, 14 Nov 2023 22:03:20 GMT")]), .json(200, ["value": []]),
            .json(200, ["value": []], [HTTPHeader("Date", "yesterday")]),
        ])
        let client = try Fixture(transport).client
        for _ in 0..<3 { _ = try await client.machines() }
        #expect(client.clockSkew?.certain == .milliseconds(597_500))
    }

    @Test func aTimeToComeBackCountsFromTheAnswersOwnDate() async throws {
        let headers = [
            HTTPHeader("Date", "Tue, 14 Nov 2023 10:00:00 GMT"),
            HTTPHeader("Retry-After", "Tue, 14 Nov 2023 10:00:42 GMT"),
        ]
        let client = try Fixture(ScriptedTransport([.error(429, "429", headers)])).client
        let error = await failure { try await client.release(Fixture.machine(), comment: "c") }
        #expect(error?.retryAfter == .seconds(42))
    }

    // MARK: Permissions

    private func configuration(
        twoRegistrations: Bool, hunting: [DefenderConfiguration.Hunting] = [.graph]
    ) throws -> DefenderConfiguration {
        let base = try #require(HTTPURL("http://127.0.0.1:9"))
        return DefenderConfiguration(
            tenant: "contoso.example", endpoints: DefenderEndpoints(login: base, api: base, graph: base),
            read: Fixture.credential("reader"), act: twoRegistrations ? Fixture.credential("actor") : nil,
            hunting: hunting)
    }

    private func needs(
        _ uses: Set<DefenderUse>, _ configuration: DefenderConfiguration
    ) -> [String] {
        PermissionNeed.all(of: uses, with: configuration).map {
            "\($0.registration.rawValue) \($0.audience.rawValue) \($0.anyOf.joined(separator: "|"))"
        }
    }

    @Test func namesWhatIsNeeded() throws {
        let two = try configuration(twoRegistrations: true)
        #expect(needs([], two).isEmpty)
        #expect(
            needs([.machines, .isolate, .hunting], two) == [
                "read defender Machine.Read.All|Machine.ReadWrite.All", "read graph ThreatHunting.Read.All",
                "act defender Machine.Isolate",
            ])
        #expect(
            needs([.stopAndQuarantine], two) == [
                "read defender Machine.Read.All|Machine.ReadWrite.All",
                "act defender Machine.Read.All|Machine.ReadWrite.All", "act defender Machine.StopAndQuarantine",
            ])
        let older = try configuration(twoRegistrations: true, hunting: [.defender, .graph])
        #expect(needs([.hunting], older) == ["read defender AdvancedQuery.Read.All"])
    }

    /// With one registration its narrower need fulfils the wider one, which is not asked for beside it.
    @Test func oneRegistrationNeedsNothingTwice() throws {
        let one = try configuration(twoRegistrations: false)
        #expect(
            needs([.machines, .tag, .stopAndQuarantine], one) == [
                "read defender Machine.ReadWrite.All", "read defender Machine.StopAndQuarantine",
            ])
        let all = PermissionNeed.all(of: Set(DefenderUse.allCases), with: one)
        #expect(Set(all.map(\.anyOf)).count == all.count)
        let write = try #require(all.first { $0.toGrant == "Machine.ReadWrite.All" })
        #expect(write.uses.contains(.tag) && write.uses.contains(.machines))
        #expect(all.allSatisfy { !$0.uses.isEmpty && !$0.toGrant.isEmpty })
    }

    /// Every use is served by the permissions that are named for it.
    @Test(arguments: DefenderUse.allCases)
    func everyUseIsCovered(_ use: DefenderUse) throws {
        let two = try configuration(twoRegistrations: true)
        let needs = PermissionNeed.all(of: [use], with: two)
        #expect(!use.calls.isEmpty)
        for call in use.calls {
            for permissions in call.permissions {
                #expect(
                    needs.contains {
                        $0.registration == call.registration && $0.audience == call.audience
                            && Set($0.anyOf).isSubset(of: permissions)
                    }, "\(call)")
            }
        }
    }

    private static func token(_ roles: [String]) -> HTTPReply {
        let claims: JSONValue = ["roles": .array(roles.map(JSONValue.string)), "aud": "x"]
        let text = ["{}".utf8.map { $0 }, claims.utf8(), [1]].map { Base64URL.encode($0) }.joined(separator: ".")
        return .json(200, ["token_type": "Bearer", "expires_in": 3599, "access_token": .string(text)])
    }

    @Test func comparesWithWhatWasGranted() async throws {
        let transport = ScriptedTransport(
            tokens: { (request, _) async throws(HTTPFailure) in
                switch (request.form["client_id"], request.form["scope"]?.contains("graph")) {
                case ("actor", _): Self.token(["Machine.Isolate", "Machine.Offboard"])
                case (_, true): .json(401, ["error": "invalid_client", "error_codes": [7_000_222]])
                default: Self.token(["Machine.ReadWrite.All"])
                }
            }, { (_, _) async throws(HTTPFailure) in .error(500, "no call is needed") })
        let fixture = try Fixture(transport, act: Fixture.credential("actor"))
        let report = await fixture.client.permissionReport(for: [.machines, .hunting, .isolate, .antivirusScan])
        #expect(report.missing.map(\.toGrant) == ["Machine.Scan"])
        #expect(
            report.findings.map { "\($0.need.toGrant) \($0.state.rawValue)" } == [
                "Machine.Read.All present", "ThreatHunting.Read.All unknown", "Machine.Isolate present",
                "Machine.Scan missing",
            ])
        #expect(report.unneeded.map(\.role) == ["Machine.Offboard"])
        let refused = try #require(report.tokens.first { $0.audience == .graph }?.error)
        #expect(refused.description.contains("the secret has expired"))
        #expect(transport.requests.isEmpty)
    }

    @Test func aTokenThatCannotBeReadIsNoProofOfAnything() async throws {
        let fixture = try Fixture(ScriptedTransport([.error(500, "x")]))
        let report = await fixture.client.permissionReport(for: [.isolate])
        #expect(report.findings.allSatisfy { $0.state == .unknown })
        #expect(report.unneeded.isEmpty && report.missing.isEmpty)
    }

    // MARK: Credentials

    @Test func saysWhenACredentialEnds() throws {
        let end = Timestamp(seconds: 1_800_000_000)
        let secret = Secret("x")
        #expect(DefenderConfiguration.Credential(clientID: "a", .secret(secret)).expires == nil)
        #expect(DefenderConfiguration.Credential(clientID: "a", .secret(secret), secretExpires: end).expires == end)
        let certificate = try ClientCertificate(
            certificate: Array(TestCertificate.certificate.utf8), key: Secret(TestCertificate.key))
        #expect(
            DefenderConfiguration.Credential(clientID: "a", .certificate(certificate)).expires == certificate.notAfter)
    }

    @Test(arguments: [
        (7_000_215, "not its id"), (7_000_222, "expired"), (700_016, "client_id"), (90_002, "tenant"),
        (50_012, "certificate"), (700_027, "certificate"), (700_024, "clock"), (500_011, "audience"),
        (70_011, "audience"),
        (123, "current and registered"),
    ])
    func aRefusedTokenSaysWhatToDo(_ row: (code: Int, word: String)) async throws {
        let body: JSONValue = ["error": "invalid_client", "error_codes": [.int(Int64(row.code))]]
        let transport = ScriptedTransport(
            tokens: { (_, _) async throws(HTTPFailure) in .json(401, body) },
            { (_, _) async throws(HTTPFailure) in .error(500, "x") })
        let client = try Fixture(transport).client
        let error = await failure { try await client.machines() }
        #expect(error?.code == .tokenRefused)
        #expect(error?.description.contains(row.word) == true, "\(String(describing: error))")
    }

    // MARK: Hosts

    @Test(arguments: [
        ("api.securitycenter.microsoft.com", "cloud: global"), ("api-us3.securitycenter.windows.com", "cloud: us"),
        ("api-eu.securitycenter.microsoft.com", "cloud: eu"), ("api-au2.securitycenter.microsoft.com", "cloud: au"),
        ("wdatpapi-eu.securitycenter.windows.com", "cloud: eu"), ("graph.windows.net", "graph.microsoft.com"),
        ("login.windows.net", "login.microsoftonline.com"), ("security.microsoft.com", "portal"),
    ])
    func knowsWrongHosts(_ row: (host: String, advice: String)) {
        #expect(DefenderEndpoints.advice(forHost: row.host)?.contains(row.advice) == true)
    }

    @Test("a right name in the wrong place is told")
    func knowsRoles() {
        #expect(DefenderEndpoints.advice(forHost: "graph.microsoft.com", as: .api)?.contains("Defender's API") == true)
        #expect(
            DefenderEndpoints.advice(forHost: "eu.api.security.microsoft.com", as: .login)?.contains("Entra") == true)
        #expect(DefenderEndpoints.advice(forHost: "login.microsoftonline.com", as: .graph)?.contains("Graph") == true)
        #expect(
            DefenderEndpoints.advice(
                forLogin: "login.microsoftonline.com", api: "api-gov.securitycenter.microsoft.us")?
                .contains("login.microsoftonline.us") == true)
        #expect(DefenderEndpoints.advice(forLogin: "127.0.0.1", api: "127.0.0.1") == nil)
        for name in DefenderEndpoints.cloudNames {
            guard let cloud = DefenderEndpoints(cloud: name) else { continue }
            #expect(DefenderEndpoints.advice(forHost: cloud.login.host, as: .login) == nil)
            #expect(DefenderEndpoints.advice(forHost: cloud.api.host, as: .api) == nil)
            #expect(DefenderEndpoints.advice(forHost: cloud.xdr.host, as: .api) == nil)
            #expect(DefenderEndpoints.advice(forHost: cloud.graph.host, as: .graph) == nil)
            #expect(DefenderEndpoints.advice(forLogin: cloud.login.host, api: cloud.api.host) == nil)
        }
    }

    /// No name that is right is advised against.
    @Test func knowsRightHosts() throws {
        for name in DefenderEndpoints.cloudNames {
            let endpoints = try #require(DefenderEndpoints(cloud: name))
            for url in [endpoints.login, endpoints.api, endpoints.xdr, endpoints.graph] {
                #expect(DefenderEndpoints.advice(forHost: url.host) == nil, "\(url.host)")
            }
        }
        for host in ["evil-api.securitycenter.microsoft.com.example", "api-xx.securitycenter.microsoft.com", ""] {
            #expect(DefenderEndpoints.advice(forHost: host) == nil)
        }
    }
}
