import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct HuntingTests {
    private static func hash(_ text: String) throws -> FileHash { try #require(FileHash(text)) }

    private static func sha1(_ digit: Character) -> String { "ab" + String(repeating: digit, count: 38) }
    private static func sha256(_ digit: Character) -> String { "ab" + String(repeating: digit, count: 62) }
    private static func md5(_ digit: Character) -> String { "ab" + String(repeating: digit, count: 30) }

    private func hunt(
        _ rows: [JSONValue], of hashes: [String]
    ) async throws -> DefenderList<HuntedSighting> {
        let fixture = try Fixture(ScriptedTransport([.json(200, ["schema": [], "results": .array(rows)])]))
        return try await fixture.client.huntSightings(of: hashes.map { try Self.hash($0) })
    }

    // MARK: The query

    @Test func asksAboutManyFilesWithOneQuery() async throws {
        let transport = ScriptedTransport([.json(200, ["Schema": nil, "Results": []])])
        let fixture = try Fixture(transport)
        let hashes = try [Self.sha1("1"), Self.sha256("2"), Self.md5("3"), Self.sha1("4"), Self.sha1("1")].map {
            try Self.hash($0)
        }
        #expect(try await fixture.client.huntSightings(of: hashes, lookBack: .seconds(36 * 3_600)).isEmpty)
        #expect(transport.requests.count == 1)
        let request = try #require(transport.requests.first)
        #expect(request.url.text == "http://127.0.0.1:9/v1.0/security/runHuntingQuery")
        let query = try #require(request.json?["Query"]?.string)
        #expect(request.json?.object?.count == 1)
        let lines = query.split(separator: "\n").map(String.init)
        #expect(
            lines[0]
                == "union withsource=T DeviceFileEvents, DeviceProcessEvents, DeviceImageLoadEvents, DeviceEvents, AlertEvidence"
        )
        #expect(lines[1] == "| where Timestamp > ago(36h)")
        #expect(
            lines[2]
                == "| where SHA1 in~ (\"\(Self.sha1("1"))\", \"\(Self.sha1("4"))\") or SHA256 in~ (\"\(Self.sha256("2"))\") or MD5 in~ (\"\(Self.md5("3"))\")"
        )
        #expect(
            lines[3].hasPrefix("| summarize FirstSeen=min(Timestamp), LastSeen=max(Timestamp), Sources=make_set(T)"))
        #expect(lines[3].hasSuffix("by DeviceId, DeviceName, SHA1, SHA256, MD5"))
        #expect(lines.count == 4)
    }

    @Test func namesOnlyTheKindsOfHashesItHas() throws {
        let query = HuntingQuery.sightings(of: [try Self.hash(Self.md5("a"))], lookBack: .seconds(1), isRich: false)
        #expect(query.contains("| where MD5 in~ (\"\(Self.md5("a"))\")\n"))
        #expect(!query.contains("SHA1 in~"))
        #expect(query.contains("ago(1h)"))
        #expect(!query.contains("AlertEvidence"))
        #expect(HuntingQuery.sightings(of: [], lookBack: .seconds(90 * 86_400), isRich: true).contains("ago(30d)"))
    }

    @Test func splitsBeyondAThousand() async throws {
        let transport = ScriptedTransport([.json(200, ["results": []])])
        let fixture = try Fixture(transport)
        let hashes = try (0..<2_500).map {
            try Self.hash(Hex.encode([UInt8($0 >> 8), UInt8($0 & 255)] + [UInt8](repeating: 7, count: 18)))
        }
        _ = try await fixture.client.huntSightings(of: hashes)
        #expect(transport.requests.count == 3)
        let asked = transport.requests.compactMap { $0.json?["Query"]?.string }
            .flatMap { $0.split(separator: "\"").filter { $0.utf8.count == 40 } }
        #expect(Set(asked).count == 2_500)
    }

    @Test func nothingAskedNothingSent() async throws {
        let transport = ScriptedTransport([.json(200, ["results": []])])
        let fixture = try Fixture(transport)
        #expect(try await fixture.client.huntSightings(of: []).isEmpty)
        #expect(try await fixture.client.huntDevices([]).isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test func asksForTheLatestEvents() async throws {
        let exact = "2024-03-26T09:39:50.7688641Z"
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "results": [
                        ["DeviceId": "m1", "Timestamp": .string(exact), "ReportId": 20_776],
                        ["DeviceId": "m2", "Timestamp": "2024-03-26T10:00:00Z", "ReportId": "20777"],
                        ["DeviceId": "m3", "Timestamp": nil, "ReportId": 1],
                        ["DeviceId": "m4", "Timestamp": .string(exact)],
                    ]
                ]), .json(200, ["id": "a1"]),
        ])
        let client = try Fixture(transport).client
        let events = try await client.events(
            of: [try Self.hash(Self.sha1("1")), try Self.hash(Self.md5("3"))],
            on: ["m2", "m1", "m2"].map { try Fixture.machine($0) })
        #expect(
            transport.requests.first?.json?["Query"]?.string == """
                union DeviceFileEvents, DeviceProcessEvents, DeviceImageLoadEvents, DeviceEvents
                | where Timestamp > ago(30d)
                | where DeviceId in~ ("m1", "m2")
                | where SHA1 in~ ("\(Self.sha1("1"))") or MD5 in~ ("\(Self.md5("3"))")
                | summarize arg_max(Timestamp, ReportId) by DeviceId
                """)
        #expect(events.map(\.machine.text) == ["m1", "m2"])
        #expect(events.map(\.reportID) == [20_776, 20_777])
        #expect(events.unreadable == 2)
        // The service compares the exact time, which has one digit more than ours.
        let event = try #require(events.first)
        _ = try await client.createAlert(
            from: event, severity: .medium, title: "t", description: "d", recommendedAction: "r")
        #expect(transport.requests.last?.json?["eventTime"] == .string(exact))
        #expect(transport.requests.last?.json?["reportId"] == "20776")
    }

    @Test(arguments: ["x", "\") | union *", "\u{e9}\u{0}\n", ""])
    func otherTextIsEncoded(_ text: String) {
        let literal = HuntingQuery.literal(text)
        #expect(literal == "base64_decode_tostring(\"\(Base64.encode(Array(text.utf8)))\")")
        let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_()\"")
        #expect(literal.allSatisfy { safe.contains($0) })
    }

    // MARK: The answer

    @Test func joinsRowsOfOneFile() async throws {
        let list = try await hunt(
            [
                [
                    "DeviceId": "d1", "DeviceName": "laptop", "SHA1": .string(Self.sha1("1")), "SHA256": nil,
                    "MD5": .string(Self.md5("3")),
                    "FirstSeen": "2024-03-26T09:39:50.7688641Z", "LastSeen": "2024-03-26T10:00:00Z",
                    "Sources": ["DeviceFileEvents"], "Actions": ["FileCreated"], "Paths": ["C:\\a\\x.exe"],
                    "Names": ["x.exe"],
                ],
                [
                    "deviceid": "d1", "sha1": "", "SHA256": .string(Self.sha256("2")), "MD5": nil,
                    "firstseen": "2024-03-26T08:00:00Z", "lastseen": "2024-03-26T11:00:00Z",
                    "sources": #"["DeviceProcessEvents"]"#, "Paths": ["C:\\b\\x.exe"], "Names": ["x.exe"],
                ],
                [
                    "DeviceId": "d1", "SHA1": .string(Self.sha1("1").uppercased()),
                    "SHA256": .string(Self.sha256("2").uppercased()),
                    "FirstSeen": "2024-03-26T09:00:00Z", "LastSeen": "2024-03-26T09:00:00Z",
                    "Sources": ["DeviceFileEvents"],
                ],
                [
                    "DeviceId": "d2", "MD5": .string(Self.md5("3")), "FirstSeen": "2024-03-26T09:00:00Z",
                    "Sources": ["DeviceFileEvents"], "Names": ["x.exe"],
                ],
            ], of: [Self.md5("3")])
        #expect(list.count == 2)
        let first = try #require(list.first)
        #expect(first.machine.text == "d1")
        #expect(first.deviceName == "laptop")
        #expect(
            first.hashes
                == FileHashes(
                    sha256: FileHash(Self.sha256("2")), sha1: FileHash(Self.sha1("1")), md5: FileHash(Self.md5("3"))))
        #expect(first.first == Timestamp(rfc3339: "2024-03-26T08:00:00Z"))
        #expect(first.last == Timestamp(rfc3339: "2024-03-26T11:00:00Z"))
        #expect(first.path == "C:\\b\\x.exe")
        #expect(first.executed == .yes)
        // An MD5-only question learns the SHA-1, also on a device whose events do not name it.
        #expect(list[1].hashes.sha1 == FileHash(Self.sha1("1")))
        #expect(list[1].executed == .no)
        #expect(list[1].concerns(try Self.hash(Self.md5("3"))))
    }

    @Test func anMD5ThatTwoFilesShareJoinsNothing() async throws {
        let list = try await hunt(
            [
                ["DeviceId": "d1", "SHA1": .string(Self.sha1("1")), "MD5": .string(Self.md5("3"))],
                ["DeviceId": "d1", "SHA1": .string(Self.sha1("2")), "MD5": .string(Self.md5("3"))],
                ["DeviceId": "d1", "MD5": .string(Self.md5("3"))],
            ], of: [Self.md5("3")])
        #expect(list.map { $0.hashes.sha1?.hex } == [Self.sha1("1"), Self.sha1("2"), nil])
    }

    struct ExecutionRow: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var row: JSONObject
        var executed: Sighting.Executed
    }

    @Test(arguments: [
        ExecutionRow(
            testDescription: "process", row: ["Sources": ["DeviceProcessEvents"], "Names": ["a.docx"]], executed: .yes),
        ExecutionRow(testDescription: "loaded", row: ["Sources": ["deviceimageloadevents"]], executed: .yes),
        ExecutionRow(
            testDescription: "program", row: ["Sources": ["DeviceFileEvents"], "Names": ["A.EXE"]], executed: .no),
        ExecutionRow(
            testDescription: "document", row: ["Sources": ["DeviceFileEvents"], "Names": ["a.docx"]], executed: .unknown
        ),
        ExecutionRow(
            testDescription: "script", row: ["Sources": ["DeviceFileEvents"], "Names": ["a.ps1"]], executed: .unknown),
        ExecutionRow(
            testDescription: "once an archive", row: ["Sources": ["DeviceFileEvents"], "Names": ["a.exe", "a.zip"]],
            executed: .unknown),
        ExecutionRow(testDescription: "no name", row: ["Sources": ["DeviceFileEvents"]], executed: .unknown),
        ExecutionRow(testDescription: "no table", row: ["Names": ["a.exe"]], executed: .unknown),
        ExecutionRow(
            testDescription: "ending only", row: ["Sources": ["DeviceEvents"], "Names": ["exe"]], executed: .unknown),
    ])
    func tellsWhetherItRan(_ row: ExecutionRow) async throws {
        var object = row.row
        object["DeviceId"] = "d1"
        object["SHA1"] = .string(Self.sha1("1"))
        #expect(try await hunt([.object(object)], of: [Self.sha1("1")]).first?.executed == row.executed)
    }

    struct StatusRow: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var row: JSONObject
        var status: Sighting.Status
    }

    @Test(arguments: [
        StatusRow(testDescription: "nothing", row: ["Actions": ["FileCreated"]], status: .seen),
        StatusRow(
            testDescription: "detected", row: ["Actions": ["FileCreated", "AntivirusDetection"]], status: .detected),
        StatusRow(testDescription: "evidence", row: ["Sources": ["AlertEvidence"]], status: .detected),
        StatusRow(
            testDescription: "remediated",
            row: ["Actions": ["AntivirusDetection"], "Details": [#"{"WasRemediated":true,"ThreatName":"x"}"#]],
            status: .remediated),
        StatusRow(
            testDescription: "not remediated",
            row: ["Actions": ["AntivirusDetection"], "Details": [#"{"WasRemediated":false}"#]],
            status: .detected),
        StatusRow(
            testDescription: "quarantined",
            row: ["Details": #"["{\"Action\":2,\"WasRemediated\":true}"]"#],
            status: .quarantined),
        StatusRow(
            testDescription: "single event",
            row: ["ActionType": "AntivirusDetection", "AdditionalFields": #"{"WasRemediated":"true"}"#],
            status: .remediated),
        StatusRow(
            testDescription: "remediated by an alert's word",
            row: ["Sources": ["AlertEvidence"], "Details": [#"{"RemediationStatus":"Remediated"}"#]],
            status: .remediated),
        StatusRow(
            testDescription: "the antivirus knows better",
            row: [
                "Sources": ["AlertEvidence", "DeviceEvents"],
                "Details": [#"{"RemediationStatus":"Remediated"}"#, #"{"Action":"Quarantine","WasRemediated":true}"#],
            ], status: .quarantined),
        StatusRow(testDescription: "rubbish", row: ["Details": ["{", "", "[]", "null"]], status: .seen),
        StatusRow(
            testDescription: "an innocent name", row: ["Details": [#"{"ThreatName":"quarantine"}"#]], status: .seen),
    ])
    func tellsWhatWasDoneAboutIt(_ row: StatusRow) async throws {
        var object = row.row
        object["DeviceId"] = "d1"
        object["SHA1"] = .string(Self.sha1("1"))
        #expect(try await hunt([.object(object)], of: [Self.sha1("1")]).first?.status == row.status)
    }

    @Test func rowsOfSingleEventsAreRead() async throws {
        let list = try await hunt(
            [
                [
                    "Timestamp": "2024-03-26T09:00:00Z", "DeviceId": "d1", "ActionType": "FileCreated",
                    "FolderPath": "C:\\a", "FileName": "a.exe", "SHA1": .string(Self.sha1("1")),
                ],
                [
                    "Timestamp": "2024-03-26T08:00:00Z", "DeviceId": "d1", "ActionType": "FileRenamed",
                    "FolderPath": "C:\\b", "FileName": "b.exe", "SHA1": .string(Self.sha1("1")),
                ],
                ["Timestamp": "2024-03-26T08:00:00Z", "DeviceId": nil, "SHA1": .string(Self.sha1("1"))],
            ], of: [Self.sha1("1")])
        #expect(list.count == 1)
        #expect(list.first?.path == "C:\\a")
        #expect(list.first?.first == Timestamp(rfc3339: "2024-03-26T08:00:00Z"))
        #expect(list.first?.fileNames == ["a.exe", "b.exe"])
    }

    @Test func theRowLimitIsSaid() async throws {
        let rows = [JSONValue](repeating: ["DeviceId": "d1"], count: HuntingQuery.rowLimit)
        let list = try await hunt(rows, of: [Self.sha1("1")])
        #expect(list.cut == .rowLimit)
        #expect(list.count == 1)
    }

    // MARK: Permissions, other services, other tenants

    @Test func withoutPermissionTheErrorSaysSo() async throws {
        let fixture = try Fixture(ScriptedTransport([.error(403, "Forbidden")]))
        let error = await failure { try await fixture.client.huntSightings(of: [try Self.hash(Self.sha1("1"))]) }
        #expect(error?.code == .forbidden)
        #expect(error?.description.contains("ThreatHunting.Read.All") == true)
    }

    @Test func olderServicesAreAFallBack() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            switch request.url.path {
            case "/v1.0/security/runHuntingQuery": .error(403, "Forbidden")
            case "/api/advancedhunting/run": .error(404, "NotFound")
            default: .json(200, ["Schema": [], "Results": [["DeviceId": "d1", "DeviceType": "Server"]]])
            }
        }
        let fixture = try Fixture(transport) { $0.hunting = [.graph, .defenderXDR, .defender] }
        let devices = try await fixture.client.huntDevices([Fixture.machine("d1")])
        #expect(devices.first?.kind == .server)
        #expect(transport.requests.map(\.url.path).last == "/api/advancedqueries/run")
        #expect(
            transport.tokenRequests.map { $0.form["scope"] } == [
                "https://graph.microsoft.com/.default", "https://api.security.microsoft.com/.default",
                "https://api.securitycenter.microsoft.com/.default",
            ])
    }

    @Test func aThrottledServiceIsNoReasonForAnother() async throws {
        let transport = ScriptedTransport([.error(429, "429", [HTTPHeader("Retry-After", "300")])])
        let fixture = try Fixture(transport) { $0.hunting = [.graph, .defender] }
        let error = await failure { try await fixture.client.huntDevices([Fixture.machine("d1")]) }
        #expect(error?.code == .throttled)
        #expect(error?.retryAfter == .seconds(300))
        #expect(transport.requests.count == 1)
    }

    @Test func aTenantThatLacksATableGetsThePlainQuery() async throws {
        let transport = ScriptedTransport { (request, _) async throws(HTTPFailure) in
            request.json?["Query"]?.string?.contains("AlertEvidence") == true
                ? .error(400, "BadRequest") : .json(200, ["results": [["DeviceId": "d1"]]])
        }
        let fixture = try Fixture(transport)
        let hashes = [try Self.hash(Self.sha1("1"))]
        #expect(try await fixture.client.huntSightings(of: hashes).count == 1)
        #expect(try await fixture.client.huntSightings(of: hashes).count == 1)
        #expect(transport.requests.count == 3)
    }

    @Test func anAnswerWithoutRowsIsAnError() async throws {
        for body in [JSONValue.null, [], ["results": nil], ["value": []]] {
            let fixture = try Fixture(ScriptedTransport([.json(200, body)]))
            let error = try await fixture.clock.drive {
                await failure { try await fixture.client.huntDevices([Fixture.machine("d1")]) }
            }
            #expect(error?.code == .malformedReply)
        }
    }

    @Test func devices() async throws {
        let transport = ScriptedTransport([
            .json(
                200,
                [
                    "results": [
                        [
                            "DeviceId": "d1", "DeviceName": "a", "DeviceType": "Workstation",
                            "DeviceCategory": "Endpoint",
                            "MergedDeviceIds": #"["old1","old2"]"#, "MergedToDeviceId": "", "MachineGroup": "g",
                            "DeviceManualTags": #"["t1"]"#, "DeviceDynamicTags": ["t2"], "RegistryDeviceTag": "r",
                            "AssetValue": "High", "IsExcluded": 1, "Timestamp": "2024-03-26T09:00:00Z",
                        ],
                        [
                            "DeviceId": "d2", "DeviceType": "Mobile", "MergedToDeviceId": "d3",
                            "MergedDeviceIds": "x;y, z", "IsExcluded": false,
                        ],
                        ["DeviceName": "nameless"],
                    ]
                ])
        ])
        let fixture = try Fixture(transport)
        let devices = try await fixture.client.huntDevices([Fixture.machine("d2"), Fixture.machine("d1")])
        #expect(
            transport.requests.first?.json?["Query"]?.string == """
                DeviceInfo
                | where Timestamp > ago(30d)
                | where DeviceId in~ ("d1", "d2")
                | summarize arg_max(Timestamp, *) by DeviceId
                """)
        #expect(devices.count == 2)
        #expect(devices.unreadable == 1)
        #expect(devices[0].kind == .workstation)
        #expect(devices[0].mergedFrom.map(\.text) == ["old1", "old2"])
        #expect(devices[0].mergedTo == nil)
        #expect(devices[0].manualTags == ["t1"])
        #expect(devices[0].dynamicTags == ["t2"])
        #expect(devices[0].isExcluded == true)
        #expect(devices[1].kind == .unknown)
        #expect(devices[1].mergedTo?.text == "d3")
        #expect(devices[1].mergedFrom.map(\.text) == ["x", "y", "z"])
    }
}
