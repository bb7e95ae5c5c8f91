import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct ReadTests {
    @Test func aFile() async throws {
        let sha1 = try #require(Fixture.sha1)
        let sha256 = try #require(Fixture.sha256)
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "sha1": .string(sha1.hex), "sha256": .string(sha256.hex), "md5": nil, "globalPrevalence": 180_022,
                    "signer": "Contoso Ltd", "isValidCertificate": "False", "isPeFile": true, "size": "22139496",
                    "determinationType": "Pua",
                ])
        ])
        let fixture = try Fixture(transport)
        let file = try #require(try await fixture.client.file(sha256))
        #expect(transport.requests.first?.url.text == "http://127.0.0.1:9/api/files/\(sha256.hex)")
        #expect(file.sha1 == sha1)
        #expect(file.sha256 == sha256)
        #expect(file.md5 == nil)
        #expect(file.facts == FileFacts(globalPrevalence: 180_022, signer: "Contoso Ltd", certificateValid: false))
        #expect(file.sizeInBytes == 22_139_496)
        #expect(file.isPortableExecutable == true)
    }

    @Test func statistics() async throws {
        let sha1 = try #require(Fixture.sha1)
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "orgPrevalence": "14850", "orgFirstSeen": "2019-12-07T13:44:16.1234567Z", "orgLastSeen": nil,
                    "globalFirstObserved": "0001-01-01T00:00:00Z", "topFileNames": ["MREC.exe", nil],
                ])
        ])
        let fixture = try Fixture(transport)
        let statistics = try #require(try await fixture.client.fileStatistics(sha1: sha1, lookBackHours: 9_999))
        #expect(
            transport.requests.first?.url.text == "http://127.0.0.1:9/api/files/\(sha1.hex)/stats?lookBackHours=720")
        #expect(statistics.orgMachines == 14_850)
        #expect(statistics.orgFirstSeen == Timestamp(rfc3339: "2019-12-07T13:44:16.123456Z"))
        #expect(statistics.orgLastSeen == nil)
        #expect(statistics.globalFirstSeen == nil)
        #expect(statistics.topFileNames == ["MREC.exe"])
    }

    @Test func whatIsNotThereIsNil() async throws {
        let fixture = try Fixture(ScriptedTransport([.error(404, "ResourceNotFound")]))
        let sha1 = try #require(Fixture.sha1)
        #expect(try await fixture.client.file(sha1) == nil)
        #expect(try await fixture.client.fileStatistics(sha1: sha1) == nil)
        #expect(try await fixture.client.machine(Fixture.machine()) == nil)
        #expect(try await fixture.client.machineAction("x") == nil)
        #expect(try await fixture.client.investigation("x") == nil)
        #expect(try await fixture.client.packageLink(action: "x") == nil)
        #expect(try await fixture.client.machines().isEmpty)
        #expect(try await fixture.client.machines(withFile: sha1).isEmpty)
        #expect(try await fixture.client.machineCount() == 0)
    }

    /// A page of some other server at a wrong address must not look like an estate in which nobody saw the file.
    @Test func aForeignPageIsNoEmptyList() async throws {
        let page = HTTPReply(status: 404, body: Array("<html>not found</html>".utf8))
        let fixture = try Fixture(ScriptedTransport([page]))
        let sha1 = try #require(Fixture.sha1)
        let error = try await fixture.clock.drive {
            await failure { try await fixture.client.machines(withFile: sha1) }
        }
        #expect(error?.code == .malformedReply)
        let second = await failure { try await fixture.client.isolate(Fixture.machine(), type: .full, comment: "c") }
        #expect(second?.code == .malformedReply && second?.acceptance == .surelyNot)
    }

    @Test func anAnswerAboutAnotherFileIsNone() async throws {
        let sha1 = try #require(Fixture.sha1)
        let sha256 = try #require(Fixture.sha256)
        let other = "00" + sha1.hex.dropFirst(2)
        let body: JSONValue = ["sha1": .string(other), "sha256": .string(sha256.hex)]
        let fixture = try Fixture(ScriptedTransport([.json(200, body)]))
        #expect(try await fixture.client.file(sha1) == nil)
        #expect(try await fixture.client.file(sha256)?.sha1?.hex == other)
    }

    @Test func hashesOfTheWrongKindAreNotSent() async throws {
        let transport = ScriptedTransport([.json(200, ["value": []])])
        let fixture = try Fixture(transport)
        let md5 = try #require(Fixture.md5)
        let sha256 = try #require(Fixture.sha256)
        #expect(await failure { try await fixture.client.file(md5) }?.code == .invalidInput)
        #expect(await failure { try await fixture.client.fileStatistics(sha1: sha256) }?.code == .invalidInput)
        #expect(await failure { try await fixture.client.machines(withFile: sha256) }?.code == .invalidInput)
        #expect(await failure { try await fixture.client.alerts(withFile: md5) }?.code == .invalidInput)
        #expect(transport.requests.isEmpty)
    }

    @Test func aNameIsNoId() async throws {
        // The service resolves computer names in the place of ids.
        let fixture = try Fixture(ScriptedTransport([.json(200, ["id": "aa11", "computerDnsName": "laptop-7"])]))
        #expect(try await fixture.client.machine(Fixture.machine("laptop-7")) == nil)
        #expect(try await fixture.client.machine(Fixture.machine("AA11"))?.id.text == "aa11")
    }

    @Test func countsMachinesWithOneCall() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            switch number {
            case 1: .json(200, ["@odata.count": 41_233, "value": [["id": "m1"]]])
            case 2: .json(200, ["@odata.count": "12", "value": []])
            case 3: .json(200, ["value": [["id": "m1"]]])
            default: .json(200, ["@odata.count": -4, "value": []])
            }
        }
        let fixture = try Fixture(transport)
        #expect(try await fixture.client.machineCount() == 41_233)
        #expect(transport.requests.first?.url.query == "$count=true&$top=1")
        #expect(try await fixture.client.machineCount(filter: .equal(.healthStatus, "Active")) == 12)
        #expect(transport.requests.last?.plainQuery == "$count=true&$top=1&$filter=healthStatus eq 'Active'")
        #expect(try await fixture.client.machineCount() == nil)
        #expect(try await fixture.client.machineCount() == nil)
    }

    @Test func theLookBeforeAnOrderIsAboutThisMachineOnly() async throws {
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "value": [
                        [
                            "id": "3", "machineId": "m1", "type": "Isolate", "status": "Pending",
                            "creationDateTimeUtc": "2023-11-14T10:00:03Z",
                        ],
                        [
                            "id": "1", "machineId": "M1", "type": "Unisolate", "status": "Succeeded",
                            "creationDateTimeUtc": "2023-11-14T10:00:01.1234567Z",
                        ],
                        ["id": "2", "machineId": "m2", "type": "Isolate", "status": "Pending"],
                        ["id": "4", "machineId": nil, "type": "Isolate", "status": "Pending"],
                        ["id": "5", "machineId": "m1", "type": "RunAntiVirusScan", "status": "Pending"],
                    ]
                ])
        ])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let since = Timestamp(seconds: 1_699_000_000)
        let list = try await fixture.client.machineActions(on: id, kinds: [.isolate, .release], since: since)
        #expect(list.map(\.id) == ["1", "3"])
        #expect(
            transport.requests.last?.plainQuery
                == "$filter=machineId eq 'm1' and creationDateTimeUtc ge 2023-11-03T08:26:40Z")
        _ = try await fixture.client.machineActions(on: id, kinds: [.isolate])
        #expect(transport.requests.last?.plainQuery == "$filter=machineId eq 'm1' and type eq 'Isolate'")
    }

    @Test(arguments: [
        (
            #""https://userrequests-us.securitycenter.windows.com:443/x.zip?token=R""#,
            "https://userrequests-us.securitycenter.windows.com/x.zip?token=R"
        ),
        ("https://h.example/x y", "https://h.example/x%20y"),
    ])
    func packageLinksMayComeInQuotes(_ row: (value: String, link: String)) async throws {
        let fixture = try Fixture(ScriptedTransport([.json(200, ["value": .string(row.value)])]))
        #expect(try await fixture.client.packageLink(action: "x")?.text == row.link)
    }

    // MARK: Repeating

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var result: Result<HTTPReply, HTTPFailure>
        var requests: Int
        var code: DefenderError.Code
    }

    @Test(arguments: [
        Row(
            testDescription: "lost", result: .failure(HTTPFailure(.connectionLost, mayHaveBeenReceived: true)),
            requests: 3,
            code: .connection),
        Row(
            testDescription: "stalled", result: .failure(HTTPFailure(.firstByteTimeout, mayHaveBeenReceived: true)),
            requests: 2, code: .timeout),
        Row(testDescription: "500", result: .success(HTTPReply(status: 500)), requests: 3, code: .serverError),
        Row(
            testDescription: "cut JSON", result: .success(HTTPReply(status: 200, body: Array(#"{"id":"#.utf8))),
            requests: 3,
            code: .malformedReply),
        Row(
            testDescription: "503, much later",
            result: .success(HTTPReply(status: 503, headers: [HTTPHeader("Retry-After", "60")])), requests: 1,
            code: .serverError),
        Row(
            testDescription: "429, soon", result: .success(.error(429, "429", [HTTPHeader("Retry-After", "2")])),
            requests: 3, code: .throttled),
        Row(
            testDescription: "429, much later", result: .success(.error(429, "429", [HTTPHeader("Retry-After", "60")])),
            requests: 1, code: .throttled),
        Row(testDescription: "403", result: .success(.error(403, "Forbidden")), requests: 1, code: .forbidden),
        Row(testDescription: "400", result: .success(.error(400, "ODataError")), requests: 1, code: .badRequest),
        Row(
            testDescription: "certificate", result: .failure(HTTPFailure(.tls, mayHaveBeenReceived: false)),
            requests: 1,
            code: .tls),
    ])
    func readsAreRepeatedAFewTimes(_ row: Row) async throws {
        let transport = ScriptedTransport { (_, _) async throws(HTTPFailure) in try row.result.get() }
        let fixture = try Fixture(transport)
        let error = try await fixture.clock.drive { await failure { try await fixture.client.machineAction("x") } }
        #expect(error?.code == row.code)
        #expect(transport.requests.count == row.requests)
    }

    @Test func aReadThatWorksTheSecondTimeWorks() async throws {
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            if number == 1 { throw HTTPFailure(.connectionLost, mayHaveBeenReceived: true) }
            return number == 2 ? HTTPReply(status: 502) : .action("a1")
        }
        let fixture = try Fixture(transport)
        let action = try await fixture.clock.drive { try await fixture.client.machineAction("a1") }
        #expect(action?.id == "a1")
    }

    @Test func aCancelledReadStopsWaiting() async throws {
        let fixture = try Fixture(ScriptedTransport([HTTPReply(status: 500)]))
        let error = await withTaskGroup(of: DefenderError?.self) { group in
            group.addTask { await failure { try await fixture.client.machineAction("x") } }
            await fixture.clock.sleepers(1)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error?.code == .cancelled)
    }

    @Test func answersMayBeginWithAByteOrderMark() async throws {
        let body = [0xEF, 0xBB, 0xBF] + JSONValue.object(["id": "a1"]).utf8()
        let fixture = try Fixture(ScriptedTransport([HTTPReply(status: 200, body: body)]))
        #expect(try await fixture.client.machineAction("a1")?.id == "a1")
    }
}
