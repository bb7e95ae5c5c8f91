import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Hunting")
struct HuntingTests {
    private func rows(_ query: String, _ check: ([JSONValue]) throws -> Void) async throws {
        try await Bench.run { bench in
            let answer = try await bench.caller(for: Bench.graph).hunt(query)
            #expect(answer.status == 200, "\(answer.text)")
            try check(answer["results"]?.array ?? [])
        }
    }

    @Test("three envelopes")
    func envelopes() async throws {
        try await Bench.run { bench in
            let body: JSONValue = [
                "Query":
                    "DeviceProcessEvents | project Timestamp, FileName, FileSize | order by Timestamp desc | limit 2"
            ]
            let graph = try await bench.caller(for: Bench.graph).post("/v1.0/security/runHuntingQuery", body)
            #expect(graph["@odata.context"]?.string?.hasSuffix("huntingQueryResults") == true)
            #expect(graph["schema"]?.array?.map { $0["type"] } == ["DateTime", "String", "Int64"])
            #expect(graph["results"]?.array?.first?["FileName"] == "invoice.exe")
            let mde = try await bench.caller().post("/api/advancedqueries/run", body)
            #expect(mde.json.object?.keys == ["Schema", "Results"])
            #expect(mde["Schema"]?.array?.first?["Name"] == "Timestamp")
            let xdr = try await bench.caller(for: Bench.xdr).post("/api/advancedhunting/run", body)
            #expect(xdr.json.object?.keys == ["Stats", "Schema", "Results"])
            #expect(xdr["Stats"]?["dataset_statistics"]?.array?.first?["table_row_count"] == 1)
        }
    }

    @Test("bodies: Graph takes either case and a Timespan, Defender neither")
    func bodies() async throws {
        try await Bench.run { bench in
            let graph = try await bench.caller(for: Bench.graph)
            let path = "/v1.0/security/runHuntingQuery"
            let query: JSONValue = "DeviceFileEvents | count"
            func count(_ body: JSONValue) async throws -> JSONValue? {
                try await graph.post(path, body)["results"]?.array?.first?["Count"]
            }
            let all = try await count(["Query": query])
            #expect(try await count(["query": query]) == all)
            #expect(try await count(["Query": query, "Timespan": "P90D"]) == all)
            #expect(try await count(["Query": query, "Timespan": "PT1M"]) == 0)
            #expect(try await graph.post(path, ["Query": query, "Timespan": "soon"]).status == 400)
            let defender = try await bench.caller()
            #expect(try await defender.post("/api/advancedqueries/run", ["query": query]).code == "InvalidRequestBody")
            #expect(try await defender.post("/api/advancedqueries/run", [:]).code == "MissingRequiredParameter")
        }
    }

    @Test("who saw the file: the documented union over all hashes")
    func sightings() async throws {
        let query = """
            union withsource=T DeviceFileEvents, DeviceProcessEvents, DeviceImageLoadEvents, DeviceEvents
            | where Timestamp > ago(30d)
            | where SHA1 in~ ("\(Fleet.bad.sha1.uppercased())") or SHA256 in~ ("\(Fleet.bad.sha256 ?? "")") or MD5 in~ ("00")
            | summarize FirstSeen=min(Timestamp), LastSeen=max(Timestamp), Sources=make_set(T) by DeviceId, DeviceName
            """
        try await rows(query) { rows in
            #expect(rows.count == 5)
            let laptop = try #require(rows.first { $0["DeviceId"]?.string == Fleet.laptop })
            #expect(laptop["DeviceName"] == "lap-1.quay.example")
            #expect(laptop["Sources"] == ["DeviceFileEvents", "DeviceProcessEvents"])
            #expect(laptop["FirstSeen"] == "2026-03-01T06:00:00.1234565Z")
            #expect(laptop["LastSeen"] == "2026-03-02T07:00:00.1234565Z")
            let server = try #require(rows.first { $0["DeviceId"]?.string == Fleet.server2016 })
            #expect(server["Sources"]?.array?.contains("DeviceEvents") == true)
        }
    }

    @Test("a file of which only the MD5 is known is found by hunting")
    func md5Only() async throws {
        let query = "DeviceImageLoadEvents | where MD5 == '\(Fleet.library.md5 ?? "")' | project DeviceId, SHA1, MD5"
        try await rows(query) { rows in
            #expect(rows.map { $0["DeviceId"] } == [.string(Fleet.away)])
            #expect(rows.first?["SHA1"] == .null)
        }
    }

    @Test("the latest report of each device, merged records told")
    func devices() async throws {
        let query = """
            DeviceInfo | where DeviceId in ('\(Fleet.laptop)', '\(Fleet.merged)', '\(Fleet.linux)')
            | summarize arg_max(Timestamp, *) by DeviceId
            """
        try await rows(query) { rows in
            #expect(rows.count == 3)
            let laptop = try #require(rows.first { $0["DeviceId"]?.string == Fleet.laptop })
            #expect(laptop["DeviceType"] == "Workstation")
            #expect(laptop["MergedDeviceIds"] == .string("[\"\(Fleet.merged)\"]"))
            #expect(laptop["Timestamp"]?.string?.hasPrefix("2026-03-02T0") == true)
            #expect(laptop["MachineGroup"] == "Workstations")
            let old = try #require(rows.first { $0["DeviceId"]?.string == Fleet.merged })
            #expect(old["MergedToDeviceId"] == .string(Fleet.laptop))
            let linux = try #require(rows.first { $0["DeviceId"]?.string == Fleet.linux })
            #expect(linux["OSPlatform"] == "Linux")
            #expect(linux["OSDistribution"] == "Ubuntu")
        }
    }

    @Test("detections and alert evidence")
    func detections() async throws {
        let query = """
            DeviceEvents | where ActionType == "AntivirusDetection"
            | extend Fields = parse_json(AdditionalFields)
            | project DeviceId, Threat = tostring(Fields.ThreatName), Gone = tobool(Fields.WasRemediated)
            """
        try await rows(query) { rows in
            #expect(
                rows == [["DeviceId": .string(Fleet.server2016), "Threat": "Trojan:Win32/Testling.A", "Gone": false]])
        }
        let joined = """
            AlertInfo | where Severity == "Medium"
            | join kind=inner (AlertEvidence | where EntityType == "File") on AlertId
            | project Title, SHA1, DeviceName
            """
        try await rows(joined) { rows in
            #expect(rows.count == 1)
            #expect(rows.first?["SHA1"] == .string(Fleet.bad.sha1))
        }
    }

    @Test("a quarantine by order shows as a detection that was dealt with")
    func quarantined() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            _ = try await caller.post(
                "/api/machines/\(Fleet.laptop)/StopAndQuarantineFile",
                ["Comment": "x", "Sha1": .string(Fleet.bad.sha1)])
            let hunter = try await bench.caller(for: Bench.graph)
            let query =
                "DeviceEvents | where DeviceId == '\(Fleet.laptop)' and AdditionalFields has 'CustomEnterpriseBlock'"
            #expect(try await hunter.hunt(query)["results"] == [])
            bench.emulator.advanceClock(by: .seconds(61))
            let rows = try await hunter.hunt(query)["results"]?.array
            #expect(rows?.count == 1)
            #expect(rows?.first?["AdditionalFields"]?.string?.contains("\"WasRemediated\":true") == true)
        }
    }

    struct Query: Sendable, CustomTestStringConvertible {
        var text: String
        var first: JSONValue
        var testDescription: String { text }
        init(_ text: String, _ first: JSONValue) {
            self.text = text
            self.first = first
        }
    }

    @Test(
        "the language",
        arguments: [
            Query("print X = 1 + 2 * 3", ["X": 7]),
            Query("print X = 7 / 2, Y = 7.0 / 2, Z = 7 % 4", ["X": 3, "Y": 3.5, "Z": 3]),
            Query("print X = base64_decode_tostring(\"aMOpIiB8\")", ["X": "hé\" |"]),
            Query(
                "print X = strcat('a', 1, true), Y = strlen('é'), Z = toupper('ab')",
                ["X": "a1true", "Y": 1, "Z": "AB"]),
            Query(
                "print X = 'ABC' =~ 'abc', Y = 'ABC' == 'abc', Z = 'ABC' != 'abc'", ["X": true, "Y": false, "Z": true]),
            Query(
                "print X = 'one two' has 'TWO', Y = 'one twos' has 'two', Z = 'one twos' contains 'two'",
                ["X": true, "Y": false, "Z": true]),
            Query(
                "print X = 'abc' startswith 'AB', Y = 'abc' !endswith 'bc', Z = 'a b' has_any ('x', 'b')",
                ["X": true, "Y": false, "Z": true]),
            Query(
                "print X = 'b' in ('a', 'b'), Y = 'B' in~ ('b'), Z = 'B' !in ('b')", ["X": true, "Y": true, "Z": true]),
            Query("let L = dynamic(['a', 'b']); print X = 'b' in (L), Y = array_length(L)", ["X": true, "Y": 2]),
            Query("let D = 2d; print X = now() - D == ago(2d)", ["X": true]),
            Query("print X = bin(datetime(2026-03-02T08:17:00Z), 1h)", ["X": "2026-03-02T08:00:00Z"]),
            Query("print X = datetime(2026-03-02) between (datetime(2026-03-01) .. 3d)", ["X": true]),
            Query(
                "print X = isempty(''), Y = isnotempty('a'), Z = iff(1 > 2, 'a', 'b')",
                ["X": true, "Y": true, "Z": "b"]),
            Query("print X = case(false, 1, true, 2, 3), Y = coalesce('', 'z')", ["X": 2, "Y": "z"]),
            Query("print X = parse_json('{\"a\":[1,{\"b\":\"c\"}]}').a[1].b", ["X": "c"]),
            Query("print X = todatetime('2026-03-02T08:00:00.5Z') + 30m", ["X": "2026-03-02T08:30:00.5Z"]),
            Query("print X = split('a,b', ','), Y = substring('abcd', 1, 2)", ["X": ["a", "b"], "Y": "bc"]),
            Query("print X = -1, Y = not(true), Z = tostring(1h)", ["X": -1, "Y": false, "Z": "01:00:00"]),
            Query("print X = 1 // a comment\n", ["X": 1]),
            Query("print X = @'C:\\temp', Y = 'a\\\\b'", ["X": "C:\\temp", "Y": "a\\b"]),
            Query("DeviceInfo | distinct OSPlatform | where OSPlatform startswith 'mac' | count", ["Count": 1]),
            Query(
                "DeviceInfo | summarize dcount(DeviceId), N = countif(OSPlatform == 'macOS') by OSPlatform | where N > 0",
                ["OSPlatform": "macOS", "dcount_DeviceId": 2, "N": 4]),
            Query(
                "DeviceFileEvents | summarize count() by FileName | sort by count_ desc, FileName asc | take 1 | project-away count_",
                ["FileName": "invoice.exe"]),
            Query("DeviceFileEvents | top 1 by FileName asc | project-keep FileName", ["FileName": "helper.dll"]),
            Query(
                "DeviceFileEvents | where FileName == 'note.js' | project-rename Name = FileName | project Name, ReportId > 0",
                ["Name": "note.js", "Column2": true]),
            Query(
                "let Bad = DeviceFileEvents | where SHA1 == '\(Fleet.bad.sha1)' | distinct DeviceId; DeviceInfo | where DeviceId in (Bad) | summarize dcount(DeviceId)",
                ["dcount_DeviceId": 5]),
            Query(
                "let Bad = DeviceFileEvents | where SHA1 == '\(Fleet.bad.sha1)'; Bad | join kind=leftanti (DeviceProcessEvents) on DeviceId, SHA1 | summarize dcount(DeviceId)",
                ["dcount_DeviceId": 4]),
            Query(
                "DeviceProcessEvents | join kind=leftouter (DeviceInfo | summarize arg_max(Timestamp, OSPlatform) by DeviceId) on $left.DeviceId == $right.DeviceId | project FileName, OSPlatform",
                ["FileName": "invoice.exe", "OSPlatform": "Windows11"]),
            Query(
                "DeviceFileEvents | where FileName == 'invoice.exe' | summarize Paths = make_set(FolderPath, 1), Last = arg_max(Timestamp, DeviceName) | project array_length(Paths)",
                ["Column1": 1]),
            Query(
                "print A = dynamic([1, 2]) | mv-expand A | summarize sum(tolong(A)), avg(tolong(A))",
                ["sum_A": 3, "avg_A": 1.5]),
            Query("union (DeviceFileEvents | take 1), (DeviceProcessEvents | take 1) | count", ["Count": 2]),
            Query("DeviceFileEvents | take 0 | summarize N = count()", ["N": 0]),
        ])
    func language(_ query: Query) async throws {
        try await rows(query.text) { rows in #expect(rows.first == query.first) }
    }

    @Test(
        "what it does not understand is 400 BadRequest",
        arguments: [
            "", "DeviceFileEvents |", "NoSuchTable", "DeviceFileEvents | where NoSuchColumn == 1",
            "DeviceFileEvents | where MD5 = 'x'", "DeviceFileEvents | evaluate bag_unpack(x)",
            "DeviceFileEvents | where SHA1 == 'x", "DeviceFileEvents | where SHA1 > 5",
            "AlertEvidence | where MD5 == 'x'", "DeviceFileEvents | where SHA1 matches regex 'a+'",
            "DeviceFileEvents | summarize nonsense(SHA1)", "print X = frobnicate(1)", "print X = strlen()",
            "DeviceFileEvents | where Timestamp > ago(30)", "DeviceFileEvents | project *",
            "let x = ; print 1", "DeviceFileEvents | take -1", "print 99999999999999999999", "search 'x'",
        ])
    func refused(_ query: String) async throws {
        try await Bench.run { bench in
            let answer = try await bench.caller(for: Bench.graph).hunt(query)
            #expect(answer.status == 400, "\(answer.text)")
            if !query.isEmpty { #expect(answer.code == "BadRequest") }
            #expect(answer["error"]?["innerError"]?["request-id"]?.string?.utf8.count == 36)
            #expect(answer["error"]?["target"] == nil)
        }
    }

    @Test("deep and long queries end in an answer")
    func hostile() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller(for: Bench.graph)
            for query in [
                "print " + String(repeating: "(", count: 20_000),
                "print " + String(repeating: "-", count: 20_000) + "1",
                String(repeating: "(", count: 5_000) + "DeviceInfo",
                "print 1" + String(repeating: " + 1", count: 3_000),
                "print dynamic(" + String(repeating: "[", count: 5_000),
                "print X = 9223372036854775807 + 1, Y = 1 / 0, Z = -9223372036854775807 - 2",
            ] {
                let answer = try await caller.hunt(query)
                #expect(answer.status == 200 || answer.status == 400)
            }
        }
    }

    @Test("indexes and full scans agree", arguments: ["DeviceFileEvents", "DeviceProcessEvents", "AlertEvidence"])
    func indexes(_ table: String) async throws {
        try await Bench.run(tenant: .generated(machines: 300, seed: 11)) { bench in
            let caller = try await bench.caller(bench.tenant.applications[0], for: Bench.graph)
            for file in bench.tenant.files.prefix(5) {
                let direct = try await caller.hunt("\(table) | where SHA1 in~ ('\(file.sha1)') | sort by Timestamp asc")
                let slow = try await caller.hunt(
                    "\(table) | where tolower(SHA1) == '\(file.sha1)' | sort by Timestamp asc")
                #expect(direct.status == 200)
                #expect(direct["results"] == slow["results"])
            }
        }
    }
}
