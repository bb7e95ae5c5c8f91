import BailiffDefender
import BailiffDefenderEmulator
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffServer
import BailiffTestSupport
import Foundation
import Testing

/// The doctor over the emulated service, its configuration made wrong in one place at a time.
@Suite("Doctor: what is wrong, what it breaks, how to mend it", .serialized)
struct DoctorTests {
    init() async { await CooperativeThreads.untilPrompt() }

    private static let analysts = [
        Doctor.Person(name: "ana", roles: ["soc-analyst"]), Doctor.Person(name: "lea", roles: ["soc-lead"]),
        Doctor.Person(name: "sam", roles: ["server-operations"]),
    ]

    private func examine(
        standing: Doctor.Standing? = Doctor.Standing(people: DoctorTests.analysts),
        _ change: (inout ServerConfiguration) throws -> Void = { _ in }
    ) async throws -> [DoctorFinding] {
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml")
        let emulator = try await DefenderEmulator.start(tenant: tenant, logger: Estate.logger)
        var configuration = try Estate.configuration(folder, emulator.url, tenant: tenant.id)
        try change(&configuration)
        let findings = await Doctor(configuration, standing: standing, logger: Estate.logger).examine()
        // Nothing was ordered and no file was made.
        #expect(emulator.requests().allSatisfy { $0.actionType == nil })
        #expect(!FileManager.default.fileExists(atPath: configuration.store.path))
        await emulator.stop()
        return findings
    }

    private func problems(_ findings: [DoctorFinding]) -> [String] {
        findings.filter { $0.standing == .problem }.map(\.text)
    }

    @Test("a good configuration has no problem, and every permission is told")
    func good() async throws {
        let findings = try await examine()
        #expect(problems(findings).isEmpty, "\(problems(findings))")
        let granted = findings.filter { $0.text.hasPrefix("granted: ") }.map(\.text)
        for role in ["File.Read.All", "ThreatHunting.Read.All", "Machine.Isolate", "Machine.StopAndQuarantine"] {
            #expect(granted.contains { $0.contains(role) }, "\(role)")
        }
        #expect(findings.contains { $0.text.contains("not needed by these playbooks: Ti.ReadWrite") })
    }

    @Test("a wrong secret is told with Entra's reason")
    func wrongSecret() async throws {
        let findings = try await examine {
            $0.defender.read = .init(clientID: $0.defender.read.clientID, .secret(Secret("wrong")))
        }
        #expect(problems(findings).contains { $0.contains("there is no token") && $0.contains("defender.read") })
        #expect(!findings.contains { $0.text.contains("wrong\"") })
    }

    @Test("a secret that ends within 30 days is told, one that ended is a problem")
    func endOfSecret() async throws {
        for (days, standing) in [(31, .good), (29, .warning), (-1, .problem)] as [(Int64, DoctorFinding.Standing)] {
            let findings = try await examine { configuration in
                configuration.defender.read.secretExpires = Surroundings.system.now() + .seconds(days * 86_400)
            }
            let told = findings.first { $0.text.contains("the secret of defender.read") }
            #expect(told?.standing == standing)
        }
    }

    @Test("a missing permission is told with what it breaks; without hunting it is a warning")
    func missing() async throws {
        let findings = try await examine {
            $0.defender.read = .init(
                clientID: "f507da47-cb51-4f9d-890a-39e6eb31bb57", .secret(Secret("demo-narrow-secret")))
        }
        let file = try #require(findings.first { $0.text.hasPrefix("missing: File.Read.All") })
        #expect(file.standing == .problem)
        #expect(file.breaks?.contains("how common") == true)
        let hunting = try #require(findings.first { $0.text.hasPrefix("missing: ThreatHunting.Read.All") })
        #expect(hunting.standing == .warning)
    }

    @Test("policies that nobody can satisfy are told; who has two roles fills one place")
    func approvers() async throws {
        let findings = try await examine(
            standing: Doctor.Standing(people: [
                Doctor.Person(name: "max", roles: ["soc-analyst", "soc-lead", "server-operations"])
            ]))
        let texts = problems(findings)
        #expect(texts.contains { $0.contains("nobody can satisfy server-two-teams") }, "\(texts)")
        #expect(!texts.contains { $0.contains("soc-one") })
    }

    @Test("a feed that no playbook listens to is told")
    func feeds() async throws {
        let findings = try await examine { configuration in
            configuration.feeds = [.init(name: "open", product: .generic, authentication: .none)]
        }
        #expect(findings.contains { $0.standing == .warning && $0.text.contains("anybody who reaches") })
        #expect(findings.contains { $0.standing == .warning && $0.text.contains("no playbook is triggered") })
        let announcing = try await examine { configuration in
            configuration.feeds = [.init(name: "box", product: .cape, authentication: .none)]
        }
        #expect(announcing.contains { $0.standing == .warning && $0.text.contains("only announces its reports") })
    }

    struct FeedServerRow: Sendable {
        var status: Int
        /// Of a server that is asked for a report nobody has, and of one that is asked for its list.
        var report: DoctorFinding.Standing
        var list: DoctorFinding.Standing
    }

    @Test(
        "servers of feeds are asked once, and what they say is told",
        arguments: [
            FeedServerRow(status: 200, report: .good, list: .good),
            FeedServerRow(status: 404, report: .good, list: .note),
            FeedServerRow(status: 401, report: .problem, list: .problem),
            FeedServerRow(status: 503, report: .warning, list: .warning),
            FeedServerRow(status: 302, report: .problem, list: .problem),
        ])
    func feedServers(_ row: FeedServerRow) async throws {
        let answer = SandboxServer.Answer(status: row.status, body: Array(#"{"data": [], "error": true}"#.utf8))
        try await SandboxServer.with({ _ in answer }, { sandbox in try await self.check(row, sandbox) })
    }

    private func check(_ row: FeedServerRow, _ sandbox: SandboxServer) async throws {
        let base = try #require(HTTPURL("http://127.0.0.1:\(sandbox.port)"))
        let server = try #require(FeedServer(base: base, credential: .bearer(Secret("a-feed-secret"))))
        let feeds: [ServerConfiguration.Feed] = [
            .init(name: "cape", product: .cape, authentication: .none, server: .init(server: server)),
            .init(
                name: "triage", product: .triage, authentication: .closed,
                server: .init(server: server, pollInterval: .seconds(60))),
        ]
        let findings = try await examine { $0.feeds = feeds }
        let report = findings.filter { $0.text.hasPrefix("cape: 127.0.0.1") }.map(\.standing)
        let list = findings.filter { $0.text.hasPrefix("triage: 127.0.0.1") }.map(\.standing)
        #expect(report == [row.report])
        #expect(list == [row.list])
        #expect(!findings.contains { $0.text.contains("a-feed-secret") })
        #expect(sandbox.asked.count == 2)
    }

    @Test("a folder that is not there and a service that does not answer are problems")
    func absent() async throws {
        let findings = try await examine { configuration in
            configuration.store.path = "/nonexistent/bailiff/x.sqlite"
            let nobody = try #require(HTTPURLSample.closedPort)
            configuration.defender.endpoints = DefenderEndpoints(login: nobody, api: nobody, graph: nobody)
        }
        #expect(problems(findings).contains { $0.contains("/nonexistent/bailiff") })
        #expect(problems(findings).contains { $0.contains("there is no token") })
    }

    @Test("the permissions to set up are those of the playbooks' steps and of finding machines")
    func permissions() async throws {
        let folder = try TemporaryFolder()
        let configuration = try Estate.configuration(folder, "http://127.0.0.1:9", tenant: "t")
        let needs = try Doctor(configuration, standing: nil, logger: Estate.logger).permissions()
        let act = needs.filter { $0.registration == "act" }.map(\.permission)
        #expect(act.contains("Machine.Isolate") && act.contains("Machine.StopAndQuarantine"))
        #expect(act.contains("Alert.ReadWrite.All"))
        #expect(!act.contains("Ti.ReadWrite.All"))
        #expect(needs.contains { $0.registration == "read" && $0.permission == "ThreatHunting.Read.All" })
    }

    // MARK: What else is told where something is wrong

    /// The same installation as a file, for what is wrong with the file itself.
    private func examineFile(
        _ replacing: [(String, String)] = [], files: [String: String] = [:], standing: Doctor.Standing? = nil
    ) async throws -> [DoctorFinding] {
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml")
        return try await DefenderEmulator.withEmulator(tenant: tenant, logger: Estate.logger) { emulator in
            for name in ["playbook.yaml", "policy.yaml", "approvals.yaml"] {
                try folder.write(
                    "playbooks/\(name)", files[name] ?? TemporaryFolder.contents("fixtures/demo/\(name)"))
            }
            var text = """
                server: { api: 127.0.0.1:0, socket: admin.sock }
                store: { path: bailiff.sqlite }
                defender:
                  tenant: \(tenant.id)
                  urls: { login: "\(emulator.url)", api: "\(emulator.url)", graph: "\(emulator.url)" }
                  read: { client_id: b501c78c-c53b-4a2a-950e-bbdba257c435, secret: { env: READ } }
                  act: { client_id: 38056efa-49c9-432a-b698-7a7ff1298663, secret: { env: ACT } }
                feeds: { lab: { product: generic, auth: { bearer: { token: { env: FEED } } } } }
                playbooks: { folder: playbooks, activate: on_load, mode: live }
                """
            for (old, new) in replacing { text = text.replacing(old, with: new) }
            try folder.write("bailiff.yaml", text)
            let examined = ServerConfiguration.examine(
                path: folder.file("bailiff.yaml"),
                environment: ["READ": "demo-read-secret", "ACT": "demo-act-secret", "FEED": "a-feed-token"])
            let doctor = try #require(Doctor(examined, standing: standing, logger: Estate.logger))
            let findings = await doctor.examine()
            withExtendedLifetime(folder) {}
            return findings
        }
    }

    @Test("a secret that is not there hides nothing else, and nothing is asked with it")
    func absentSecret() async throws {
        let findings = try await examineFile([("{ env: ACT }", "{ env: NOWHERE }")])
        #expect(problems(findings).count == 1)
        #expect(problems(findings).first?.contains("'NOWHERE' is not set or empty") == true)
        #expect(findings.contains { $0.text == "there is a token for WindowsDefenderATP as defender.read" })
        #expect(!findings.contains { $0.text.contains("token for WindowsDefenderATP as defender.act") })
        #expect(findings.contains { $0.standing == .note && $0.text.contains("cannot be told") })
        #expect(findings.contains { $0.text.hasSuffix("machines are onboarded") })
        #expect(findings.contains { $0.text == "hunting answers" })
    }

    @Test("a section that cannot be read hides only itself")
    func wrongHost() async throws {
        let findings = try await examineFile([("api: \"http", "api: \"https://graph.microsoft.com\", x: \"http")])
        #expect(problems(findings).contains { $0.contains("graph.microsoft.com is Microsoft Graph") })
        #expect(findings.contains { $0.text.contains("neither Entra nor Defender was asked") })
        #expect(findings.contains { $0.area == "feeds" && $0.standing == .good })
        #expect(findings.contains { $0.area == "playbooks" && $0.text.contains("is in force") })
    }

    @Test("a playbook with an error hides only itself")
    func brokenPlaybook() async throws {
        let broken = try TemporaryFolder.contents("fixtures/demo/playbook.yaml").replacing("guards:", with: "gards:")
        let findings = try await examineFile(files: ["playbook.yaml": broken])
        let told = try #require(findings.first { $0.standing == .problem && $0.text.contains("gards") })
        #expect(told.mend != nil)
        #expect(findings.contains { $0.text.contains("looked at without") && $0.text.contains("playbook.yaml") })
        #expect(
            findings.contains { $0.text.contains("matches no machine") || $0.text.contains("machines are onboarded") })
    }

    @Test("every problem and warning says what it breaks and how to mend it")
    func complete() async throws {
        var all = try await examineFile([("{ env: ACT }", "{ env: NOWHERE }"), ("mode: live", "mode: hold")])
        all += try await examine { configuration in
            configuration.store.path = "/nonexistent/bailiff/x.sqlite"
            let nobody = try #require(HTTPURLSample.closedPort)
            configuration.defender.endpoints = DefenderEndpoints(login: nobody, api: nobody, graph: nobody)
            configuration.notifiers = [.init(name: "soc", kind: .webhook(nobody, secret: nil))]
            configuration.feeds = []
        }
        all += try await examine(standing: Doctor.Standing(people: [], isHalted: true, isBreakerOpen: true)) {
            $0.defender.read = .init(
                clientID: "f507da47-cb51-4f9d-890a-39e6eb31bb57", .secret(Secret("demo-narrow-secret")))
            $0.playbooks.activation = .manual
        }
        for finding in all where finding.standing == .problem || finding.standing == .warning {
            #expect(finding.breaks != nil && finding.mend != nil, "\(finding.area): \(finding.text)")
        }
        #expect(all.contains { $0.text.contains("everything is halted") })
        // Nobody can be given a role of approvals that are not in force.
        let nobody = all.first { $0.text.contains("nobody can satisfy soc-one") }
        #expect(nobody?.mend?.hasPrefix("bailiff playbook activate ") == true)
        #expect(all.contains { $0.text.contains("because the breaker is open") })
        #expect(all.contains { $0.standing == .warning && $0.text.contains("is not in force") })
    }

    @Test("a hunting service that does not answer is told, with its address")
    func huntingUnreachable() async throws {
        let nobody = try #require(HTTPURLSample.closedPort)
        let findings = try await examine { $0.defender.endpoints.graph = nobody }
        let told = try #require(findings.first { $0.text.contains("hunting does not answer") })
        #expect(told.standing == .problem)
        #expect(told.mend?.contains(nobody.origin) == true)
    }

    @Test("a file that is no database of ours is told")
    func foreignDatabase() async throws {
        for bytes in [
            "this is no database, but it is longer than a hundred bytes, so that nobody can say that it has no header at all",
            "x",
        ] {
            let folder = try TemporaryFolder()
            try folder.write("bailiff.sqlite", bytes)
            let path = folder.file("bailiff.sqlite")
            let emulator = try await DefenderEmulator.start(
                tenant: EmulatorTenant(
                    yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml"),
                logger: Estate.logger)
            let configuration = try Estate.configuration(folder, emulator.url, tenant: "t")
            let findings = await Doctor(configuration, standing: nil, logger: Estate.logger).examine()
            #expect(problems(findings).contains { $0.contains("\(path) cannot be used: it is no database") })
            await emulator.stop()
            withExtendedLifetime(folder) {}
        }
    }

    @Test("a notifier's server is reached, and its address is not called")
    func notifiers() async throws {
        let answer = SandboxServer.Answer(status: 404, body: Array("no such page".utf8))
        try await SandboxServer.with({ _ in answer }) { sandbox in
            let url = try #require(HTTPURL("http://127.0.0.1:\(sandbox.port)/hooks/secret-path"))
            let nobody = try #require(HTTPURLSample.closedPort)
            let findings = try await self.examine {
                $0.notifiers = [
                    .init(name: "soc", kind: .webhook(url, secret: nil)), .init(name: "gone", kind: .slack(nobody)),
                ]
            }
            #expect(findings.contains { $0.standing == .good && $0.text == "soc: 127.0.0.1 answers" })
            #expect(
                findings.contains { $0.standing == .problem && $0.text.hasPrefix("gone: 127.0.0.1 cannot be reached") })
            #expect(!findings.contains { "\($0)".contains("secret-path") })
            #expect(sandbox.asked.count == 1)
        }
    }

    @Test("a guard that asks for a fact without permission stops a playbook every time")
    func holdsEverything() async throws {
        let holding = try TemporaryFolder.contents("fixtures/demo/policy.yaml").replacing(
            "guards:\n",
            with: """
                guards:
                  - id: resident
                    enforce: hold
                    when: file.first_seen_org < now - duration("240h")
                    missing: hold
                    approve: soc-one
                    because: Long there.

                """)
        let folder = try TemporaryFolder()
        for name in ["playbook.yaml", "approvals.yaml"] {
            try folder.write("playbooks/\(name)", TemporaryFolder.contents("fixtures/demo/\(name)"))
        }
        try folder.write("playbooks/policy.yaml", holding)
        let findings = try await examine {
            $0.defender.read = .init(
                clientID: "f507da47-cb51-4f9d-890a-39e6eb31bb57", .secret(Secret("demo-narrow-secret")))
            $0.playbooks.folder = folder.file("playbooks")
        }
        let told = try #require(findings.first { $0.text.contains("will hold everything because resident") })
        #expect(told.breaks?.contains("File.Read.All") == true)
        withExtendedLifetime(folder) {}
    }

    @Test("an investigation's every way has its permission")
    func waysNeedPermissions() throws {
        let folder = try TemporaryFolder()
        for name in ["isolate-on-malicious.yaml", "org-approvals.yaml", "org-baseline.yaml"] {
            try folder.write("playbooks/\(name)", TemporaryFolder.contents("playbooks/\(name)"))
        }
        var configuration = try Estate.configuration(folder, "http://127.0.0.1:9", tenant: "t")
        configuration.playbooks.folder = folder.file("playbooks")
        let url = try #require(HTTPURL("http://127.0.0.1:9"))
        configuration.notifiers = ["soc", "server-operations", "incident"].map {
            .init(name: $0, kind: .webhook(url, secret: nil))
        }
        let act = try Doctor(configuration, standing: nil, logger: Estate.logger).permissions()
            .filter { $0.registration == "act" }.map(\.permission)
        #expect(act.contains("Machine.Scan"))
        withExtendedLifetime(folder) {}
    }

    @Test("a service that asks to wait is no problem that stays")
    func throttled() async throws {
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml")
        try await DefenderEmulator.withEmulator(tenant: tenant, logger: Estate.logger) { emulator in
            emulator.failNext(.throttledSilently, matching: RequestPattern(path: "/api/machines"), times: 9)
            let configuration = try Estate.configuration(folder, emulator.url, tenant: tenant.id)
            let findings = await Doctor(
                configuration, standing: Doctor.Standing(people: Self.analysts), logger: Estate.logger
            ).examine()
            #expect(problems(findings).isEmpty, "\(problems(findings))")
            #expect(findings.contains { $0.standing == .warning && $0.text.contains("cannot be listed") })
        }
    }
}
