import BailiffCore
import BailiffDefender
import BailiffDefenderEmulator
import BailiffEngine
import BailiffHTTPClient
import BailiffModel
import BailiffPlaybook
import BailiffServer
import BailiffTestSupport
import Testing

/// Single orders through the adapter and the real client, over HTTP.
@Suite("Orders as they reach Defender", .serialized)
struct OrderTests {
    init() async { await CooperativeThreads.untilPrompt() }

    private static let first = "f033ab5fb13ce2cd1d028131f8775375f904fd2e"
    private static let second = "ab09eaa5db0ce3ccd16485677ee59b7d72b4c9a0"

    private func with(
        _ options: EmulatorOptions,
        _ body: (DefenderEmulator, DefenderClient, DefenderThreatService) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml")
        try await DefenderEmulator.withEmulator(tenant: tenant, options: options, logger: Estate.logger) { emulator in
            let defender = try Estate.configuration(folder, emulator.url, tenant: tenant.id).defender
            let transport = try OutgoingHTTPClient(allowing: defender.endpoints.hostRules, logger: Estate.logger)
            let client = DefenderClient(
                configuration: DefenderConfiguration(
                    tenant: defender.tenant, endpoints: defender.endpoints, read: defender.read, act: defender.act,
                    limits: HTTPLimits(connect: .seconds(60), firstByte: .seconds(300), whole: .seconds(600))),
                transport: transport, surroundings: .system, logger: Estate.logger)
            let service = DefenderThreatService(client: client, now: Surroundings.system.now)
            do {
                // The machine may be busy with other tests, and an order that waits too long for its token is not sent.
                try await Self.prepare(client)
                try await body(emulator, client, service)
            } catch {
                await transport.shutdown()
                throw error
            }
            await transport.shutdown()
        }
    }

    private static func prepare(_ client: DefenderClient) async throws {
        for _ in 0..<20 {
            do throws(DefenderError) { return try await client.prepare() } catch {
                guard error.code == .timeout else { throw error }
            }
        }
    }

    private func order(
        _ kind: ActionKind, _ machine: String?, _ parameters: ActionParameters, hashes: FileHashes = FileHashes()
    ) -> Order {
        Order(
            kind: kind, machine: machine.flatMap { MachineID($0) }, parameters: parameters, os: "windows11", sha1: nil,
            hashes: hashes, at: Surroundings.system.now(), comment: "Bailiff 7F3K02QD/1: a test")
    }

    private func failure(_ body: () async throws(SendFailure) -> ServiceAction) async -> SendFailure? {
        do throws(SendFailure) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("an investigation takes the next way once the hour of the first is used up, and looks before")
    func nextWay() async throws {
        // One investigation an hour.
        try await with(EmulatorOptions(quotas: .scaled(0.02))) { emulator, _, service in
            let ways = ActionParameters(via: [.start, .antivirusScan])
            let begun = try await service.send(order(.investigate, Self.first, ways))
            #expect(begun.kind == .investigate)
            // The service is the first to know: what was sent has to be looked for before anything else is.
            let refused = await failure { () async throws(SendFailure) in
                try await service.send(order(.investigate, Self.second, ways))
            }
            guard case .declined(_, let retryAfter)? = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(retryAfter == .zero)
            let scan = try await service.send(order(.investigate, Self.second, ways))
            let taken = emulator.requests().filter(\.isActionTaken)
            #expect(taken.count { $0.path.hasSuffix("/startInvestigation") } == 1)
            #expect(taken.last?.path.hasSuffix("/runAntiVirusScan") == true)
            #expect(taken.last?.actionID == scan.id)
        }
    }

    @Test("with one way alone it waits for the hour")
    func onlyWay() async throws {
        try await with(EmulatorOptions(quotas: .scaled(0.02))) { emulator, _, service in
            let ways = ActionParameters(via: [.start])
            _ = try await service.send(order(.investigate, Self.first, ways))
            for _ in 0..<2 {
                let refused = await failure { () async throws(SendFailure) in
                    try await service.send(order(.investigate, Self.second, ways))
                }
                switch refused {
                case .declined(_, let wait?), .notAccepted(_, let wait?): #expect(wait > .seconds(3_000))
                default: Issue.record("\(String(describing: refused))")
                }
            }
            #expect(emulator.requests().count { $0.path.hasSuffix("/startInvestigation") } == 2)
        }
    }

    @Test("the histories of machines that are asked for together are read with few calls, each machine's by itself")
    func histories() async throws {
        try await with(EmulatorOptions()) { emulator, client, service in
            let machines = try await client.machines(filter: .equal(.onboardingStatus, "Onboarded")).map(\.id)
            let isolated = try #require(MachineID(Self.first))
            let placed = try await service.send(order(.isolate, Self.first, ActionParameters()))
            emulator.clearRequests()
            let since = Surroundings.system.now() - .seconds(3_600)
            let found = try await withThrowingTaskGroup(of: (MachineID, [ServiceAction]).self) { group in
                for machine in machines {
                    group.addTask {
                        (machine, try await service.history(of: machine, family: .isolation, since: since))
                    }
                }
                var found: [MachineID: [ServiceAction]] = [:]
                for try await (machine, actions) in group { found[machine] = actions }
                return found
            }
            #expect(found.count == machines.count)
            for (machine, actions) in found {
                #expect(actions.map(\.id) == (machine == isolated ? [placed.id] : []))
            }
            let calls = emulator.requests().count { $0.path.hasSuffix("/machineactions") }
            #expect((1..<(machines.count / 2)).contains(calls))
            // A later question is answered by a later call, and with what is asked for alone.
            let later = try await service.history(
                of: isolated, family: .isolation, since: Surroundings.system.now() + .seconds(60))
            #expect(later.isEmpty)
            #expect(emulator.requests().count { $0.path.hasSuffix("/machineactions") } == calls + 1)
        }
    }

    @Test("a call that fails is told to everybody who waited for it, and the next one is made")
    func failedHistories() async throws {
        try await with(EmulatorOptions()) { emulator, _, service in
            emulator.failNext(.unauthorizedForGood, matching: RequestPattern(path: "/machineactions"))
            let since = Surroundings.system.now() - .seconds(3_600)
            let machines = [Self.first, Self.second].compactMap { MachineID($0) }
            let failures = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    for machine in machines {
                        group.addTask {
                            (try? await service.history(of: machine, family: .isolation, since: since)) == nil
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 8)
            emulator.clearFaults()
            // The client asks for no further token for half a minute; what matters is that nobody is left waiting.
            _ = try? await service.history(of: machines[0], family: .isolation, since: since)
        }
    }

    @Test("a file that somebody allows is not blocked")
    func allowed() async throws {
        try await with(EmulatorOptions()) { _, client, service in
            let sha1 = try #require(FileHash(.sha1, String(repeating: "ab", count: 20)))
            _ = try await client.putIndicator(
                Indicator(sha1, action: .allowed, title: "Line of business", description: "needed by finance"))
            let block = order(.blockFile, nil, ActionParameters(expiresSeconds: 3_600), hashes: FileHashes(sha1: sha1))
            let refused = await failure { () async throws(SendFailure) in try await service.send(block) }
            guard case .refused(.notPossible, let reason)? = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(reason.contains("allows this file"))
            #expect(try await client.indicators(of: sha1).map(\.action) == ["Allowed"])
        }
    }

    @Test("a scan ordered as an investigation is found again when its answer is lost")
    func lostScan() async throws {
        let playbooks = try TemporaryFolder()
        for name in ["policy.yaml", "approvals.yaml"] {
            try playbooks.write("playbooks/\(name)", TemporaryFolder.contents("fixtures/demo/\(name)"))
        }
        try playbooks.write(
            "playbooks/look.yaml",
            """
            bailiff: playbook/v1
            name: look
            version: 1
            owner: soc
            trigger:
              when: verdict.level == "malicious"
            targets:
              select: machine.onboarded && machine.kind == "workstation"
            guards: { use: [org/baseline] }
            budget: { class: standard, per_run: 5, over: hold, approve: soc-one }
            steps:
              - id: look
                action: investigate
                with: { via: [antivirus_scan] }
            """)
        try await Estate.with({ $0.playbooks.folder = playbooks.file("playbooks") }) { estate in
            estate.emulator.failNext(.answerLost, matching: RequestPattern(path: "/runAntiVirusScan"))
            let viewer = try await estate.person("vera", ["viewer", "auditor"])
            let body = Array(try TemporaryFolder.contents("fixtures/demo/verdict.json").utf8)
            let reply = try await estate.deliver(body, id: "msg_lost_scan")
            let id = try #require(reply.json["accepted"]?.array?.first?["case"]?.string)
            let done = try await estate.eventually("/v1/cases/\(id)", by: viewer) { shown in
                let actions = shown["actions"]?.array ?? []
                return !actions.isEmpty && actions.allSatisfy { $0["outcome"]?.string == "done" }
            }
            let taken = estate.emulator.requests().filter { $0.actionType == "RunAntiVirusScan" }
            #expect(taken.count == done["actions"]?.array?.count)
        }
    }
}
