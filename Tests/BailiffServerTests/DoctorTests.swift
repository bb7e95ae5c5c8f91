import BailiffDefender
import BailiffDefenderEmulator
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffServer
import Foundation
import Testing

/// The doctor over the emulated service, its configuration made wrong in one place at a time.
@Suite("Doctor: what is wrong, what it breaks, how to mend it", .serialized)
struct DoctorTests {
    private static let analysts = [
        Doctor.Person(name: "ana", roles: ["soc-analyst"]), Doctor.Person(name: "lea", roles: ["soc-lead"]),
        Doctor.Person(name: "sam", roles: ["server-operations"]),
    ]

    private func examine(
        people: [Doctor.Person]? = DoctorTests.analysts, _ change: (inout ServerConfiguration) throws -> Void = { _ in }
    ) async throws -> [DoctorFinding] {
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: TemporaryFolder.contents("fixtures/tenants/demo.yaml"), file: "demo.yaml")
        let emulator = try await DefenderEmulator.start(tenant: tenant, logger: Estate.logger)
        var configuration = try Estate.configuration(folder, emulator.url, tenant: tenant.id)
        try change(&configuration)
        let findings = await Doctor(configuration, people: people, logger: Estate.logger).examine()
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
            let told = findings.first { $0.text.contains("the secret or certificate of defender.read") }
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
        #expect(file.breaks?.contains("prevalence") == true)
        let hunting = try #require(findings.first { $0.text.hasPrefix("missing: ThreatHunting.Read.All") })
        #expect(hunting.standing == .warning)
    }

    @Test("policies that nobody can satisfy are told; who has two roles fills one place")
    func approvers() async throws {
        let findings = try await examine(people: [
            Doctor.Person(name: "max", roles: ["soc-analyst", "soc-lead", "server-operations"])
        ])
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
        let needs = try Doctor(configuration, people: nil, logger: Estate.logger).permissions()
        let act = needs.filter { $0.registration == "act" }.map(\.permission)
        #expect(act.contains("Machine.Isolate") && act.contains("Machine.StopAndQuarantine"))
        #expect(act.contains("Alert.ReadWrite.All"))
        #expect(!act.contains("Ti.ReadWrite.All"))
        #expect(needs.contains { $0.registration == "read" && $0.permission == "ThreatHunting.Read.All" })
    }
}
