import BailiffDefender
import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct ActionTests {
    struct Order: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: String
        var body: JSONValue
        var reply: HTTPReply = .action("a1")
        var send: @Sendable (DefenderClient, MachineID) async throws -> String
    }

    private static let sha1 = "4388963aaa83afe2042a46a3c017ad50bdcdafb3"
    private static func hash() throws -> FileHash { try #require(FileHash(.sha1, sha1)) }

    static let orders: [Order] = [
        Order(
            testDescription: "isolate", path: "/api/machines/m1/isolate",
            body: ["Comment": "[7F3K] because", "IsolationType": "Selective"]
        ) { try await $0.isolate($1, type: .selective, comment: "[7F3K] because").id },
        Order(
            testDescription: "release", path: "/api/machines/m1/unisolate", body: ["Comment": "[7F3K] because"],
            reply: .action("a1", "Unisolate")
        ) { try await $0.release($1, comment: "[7F3K] because").id },
        Order(
            testDescription: "quarantine", path: "/api/machines/m1/StopAndQuarantineFile",
            body: ["Comment": "[7F3K] because", "Sha1": .string(sha1)], reply: .action("a1", "StopAndQuarantineFile")
        ) { try await $0.stopAndQuarantine($1, sha1: hash(), comment: "[7F3K] because").id },
        Order(
            testDescription: "scan", path: "/api/machines/m1/runAntiVirusScan",
            body: ["Comment": "[7F3K] because", "ScanType": "Quick"], reply: .action("a1", "RunAntiVirusScan")
        ) { try await $0.runAntiVirusScan($1, type: .quick, comment: "[7F3K] because").id },
        Order(
            testDescription: "restrict", path: "/api/machines/m1/restrictCodeExecution",
            body: ["Comment": "[7F3K] because"], reply: .action("a1", "RestrictCodeExecution")
        ) { try await $0.restrictApps($1, comment: "[7F3K] because").id },
        Order(
            testDescription: "unrestrict", path: "/api/machines/m1/unrestrictCodeExecution",
            body: ["Comment": "[7F3K] because"], reply: .action("a1", "UnrestrictCodeExecution")
        ) { try await $0.unrestrictApps($1, comment: "[7F3K] because").id },
        Order(
            testDescription: "collect", path: "/api/machines/m1/collectInvestigationPackage",
            body: ["Comment": "[7F3K] because"], reply: .action("a1", "CollectInvestigationPackage")
        ) { try await $0.collectPackage($1, comment: "[7F3K] because").id },
        Order(
            testDescription: "investigate", path: "/api/machines/m1/startInvestigation",
            body: ["Comment": "[7F3K] because"], reply: .json(201, ["id": "a1", "state": "Running"])
        ) { try await $0.startInvestigation($1, comment: "[7F3K] because").id },
        Order(
            testDescription: "cancel", path: "/api/machineactions/x1/cancel", body: ["Comment": "[7F3K] because"]
        ) { client, _ in try await client.cancel(action: "x1", comment: "[7F3K] because").id },
        Order(
            testDescription: "tag", path: "/api/machines/m1/tags", body: ["Value": "quarantine", "Action": "Add"],
            reply: .json(200, ["id": "m1"])
        ) {
            _ = try await $0.setTag("quarantine", .add, on: $1)
            return "a1"
        },
        Order(
            testDescription: "alert", path: "/api/alerts/CreateAlertByReference",
            body: [
                "machineId": "m1", "severity": "High", "title": "t", "description": "d", "recommendedAction": "r",
                "eventTime": "2023-11-14T22:13:20Z", "reportId": "20776", "category": "Malware",
            ], reply: .json(200, ["id": "a1"])
        ) {
            let event = EventReference(machine: $1, time: Timestamp(seconds: 1_700_000_000), reportID: 20_776)
            return try await $0.createAlert(
                from: event, severity: .high, title: "t", description: "d", recommendedAction: "r"
            ).id
        },
        Order(
            testDescription: "indicator", path: "/api/indicators",
            body: [
                "indicatorValue": .string(sha1), "indicatorType": "FileSha1", "action": "BlockAndRemediate",
                "title": "t", "description": "d", "generateAlert": true, "expirationTime": "2023-11-14T22:13:20Z",
            ], reply: .json(200, ["id": "a1", "indicatorValue": .string(sha1)])
        ) { client, _ in
            let indicator = Indicator(
                try hash(), action: .blockAndRemediate, title: "t", description: "d",
                expires: Timestamp(seconds: 1_700_000_000))
            return try await client.putIndicator(indicator).id
        },
    ]

    @Test(arguments: orders)
    func postsOnceWhatIsDocumented(_ order: Order) async throws {
        let transport = ScriptedTransport([order.reply])
        let fixture = try Fixture(transport, act: Fixture.credential("actor"))
        #expect(try await order.send(fixture.client, Fixture.machine()) == "a1")
        #expect(transport.requests.count == 1)
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url.path == order.path)
        #expect(request.json?.text(.sorted) == order.body.text(.sorted))
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(transport.tokenRequests.map { $0.form["client_id"] } == ["actor"])
    }

    @Test(
        "an answer about something else is no acceptance: what was ordered has to be found by reading",
        arguments: [
            HTTPReply.action("a1", "Isolate", machine: "m2"), .action("a1", "Unisolate", machine: "m1"),
            .action("a1", "Offboard"),
            .json(201, ["value": ["id": "a1"]]),
        ])
    func answersAboutSomethingElse(_ reply: HTTPReply) async throws {
        let fixture = try Fixture(ScriptedTransport([reply]))
        let error = await failure { try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c") }
        #expect(error?.code == .malformedReply)
        #expect(error?.acceptance == .possibly)
    }

    @Test("a word for the action that nobody knows, or another case of the id, is no reason to doubt it")
    func answersThatMayBeMeant() async throws {
        let transport = ScriptedTransport([
            .action("a1", "IsolateSelectively"), .action("a2", "isolate", machine: "M1"),
            .json(201, ["id": "a3", "machineId": nil, "type": nil]),
        ])
        let fixture = try Fixture(transport)
        for id in ["a1", "a2", "a3"] {
            #expect(try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c").id == id)
        }
    }

    @Test("an investigation and a tag on another machine than the one asked for are no acceptance either")
    func otherMachines() async throws {
        let transport = ScriptedTransport([
            .json(201, ["id": "7", "state": "Running", "machineId": "m2"]), .json(200, ["id": "m2"]),
        ])
        let fixture = try Fixture(transport)
        let first = await failure { try await fixture.client.startInvestigation(Fixture.machine(), comment: "c") }
        #expect(first?.acceptance == .possibly)
        let second = await failure { try await fixture.client.setTag("t", .add, on: Fixture.machine()) }
        #expect(second?.acceptance == .possibly)
    }

    struct Outcome: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var result: Result<HTTPReply, HTTPFailure>
        var code: DefenderError.Code
        var acceptance: DefenderError.Acceptance
    }

    static let outcomes: [Outcome] = [
        Outcome(
            testDescription: "400", result: .success(.error(400, "InvalidInput")), code: .badRequest,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "platform", result: .success(.error(400, "OsPlatformNotSupported")), code: .badRequest,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "pending already", result: .success(.error(400, "ActiveRequestAlreadyExists")),
            code: .alreadyInProgress, acceptance: .surelyNot),
        Outcome(
            testDescription: "pending already, other name",
            result: .success(.error(400, "activeRequestAlreadyInProgress")), code: .alreadyInProgress,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "401", result: .success(.error(401, "Unauthorized")), code: .unauthorized,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "403", result: .success(.error(403, "Forbidden")), code: .forbidden, acceptance: .surelyNot
        ),
        Outcome(
            testDescription: "403, feature", result: .success(.error(403, "DisabledFeature")), code: .disabledFeature,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "403, operation", result: .success(.error(403, "DisallowedOperation")), code: .disallowed,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "404", result: .success(.error(404, "ResourceNotFound")), code: .notFound,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "408", result: .success(HTTPReply(status: 408)), code: .timeout, acceptance: .possibly),
        Outcome(
            testDescription: "409", result: .success(HTTPReply(status: 409)), code: .badRequest, acceptance: .surelyNot),
        Outcome(
            testDescription: "429", result: .success(.error(429, "429", [HTTPHeader("Retry-After", "17")])),
            code: .throttled, acceptance: .surelyNot),
        Outcome(
            testDescription: "500", result: .success(HTTPReply(status: 500)), code: .serverError, acceptance: .possibly),
        Outcome(
            testDescription: "503", result: .success(HTTPReply(status: 503, headers: [HTTPHeader("Retry-After", "3")])),
            code: .serverError, acceptance: .possibly),
        Outcome(
            testDescription: "307", result: .success(HTTPReply(status: 307)), code: .malformedReply,
            acceptance: .possibly),
        Outcome(
            testDescription: "201 without JSON", result: .success(HTTPReply(status: 201, body: Array("<html>".utf8))),
            code: .malformedReply, acceptance: .possibly),
        Outcome(
            testDescription: "201 without a body", result: .success(HTTPReply(status: 201)), code: .malformedReply,
            acceptance: .possibly),
        Outcome(
            testDescription: "201 without an id", result: .success(.json(201, ["status": "Pending"])),
            code: .malformedReply, acceptance: .possibly),
        Outcome(
            testDescription: "refused", result: .failure(HTTPFailure(.refusedConnection, mayHaveBeenReceived: false)),
            code: .connection, acceptance: .surelyNot),
        Outcome(
            testDescription: "no such host", result: .failure(HTTPFailure(.unknownHost, mayHaveBeenReceived: false)),
            code: .connection, acceptance: .surelyNot),
        Outcome(
            testDescription: "connect timeout",
            result: .failure(HTTPFailure(.connectTimeout, mayHaveBeenReceived: false)),
            code: .timeout, acceptance: .surelyNot),
        Outcome(
            testDescription: "lost", result: .failure(HTTPFailure(.connectionLost, mayHaveBeenReceived: true)),
            code: .connection, acceptance: .possibly),
        Outcome(
            testDescription: "stalled", result: .failure(HTTPFailure(.firstByteTimeout, mayHaveBeenReceived: true)),
            code: .timeout, acceptance: .possibly),
        Outcome(
            testDescription: "too long", result: .failure(HTTPFailure(.tooLarge, mayHaveBeenReceived: true)),
            code: .replyTooLarge, acceptance: .possibly),
        Outcome(
            testDescription: "certificate", result: .failure(HTTPFailure(.tls, mayHaveBeenReceived: false)), code: .tls,
            acceptance: .surelyNot),
        Outcome(
            testDescription: "cancelled", result: .failure(HTTPFailure(.cancelled, mayHaveBeenReceived: true)),
            code: .cancelled, acceptance: .possibly),
    ]

    @Test(arguments: outcomes)
    func saysWhetherTheOrderMayHaveBeenTaken(_ row: Outcome) async throws {
        let transport = ScriptedTransport { (_, _) async throws(HTTPFailure) in try row.result.get() }
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let error = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(error?.code == row.code)
        #expect(error?.acceptance == row.acceptance)
        #expect(transport.requests.count == 1)
        #expect(error?.api == .isolate)
    }

    @Test func carriesWhatTheServiceSaysSafely() async throws {
        let evil: JSONValue = ["error": ["code": "X\u{1b}[2J", "message": "secret words", "target": "|a1b2.c3_"]]
        let fixture = try Fixture(ScriptedTransport([.json(400, evil)]))
        let error = await failure { try await fixture.client.release(Fixture.machine(), comment: "c") }
        #expect(error?.serviceCode == nil)
        #expect(error?.requestID == "|a1b2.c3_")
        #expect(error?.description == "Defender (release): the service refuses the request (request |a1b2.c3_)")
        #expect(error?.debugDescription.contains("secret words") == true)
    }

    @Test func namesTheMissingPermission() async throws {
        let fixture = try Fixture(ScriptedTransport([.error(403, "Forbidden")]))
        let hash = try #require(Fixture.sha1)
        let error = await failure {
            try await fixture.client.stopAndQuarantine(Fixture.machine(), sha1: hash, comment: "c")
        }
        let text = "(Machine.StopAndQuarantine, and Machine.Read.All or Machine.ReadWrite.All)"
        #expect(error?.description.contains(text) == true)
    }

    @Test func knowsWhatAPlatformCannotDo() async throws {
        for code in ["OsPlatformNotSupported", "ClientVersionNotSupported"] {
            let fixture = try Fixture(ScriptedTransport([.error(400, code)]))
            let error = await failure { try await fixture.client.restrictApps(Fixture.machine(), comment: "c") }
            #expect(error?.isNotSupported == true)
        }
    }

    @Test(arguments: ["..", ".", "..."])
    func anIdThatWouldChangeThePathIsNotSent(_ text: String) async throws {
        let transport = ScriptedTransport([.action("a1")])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine(text)
        let error = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(error?.code == .invalidInput)
        let second = await failure { try await fixture.client.cancel(action: text, comment: "c") }
        #expect(second?.code == .invalidInput)
        #expect(transport.requests.isEmpty)
    }

    @Test func anIdIsOneSegmentWhateverItHolds() async throws {
        let transport = ScriptedTransport([.action("a1")])
        let fixture = try Fixture(transport)
        _ = try await fixture.client.machineAction("../machines/m1?x=1#y")
        #expect(transport.requests.first?.url.path == "/api/machineactions/..%2Fmachines%2Fm1%3Fx%3D1%23y")
    }

    @Test func incompleteOrdersAreNotSent() async throws {
        let transport = ScriptedTransport([.action("a1")])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let sha256 = try #require(Fixture.sha256)
        for comment in ["", " ", "\n\t"] {
            #expect(await failure { try await fixture.client.release(id, comment: comment) }?.code == .invalidInput)
        }
        #expect(
            await failure { try await fixture.client.stopAndQuarantine(id, sha1: sha256, comment: "c") }?.code
                == .invalidInput)
        #expect(await failure { try await fixture.client.setTag("", .add, on: id) }?.code == .invalidInput)
        #expect(await failure { try await fixture.client.deleteIndicators([]) }?.code == .invalidInput)
        let permit = try await fixture.client.quotas.permit(for: .release)
        #expect(
            await failure { try await fixture.client.isolate(id, type: .full, comment: "c", permit: permit) }?.code
                == .invalidInput)
        #expect(transport.requests.isEmpty)
        #expect(transport.tokenRequests.isEmpty)
    }

    @Test func readsTheOwnCommentBack() async throws {
        let comment = "[7F3K02QD] \u{1F512} \"quoted\" \u{0}\u{7}\nline"
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            .json(201, ["id": "a1", "requestorComment": request.json?["Comment"] ?? .null, "status": "Pending"])
        }
        let fixture = try Fixture(transport)
        // U+0000 can't be parsed back strictly here; the service may keep it.
        let sent = comment.replacing("\u{0}", with: "")
        let action = try await fixture.client.release(Fixture.machine(), comment: sent)
        #expect(action.comment == sent)
    }

    @Test func importsTellFailuresHiddenInA200() async throws {
        let hash = try #require(Fixture.sha1)
        let body: JSONValue = [
            "value": [
                ["id": "1", "indicator": .string(hash.hex), "isFailed": false, "failureReason": nil],
                ["id": nil, "indicator": "x", "isFailed": "true", "failureReason": "limit reached"],
                ["indicator": "y"],
            ]
        ]
        let fixture = try Fixture(ScriptedTransport([.json(200, body)]))
        let results = try await fixture.client.importIndicators([
            Indicator(hash, action: .block, title: "t", description: "d")
        ])
        #expect(results.map(\.succeeded) == [true, false, nil])
        #expect(results[1].failureReason == "limit reached")
    }

    private static func indicators(_ count: Int) throws -> [Indicator] {
        try (0..<count).map { number in
            let bytes = [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 5, count: 18)
            return Indicator(
                try #require(FileHash(.sha1, Hex.encode(bytes))), action: .block, title: "t", description: "d")
        }
    }

    /// Answers an import with a success for each indicator but the first.
    private static func imported(_ request: HTTPRequest) -> HTTPReply {
        let values = request.json?["Indicators"]?.array?.compactMap { $0["indicatorValue"]?.string } ?? []
        return .json(
            200,
            [
                "value": .array(
                    values.dropFirst().map {
                        ["id": .string("i" + $0), "indicator": .string($0.uppercased()), "isFailed": false]
                    })
            ])
    }

    @Test func importsAnyNumberInFiveHundreds() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in Self.imported(request) }
        let client = try Fixture(transport).client
        let all = try Self.indicators(1_201)
        let outcome = await client.importAll(all)
        #expect(transport.requests.map { $0.json?["Indicators"]?.array?.count } == [500, 500, 201])
        #expect(outcome.results.count == 1_198)
        #expect(outcome.error == nil && outcome.unsent.isEmpty)
        // What no answer names has to be looked for.
        #expect(outcome.unsettled == [all[0], all[500], all[1_000]])
        #expect(await client.importAll([]).results.isEmpty)
        #expect(transport.requests.count == 3)
    }

    @Test(arguments: [(400, 0, 701), (500, 500, 201)])
    func anImportEndsWithTheFirstCallThatFails(_ row: (status: Int, unsettled: Int, unsent: Int)) async throws {
        let transport = ScriptedTransport { (request, number) async throws(HTTPFailure) in
            number == 2 ? .error(row.status, "x") : Self.imported(request)
        }
        let outcome = try await Fixture(transport).client.importAll(Self.indicators(1_201))
        #expect(transport.requests.count == 2)
        #expect(outcome.error?.status == row.status)
        #expect(outcome.results.count == 499)
        #expect(outcome.unsettled.count == 1 + row.unsettled)
        #expect(outcome.unsent.count == row.unsent)
    }

    @Test func looksForTheIndicatorsOfOneFileOnly() async throws {
        let sha1 = try #require(Fixture.sha1)
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "value": [
                        ["id": "1", "indicatorValue": .string(sha1.hex.uppercased())],
                        ["id": "2", "indicatorValue": "example.com"],
                        ["id": "3", "indicatorValue": .string("00" + sha1.hex.dropFirst(2))],
                    ]
                ])
        ])
        let fixture = try Fixture(transport, act: Fixture.credential("actor"))
        #expect(try await fixture.client.indicators(of: sha1).map(\.id) == ["1"])
        #expect(transport.requests.first?.plainQuery == "$filter=indicatorValue eq '\(sha1.hex)'")
        #expect(transport.tokenRequests.map { $0.form["client_id"] } == ["actor"])
    }

    @Test func deletingWhatIsGoneIsNoError() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            number == 1 ? HTTPReply(status: 204) : .error(404, "NotFound")
        }
        let fixture = try Fixture(transport)
        #expect(try await fixture.client.deleteIndicator("994"))
        #expect(try await !fixture.client.deleteIndicator("994"))
        #expect(transport.requests.map(\.method) == [.delete, .delete])
        #expect(transport.requests.first?.url.path == "/api/indicators/994")
    }
}
