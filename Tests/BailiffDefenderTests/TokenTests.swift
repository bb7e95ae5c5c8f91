import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct TokenTests {
    private static let machine: HTTPReply = .json(200, ["id": "m1"])

    @Test func asksWithTheSecret() async throws {
        let transport = ScriptedTransport([Self.machine])
        let fixture = try Fixture(transport)
        _ = try await fixture.client.machine(Fixture.machine())
        let request = try #require(transport.tokenRequests.first)
        #expect(request.url.text == "http://127.0.0.1:9/contoso.example/oauth2/v2.0/token")
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/x-www-form-urlencoded")))
        #expect(
            request.form == [
                "client_id": "reader", "scope": "https://api.securitycenter.microsoft.com/.default",
                "grant_type": "client_credentials", "client_secret": "s3cr&t =/+",
            ])
        #expect(String(decoding: request.body, as: UTF8.self).contains("client_secret=s3cr%26t%20%3D%2F%2B"))
        #expect(transport.requests.first?.bearer == "Bearer token-1")
    }

    @Test func oneTokenPerRegistrationAndAudience() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            request.url.path.contains("Hunting") ? .json(200, ["results": []]) : .action("a1")
        }
        let fixture = try Fixture(transport, act: Fixture.credential("actor"))
        let sha1 = try #require(Fixture.sha1)
        for _ in 0..<3 {
            _ = try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c")
            _ = try await fixture.client.machineAction("a1")
            _ = try await fixture.client.huntSightings(of: [sha1])
        }
        #expect(transport.tokenRequests.map { $0.form["client_id"] } == ["actor", "reader", "reader"])
        #expect(
            transport.tokenRequests.map { $0.form["scope"] } == [
                "https://api.securitycenter.microsoft.com/.default",
                "https://api.securitycenter.microsoft.com/.default", "https://graph.microsoft.com/.default",
            ])
        let bearers = Set(transport.requests.map { "\($0.url.path.contains("isolate")) \($0.bearer ?? "")" })
        #expect(bearers.count == 3)
    }

    @Test func fetchedOnceForManyWaiters() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let transport = ScriptedTransport(
            tokens: { (request, number) async throws(HTTPFailure) in
                for await _ in gate { break }
                return try await ScriptedTransport.token(request, number)
            }, { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await fixture.client.machine(id) != nil } }
            while transport.tokenRequests.isEmpty { await Task.yield() }
            for _ in 0..<200 { await Task.yield() }
            opener.finish()
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 50)
        #expect(transport.tokenRequests.count == 1)
    }

    @Test func aCancelledFetchIsTakenOverByTheNextInLine() async throws {
        let transport = ScriptedTransport(
            tokens: { (request, number) async throws(HTTPFailure) in
                if number == 1 {
                    while !Task.isCancelled { await Task.yield() }
                    throw HTTPFailure(.cancelled, mayHaveBeenReceived: false)
                }
                return try await ScriptedTransport.token(request, number)
            }, { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        try await withThrowingTaskGroup(of: Bool.self) { outer in
            outer.addTask {
                await withTaskGroup(of: DefenderError?.self) { group in
                    group.addTask {
                        await failure { try await fixture.client.machine(id) }
                    }
                    while transport.tokenRequests.isEmpty { await Task.yield() }
                    // Let others queue behind it before it gives up.
                    for _ in 0..<500 { await Task.yield() }
                    group.cancelAll()
                    return await group.next()??.code == .cancelled
                }
            }
            while transport.tokenRequests.isEmpty { await Task.yield() }
            for _ in 0..<5 { outer.addTask { try await fixture.client.machine(id) != nil } }
            for try await isRight in outer { #expect(isRight) }
        }
        #expect(transport.tokenRequests.count == 2)
    }

    @Test func aCancelledWaiterLeavesTheOthersAlone() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let transport = ScriptedTransport(
            tokens: { (request, number) async throws(HTTPFailure) in
                for await _ in gate { break }
                return try await ScriptedTransport.token(request, number)
            }, { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        try await withThrowingTaskGroup(of: Bool.self) { outer in
            outer.addTask { try await fixture.client.machine(id) != nil }
            while transport.tokenRequests.isEmpty { await Task.yield() }
            outer.addTask {
                await withTaskGroup(of: DefenderError?.self) { group in
                    group.addTask {
                        await failure { try await fixture.client.machine(id) }
                    }
                    for _ in 0..<100 { await Task.yield() }
                    group.cancelAll()
                    return await group.next()??.code == .cancelled
                }
            }
            let first = try await outer.next()
            #expect(first == true)
            opener.finish()
            let second = try await outer.next()
            #expect(second == true)
        }
    }

    @Test func renewedAheadOfItsEndWithoutDelayingAnyone() async throws {
        let transport = ScriptedTransport([Self.machine])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        _ = try await fixture.client.machine(id)
        fixture.clock.advance(by: .seconds(2_900))
        _ = try await fixture.client.machine(id)
        #expect(transport.tokenRequests.count == 1)
        fixture.clock.advance(by: .seconds(200))
        _ = try await fixture.client.machine(id)
        #expect(transport.tokenRequests.count == 2)
        #expect(transport.requests.last?.bearer == "Bearer token-2")
    }

    @Test func aFailedRenewalKeepsTheOldTokenInUse() async throws {
        let transport = ScriptedTransport(
            tokens: { (request, number) async throws(HTTPFailure) in
                if number > 1 { return .json(400, ["error": "invalid_client"]) }
                return try await ScriptedTransport.token(request, number)
            }, { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        _ = try await fixture.client.machine(id)
        fixture.clock.advance(by: .seconds(3_100))
        for _ in 0..<5 { _ = try await fixture.client.machine(id) }
        #expect(transport.tokenRequests.count == 2)
        #expect(transport.requests.last?.bearer == "Bearer token-1")
        fixture.clock.advance(by: .seconds(500))
        let error = await failure { try await fixture.client.machine(id) }
        #expect(error?.code == .tokenRefused)
    }

    @Test(arguments: [
        ("number", JSONValue.int(3599), 2_900, 1), ("string", .string("3599"), 2_900, 1), ("short", .int(60), 29, 1),
        ("short, half over", .int(60), 31, 2), ("absent", .null, 149, 1), ("absent, half over", .null, 151, 2),
        ("nonsense", .string("soon"), 151, 2), ("negative", .int(-5), 1, 2),
    ])
    func readsTheLifeInEitherForm(_ row: (name: String, life: JSONValue, after: Int, fetches: Int)) async throws {
        let transport = ScriptedTransport(
            tokens: { (_, number) async throws(HTTPFailure) in
                .json(200, ["token_type": "bearer", "expires_in": row.life, "access_token": .string("t\(number)")])
            }, { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        _ = try await fixture.client.machine(id)
        fixture.clock.advance(by: .seconds(row.after))
        _ = try await fixture.client.machine(id)
        #expect(transport.tokenRequests.count == row.fetches)
    }

    @Test func theServicesOwnSampleIsRead() async throws {
        let body: JSONValue = [
            "error": "invalid_scope", "error_description": "AADSTS70011: The provided value is not valid.",
            "error_codes": [70011], "trace_id": "255d1aef-8c98-452f-ac51-23d051240864",
        ]
        let transport = ScriptedTransport(
            tokens: { (_, _) async throws(HTTPFailure) in .json(400, body) },
            { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let error = await failure {
            try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c")
        }
        #expect(error?.code == .tokenRefused)
        #expect(error?.acceptance == .surelyNot)
        #expect(error?.serviceCode == "AADSTS70011")
        #expect(error?.requestID == "255d1aef-8c98-452f-ac51-23d051240864")
        #expect(error?.description.contains("The provided") == false)
        #expect(transport.requests.isEmpty)
    }

    struct BadToken: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: HTTPReply
        var code: DefenderError.Code
        var requests: Int
    }

    @Test(arguments: [
        BadToken(
            testDescription: "no JSON", reply: HTTPReply(status: 200, body: [60]), code: .malformedReply, requests: 2),
        BadToken(
            testDescription: "no token", reply: .json(200, ["token_type": "Bearer"]), code: .malformedReply, requests: 2
        ),
        BadToken(
            testDescription: "a token that breaks the header",
            reply: .json(200, ["access_token": "a\r\nX-Evil: 1", "expires_in": 60]), code: .malformedReply, requests: 2),
        BadToken(
            testDescription: "another type", reply: .json(200, ["access_token": "a", "token_type": "mac"]),
            code: .malformedReply, requests: 2),
        BadToken(testDescription: "5xx", reply: HTTPReply(status: 503), code: .serverError, requests: 2),
        BadToken(
            testDescription: "401", reply: .json(401, ["error": "invalid_client"]), code: .tokenRefused, requests: 1),
        BadToken(
            testDescription: "429", reply: HTTPReply(status: 429, headers: [HTTPHeader("Retry-After", "7")]),
            code: .throttled, requests: 1),
    ])
    func withoutATokenNothingIsSent(_ row: BadToken) async throws {
        let transport = ScriptedTransport(
            tokens: { (_, _) async throws(HTTPFailure) in row.reply },
            { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let error = try await fixture.clock.drive {
            await failure { try await fixture.client.release(id, comment: "c") }
        }
        #expect(error?.code == row.code)
        #expect(error?.acceptance == .surelyNot)
        #expect(transport.tokenRequests.count == row.requests)
        #expect(transport.requests.isEmpty)
    }

    @Test func a401IsCuredByOneFreshToken() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            request.bearer == "Bearer token-1" ? .error(401, "Unauthorized") : Self.machine
        }
        let fixture = try Fixture(transport)
        #expect(try await fixture.client.machine(Fixture.machine()) != nil)
        #expect(transport.requests.map(\.bearer) == ["Bearer token-1", "Bearer token-2"])
    }

    /// Between the two, its giver looks whether the first was taken all the same.
    @Test func anOrderIsNotPostedAgainAfterA401AndTheNextOneHasAFreshToken() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            request.bearer == "Bearer token-1" ? .error(401, "Unauthorized") : .action("a1")
        }
        let fixture = try Fixture(transport)
        let error = await failure {
            try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c")
        }
        #expect(error?.code == .unauthorized && error?.acceptance == .surelyNot && error?.retryAfter == .zero)
        #expect(error?.description.contains("admin consent") == false)
        #expect(transport.requests.count == 1)
        let action = try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c")
        #expect(action.id == "a1")
        #expect(transport.requests.map(\.bearer) == ["Bearer token-1", "Bearer token-2"])
    }

    @Test func a401ThatAFreshTokenDoesNotCureSaysWhatToDo() async throws {
        let transport = ScriptedTransport([.error(401, "Unauthorized")])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        _ = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        for round in 1...3 {
            let error = await failure {
                try await fixture.client.isolate(id, type: .full, comment: "c")
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.acceptance == .surelyNot)
            #expect(error?.description.contains("admin consent") == true)
            // Later calls don't ask Entra again and again.
            #expect(transport.tokenRequests.count == 2)
            #expect(transport.requests.count == 1 + round)
        }
        fixture.clock.advance(by: .seconds(31))
        for _ in 0..<2 {
            _ = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        }
        #expect(transport.tokenRequests.count == 3)
    }

    @Test func manyRefusedCallsShareOneFreshToken() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            request.bearer == "Bearer token-1" ? .error(401, "Unauthorized") : Self.machine
        }
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await fixture.client.machine(id) != nil } }
            for try await isThere in group { #expect(isThere) }
        }
        #expect(transport.tokenRequests.count == 2)
    }

    @Test func anOrderThatWaitedTooLongForItsTokenIsNotSent() async throws {
        let clock = Locked<ManualClock?>(nil)
        let transport = ScriptedTransport(
            tokens: { (request, number) async throws(HTTPFailure) in
                clock.withLock { $0 }?.advance(by: .seconds(6))
                return try await ScriptedTransport.token(request, number)
            }, { (_, _) async throws(HTTPFailure) in .action("a1") })
        let fixture = try Fixture(transport)
        clock.withLock { $0 = fixture.clock }
        let id = try Fixture.machine()
        let error = await failure {
            try await fixture.client.isolate(id, type: .full, comment: "c")
        }
        #expect(error?.code == .timeout)
        #expect(error?.acceptance == .surelyNot)
        #expect(transport.requests.isEmpty)
        // With the token at hand it goes out.
        try await fixture.client.prepare()
        _ = try await fixture.client.isolate(id, type: .full, comment: "c")
        #expect(transport.requests.count == 1)
    }

    @Test func tellsWhatATokenGrants() async throws {
        let claims: JSONValue = [
            "roles": ["Machine.Isolate", "File.Read.All"], "aud": "x", "appid": "reader", "exp": 1_700_003_600,
        ]
        let jwt = "e30." + Base64URL.encode(claims.utf8()) + ".c2ln"
        let transport = ScriptedTransport(
            tokens: { (_, _) async throws(HTTPFailure) in
                .json(200, ["access_token": .string(jwt), "expires_in": 3600])
            },
            { (_, _) async throws(HTTPFailure) in Self.machine })
        let fixture = try Fixture(transport)
        let told = try await fixture.client.tokenClaims(.read, for: .defender)
        #expect(told?.roles == ["Machine.Isolate", "File.Read.All"])
        #expect(told?.expires == Timestamp(seconds: 1_700_003_600))
        let opaque = try Fixture(ScriptedTransport([Self.machine]))
        #expect(try await opaque.client.tokenClaims(.read, for: .graph) == nil)
    }

    @Test func noSecretShowsInDescriptions() async throws {
        let fixture = try Fixture(ScriptedTransport([.error(401, "Unauthorized")]))
        let error = await failure { try await fixture.client.machineAction("x") }
        var dumped = ""
        dump(fixture.client.configuration, to: &dumped)
        for text in ["\(fixture.client.configuration)", String(reflecting: error), dumped] {
            #expect(!text.contains("s3cr"))
            #expect(!text.contains("token-"))
        }
    }
}
