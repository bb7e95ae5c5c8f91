import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

/// Bodies of the documentation and recorded ones, read through the client.
@Suite(.enabled(if: Corpus.isAvailable, "set BAILIFF_CORPUS to a folder with defender-api/examples"))
struct CorpusTests {
    private func client(_ name: String, status: Int = 200) throws -> DefenderClient {
        let body = try Corpus.example(name)
        try #require(body != .null, "\(name) is missing")
        return try Fixture(ScriptedTransport([.json(status, body)])).client
    }

    @Test func everyBodyIsJSON() throws {
        let examples = try Corpus.examples()
        #expect(examples.count >= 50)
        for example in examples {
            #expect(throws: Never.self, "\(example.name)") { try StrictJSON.parse(example.bytes, limits: .service) }
        }
    }

    /// Whatever a list or an entity is, the reader of every kind takes it or leaves it, without a crash.
    @Test func everyReaderSurvivesEveryBody() throws {
        for example in try Corpus.examples() {
            let body = try StrictJSON.parse(example.bytes, limits: .service)
            for value in [body] + (body["value"]?.array ?? []) + (body.field("results")?.array ?? []) {
                _ = Machine(defender: value)
                _ = MachineAction(value)
                _ = Investigation(value)
                _ = DefenderAlert(value)
                _ = DefenderFile(value)
                _ = DefenderFileStatistics(value)
                _ = StoredIndicator(value)
                _ = IndicatorImportResult(value)
                _ = SightingRow(value)
                _ = HuntedDevice(value)
                _ = TokenReply(value)
            }
        }
    }

    @Test func files() async throws {
        let sha1 = try #require(Fixture.sha1)
        let file = try #require(try await client("files-get.response").file(sha1))
        #expect(file.sha1 == sha1)
        #expect(file.facts.certificateValid == false)
        #expect(file.facts.globalPrevalence == 180_022)
        #expect(file.facts.signer != nil)
        let statistics = try #require(try await client("files-stats.response").fileStatistics(sha1: sha1))
        #expect(statistics.orgMachines == 14_850)
        #expect(statistics.orgFirstSeen == Timestamp(rfc3339: "2019-12-07T13:44:16Z"))
    }

    @Test(arguments: ["machines-list.response", "files-machines.response", "machines-filter-riskScore.response"])
    func machineLists(_ name: String) async throws {
        let sha1 = try #require(Fixture.sha1)
        let expected = try #require(try Corpus.example(name)["value"]?.array)
        let list = try await client(name).machines(withFile: sha1)
        #expect(list.count == expected.count)
        #expect(list.isComplete)
        for (machine, body) in zip(list, expected) {
            #expect(machine.id.text == body["id"]?.string)
            #expect(machine.name == body["computerDnsName"]?.string)
            #expect(machine.lastReport != nil && machine.recordFirstSeen != nil)
            #expect(machine.os != "unknown" && machine.health != "unknown")
        }
    }

    @Test func oneMachine() async throws {
        let id = try #require(try Corpus.example("machines-get.response")["id"]?.string.flatMap(MachineID.init))
        let machine = try #require(try await client("machines-get.response").machine(id))
        #expect(machine.id == id)
        #expect(!machine.tags.isEmpty)
        let tagged = try await client("machines-tags.response").setTag("test Tag 2", .add, on: id)
        #expect(tagged.tags.contains("test Tag 2"))
    }

    @Test(arguments: [
        ("machines-isolate.response", MachineAction.Kind.isolate, MachineAction.Status.pending),
        ("machines-restrictCodeExecution.response", .restrictApps, .pending),
        ("machineactions-get.response", .isolate, .succeeded),
        ("machineactions-get.unisolate-succeeded", .release, .succeeded),
        ("machineactions-get.quarantine-timeout", .stopAndQuarantine, .timeOut),
        ("machines-runliveresponse.response", .liveResponse, .pending),
    ])
    func actions(_ row: (name: String, type: MachineAction.Kind, status: MachineAction.Status)) async throws {
        let action = try #require(try await client(row.name).machineAction("x"))
        #expect(action.type == row.type)
        #expect(action.status == row.status)
        #expect(action.createdAt != nil && action.updatedAt != nil)
        #expect(action.machineID != nil || row.type == .liveResponse)
        if row.type == .stopAndQuarantine {
            #expect(action.relatedFile?.hash?.algorithm == .sha1)
            #expect(action.errorCode == .hresult(-2_145_844_840))
        }
    }

    @Test func listsOfActionsInvestigationsAndIndicators() async throws {
        let actions = try await client("machineactions-list.response").machineActions(filter: nil)
        #expect(actions.map(\.type) == [.collectPackage, .antivirusScan, .stopAndQuarantine])
        #expect(actions.allSatisfy { $0.updatedAt != nil })
        let investigations = try await client("investigations-list.response").investigations(filter: nil)
        #expect(investigations.first?.state == .running)
        #expect(investigations.first?.triggeringAlertID == "da637139166940871892_-598649278")
        let indicators = try await client("indicators-list.response").indicators()
        #expect(indicators.map(\.id) == ["995", "996"])
        #expect(indicators.last?.hash?.algorithm == .sha1)
        let sha1 = try #require(Fixture.sha1)
        let indicator = Indicator(sha1, action: .block, title: "t", description: "d")
        #expect(try await client("indicators-post.response").putIndicator(indicator).id == "994")
        #expect(
            try await client("indicators-import.response").importIndicators([indicator]).map(\.succeeded) == [
                true, true,
            ])
        let alerts = try await client("files-alerts.response").alerts(withFile: sha1)
        #expect(!alerts.isEmpty && alerts.isComplete)
        #expect(try await !client("alerts-list.response").alerts(withFile: sha1).isEmpty)
    }

    @Test func investigation() async throws {
        // The machine that the body is about: an answer about another one is no acceptance.
        let id = try Fixture.machine("e828a0624ed33f919db541065190d2f75e50a071")
        let started = try await client("machines-startInvestigation.response", status: 201)
            .startInvestigation(id, comment: "c")
        #expect(started.id == "63004")
        #expect(started.state == .running)
    }

    @Test func packageLink() async throws {
        let link = try await client("machineactions-getPackageUri.response").packageLink(action: "x")
        #expect(link?.host == "userrequests-us.securitycenter.windows.com")
    }

    @Test(arguments: ["graph-runHuntingQuery.response", "advancedqueries-run.response", "advancedhunting-run.response"])
    func huntingEnvelopes(_ name: String) async throws {
        let sha1 = try #require(Fixture.sha1)
        let list = try await client(name).huntSightings(of: [sha1])
        let hasDevices = name.hasPrefix("advancedqueries")
        #expect(list.isEmpty == !hasDevices)
    }

    @Test func huntingRows() throws {
        for name in ["hunting-row.DeviceFileEvents", "hunting-row.DeviceImageLoadEvents"] {
            let body = try Corpus.example(name)
            let row = try #require(SightingRow(body))
            #expect(row.md5?.hex == body["MD5"]?.string)
            #expect(row.names == [try #require(body["FileName"]?.string)])
        }
    }

    @Test(arguments: [
        ("error.ActiveRequestAlreadyExists", 400, DefenderError.Code.alreadyInProgress),
        ("error.InvalidRequestBody", 400, .badRequest), ("error.Forbidden-missing-role", 403, .forbidden),
        ("error.ResourceNotFound", 404, .notFound), ("error.429-hunting-quota", 429, .throttled),
    ])
    func errors(_ row: (name: String, status: Int, code: DefenderError.Code)) async throws {
        let error = await failure {
            try await client(row.name, status: row.status).release(Fixture.machine(), comment: "c")
        }
        #expect(error?.code == row.code)
        #expect(error?.acceptance == .surelyNot)
        #expect(error?.serviceMessage != nil && error?.requestID != nil)
    }

    @Test func tokens() throws {
        #expect(TokenReply(try Corpus.example("entra-token-v2.response"))?.lifeInSeconds == 3_599)
        #expect(TokenReply(try Corpus.example("entra-token-v1.response"))?.lifeInSeconds == 3_599)
    }

    @Test func requestsHaveTheDocumentedKeys() async throws {
        let transport = ScriptedTransport([.action("a1")])
        let client = try Fixture(transport).client
        let id = try Fixture.machine()
        let sha1 = try #require(Fixture.sha1)
        let calls: [(String, () async throws -> Void)] = [
            ("machines-isolate.request", { _ = try await client.isolate(id, type: .full, comment: "c") }),
            ("machines-unisolate.request", { _ = try await client.release(id, comment: "c") }),
            ("machines-restrictCodeExecution.request", { _ = try await client.restrictApps(id, comment: "c") }),
            ("machines-unrestrictCodeExecution.request", { _ = try await client.unrestrictApps(id, comment: "c") }),
            ("machines-collectInvestigationPackage.request", { _ = try await client.collectPackage(id, comment: "c") }),
            (
                "machines-runAntiVirusScan.request",
                { _ = try await client.runAntiVirusScan(id, type: .full, comment: "c") }
            ),
            (
                "machines-StopAndQuarantineFile.request",
                { _ = try await client.stopAndQuarantine(id, sha1: sha1, comment: "c") }
            ),
            ("machines-startInvestigation.request", { _ = try await client.startInvestigation(id, comment: "c") }),
            ("machineactions-cancel.request", { _ = try await client.cancel(action: "x", comment: "c") }),
            ("machines-tags.request", { _ = try await client.setTag("t", .add, on: id) }),
            ("machines-AddOrRemoveTagForMultipleMachines.request", { try await client.setTag("t", .add, on: [id]) }),
            ("indicators-BatchDelete.request", { try await client.deleteIndicators(["1"]) }),
            (
                "alerts-CreateAlertByReference.request",
                {
                    _ = try await client.createAlert(
                        from: EventReference(machine: id, time: .epoch, reportID: 1), severity: .low, title: "t",
                        description: "d", recommendedAction: "r")
                }
            ),
            ("graph-runHuntingQuery.request", { _ = try await client.huntDevices([id]) }),
        ]
        for (name, call) in calls {
            _ = await failure { try await call() }
            let documented = try #require(try Corpus.example(name).object?.keys.sorted(), "\(name)")
            #expect(transport.requests.last?.json?.object?.keys.sorted() == documented, "\(name)")
        }
        let indicator = Indicator(sha1, action: .block, title: "t", description: "d")
        _ = await failure { try await client.putIndicator(indicator) }
        let keys = Set(try #require(try Corpus.example("indicators-post.request").object?.keys)).union(["generateAlert"]
        )
        #expect(keys.isSuperset(of: try #require(transport.requests.last?.json?.object?.keys)))
    }
}
