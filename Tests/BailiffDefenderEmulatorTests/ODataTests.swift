import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Lists: filters, order, pages")
struct ODataTests {
    private func names(_ caller: Caller, _ query: String) async throws -> [String?] {
        let answer = try await caller.get("/api/machines?\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return answer.values.map { $0["computerDnsName"]?.string }
    }

    struct Filter: Sendable, CustomTestStringConvertible {
        var text: String
        var count: Int
        var testDescription: String { text }
        init(_ text: String, _ count: Int) {
            self.text = text
            self.count = count
        }
    }

    @Test(
        "filters over the documented properties",
        arguments: [
            Filter("riskScore eq 'High'", 1), Filter("riskScore ne 'High'", 9), Filter("osPlatform eq 'macOS'", 2),
            Filter("startswith(osPlatform,'Windows')", 7), Filter("contains(computerDnsName,'lap-')", 4),
            Filter("endswith(computerDnsName,'quay.example') and not (osPlatform eq 'macOS')", 8),
            Filter("osPlatform in ('macOS','Ubuntu')", 3), Filter("rbacGroupId eq 3", 1), Filter("rbacGroupId lt 1", 9),
            Filter("lastSeen gt 2026-02-20T00:00:00Z", 9), Filter("lastSeen lt 2026-02-20Z", 1),
            Filter("lastSeen ge 2026-03-02T06:00:00.1234567Z", 9), Filter("aadDeviceId eq null", 10),
            Filter("machineTags/any(tag: tag eq 'vip')", 1), Filter("machineTags/any(t: startswith(t,'floor'))", 1),
            Filter("id eq '\(Fleet.laptop)'", 1), Filter("id in ('\(Fleet.laptop)','\(Fleet.mac)','nobody')", 2),
            Filter("healthStatus eq 'Active' and (riskScore eq 'High' or osPlatform eq 'Ubuntu')", 2),
            Filter("riskScore eq 'high'", 0), Filter("computerDnsName eq 'o''brien'", 0),
        ])
    func filters(_ filter: Filter) async throws {
        try await Bench.run { bench in
            let found = try await names(try await bench.caller(), "$filter=\(Caller.query(filter.text))")
            #expect(found.count == filter.count)
        }
    }

    @Test(
        "wrong query options are ODataError",
        arguments: [
            "$filter=firstSeen%20gt%202018-01-01Z", "$filter=riskScore%20eq%20High", "$filter=riskScore%20is%20'High'",
            "$filter=lastSeen%20gt%20'2018-08-01Z'", "$filter=(riskScore%20eq%20'High'", "$filter=riskScore",
            "$filter=riskScore%20eq%20'High", "$filter=machineTags%20eq%20'x'", "$filter=startswith(rbacGroupId,'1')",
            "$filter=", "$top=x", "$top=10001", "$skip=-1", "$count=maybe", "$orderby=nothing", "$select=id",
            "$expand=evidence", "$filter=%ZZ",
        ])
    func wrongOptions(_ query: String) async throws {
        try await Bench.run { bench in
            let answer = try await bench.caller().get("/api/machines?\(query)")
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.code == "ODataError")
        }
    }

    @Test("order, count, top and skip")
    func orderAndCount() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            let ordered = try await names(caller, "$orderby=computerDnsName%20desc&$top=2")
            #expect(ordered == ["web-1.quay.example", "mac-2.quay.example"])
            let counted = try await caller.get("/api/machines?$count=true&$top=3&$skip=1")
            #expect(counted["@odata.count"] == 10)
            #expect(counted.values.count == 3)
            #expect(counted.values.first?["id"] == .string(Fleet.away))
        }
    }

    private func pages(_ bench: Bench, from path: String) async throws -> (ids: [String], links: [String]) {
        let caller = try await bench.caller()
        var (ids, links, next) = ([String](), [String](), Optional(path))
        while let path = next, links.count < 20 {
            let answer = try await caller.get(path)
            ids += answer.values.compactMap { $0["id"]?.string }
            next = answer["@odata.nextLink"]?.string
            if let next { links.append(next) }
        }
        return (ids, links)
    }

    @Test("without $top a link leads on, its filter kept, until all were given once")
    func links() async throws {
        try await Bench.run(Bench.controlled { $0.pageSize = 3 }) { bench in
            let (ids, links) = try await pages(bench, from: "/api/machines")
            #expect(ids == Fleet.machines.map(\.id))
            #expect(links.count == 3)
            #expect(links.allSatisfy { $0.hasPrefix(bench.emulator.url + "/api/machines?") })
            let filter = Caller.query("startswith(osPlatform,'Windows')")
            let filtered = try await pages(bench, from: "/api/machines?$filter=\(filter)")
            #expect(filtered.ids.count == 7)
            let files = try await pages(bench, from: "/api/files/\(Fleet.bad.sha1)/machines")
            #expect(files.ids.count == 5)
        }
    }

    @Test("with $top there is no link, however much there would be")
    func noLinkWithTop() async throws {
        try await Bench.run(Bench.controlled { $0.pageSize = 3 }) { bench in
            let answer = try await bench.caller().get("/api/machines?$top=4")
            #expect(answer.values.count == 4)
            #expect(answer["@odata.nextLink"] == nil)
        }
    }

    @Test(
        "links that lead elsewhere, to themselves or nowhere",
        arguments: [EmulatorOptions.NextLinks.regional, .looping, .malformed])
    func strangeLinks(_ kind: EmulatorOptions.NextLinks) async throws {
        try await Bench.run(Bench.controlled { ($0.pageSize, $0.nextLinks) = (4, kind) }) { bench in
            let link = try #require(try await bench.caller().get("/api/machines")["@odata.nextLink"]?.string)
            switch kind {
            case .regional: #expect(link.hasPrefix("https://api-eu3.securitycenter.windows.com/api/v1.0/machines?"))
            case .looping: #expect(link == bench.emulator.url + "/api/machines?$skip=0")
            case .malformed, .same: #expect(!link.hasPrefix("http"))
            }
        }
    }

    @Test("the version is optional, fixed names do not mind case, unknown URLs are 404")
    func paths() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            for path in ["/api/v1.0/machines", "/API/Machines", "/api/machines/"] {
                #expect(try await caller.get(path).values.count == 10)
            }
            for path in ["/api/nothing", "/machines", "/api", "/", "/api/machines/x/y/z"] {
                let answer = try await caller.get(path)
                #expect(answer.status == 404)
                #expect(answer.code == "NotFound")
            }
        }
    }
}
