import BailiffAPI
import BailiffEngine
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffServer
import Foundation
import HTTPTypes
import Testing

/// Reports that are fetched and lists that are read, from real servers on loopback, over real restarts.
@Suite("Asking the servers of feeds", .serialized)
struct FeedAskingTests {
    // MARK: What servers say

    private static let sha = Digest.of("payload").hex
    private static let sha1 = String(Digest.of("payload 1").hex.prefix(40))
    private static let md5 = String(Digest.of("payload 5").hex.prefix(32))

    private static func capeReport(_ id: Int64) -> JSONValue {
        [
            "info": ["id": .int(id), "started": "2026-11-20 10:00:00", "ended": "2026-11-20 10:05:00"],
            "malscore": 9.5, "malstatus": "Malicious",
            "target": [
                "category": "file",
                "file": ["name": "invoice.exe", "sha256": .string(sha), "sha1": .string(sha1), "md5": .string(md5)],
            ],
        ]
    }

    private static let notYet: JSONValue = ["error": true, "error_value": "Task is still being analyzed"]

    private static func sample(_ number: Int, at time: Timestamp) -> JSONValue {
        ["id": .string("261120-s\(number)"), "submitted": .string(time.rfc3339), "kind": "file", "status": "reported"]
    }

    private static func overview(_ id: String) -> JSONValue {
        [
            "sample": [
                "id": .string(id), "score": 10, "target": "invoice.exe", "sha256": .string(Digest.of(id).hex),
                "completed": "2026-11-20T10:00:00Z",
            ], "analysis": ["score": 10, "tags": []], "targets": [],
        ]
    }

    // MARK: A server over them

    private struct House {
        let folder: TemporaryFolder
        let sandbox: SandboxServer
        let feed: @Sendable (FeedServer) -> ServerConfiguration.Feed

        /// Runs a server on the folder's database, as one process's life.
        func live(_ body: (RunningServer, Client) async throws -> Void) async throws {
            var configuration = try Estate.configuration(folder, "http://127.0.0.1:9", tenant: "tenant-1")
            let base = try #require(HTTPURL("http://127.0.0.1:\(sandbox.port)/base"))
            configuration.feeds = [feed(try #require(FeedServer(base: base, credential: .token(Secret("key")))))]
            configuration.playbooks = .init(folder: configuration.playbooks.folder, activation: .manual)
            var options = Estate.options
            options.feedBackOff = BackOff(first: .milliseconds(20), longest: .milliseconds(40))
            let server = try await RunningServer.start(configuration, options: options, logger: Estate.logger)
            do {
                let name = "ana-\(UInt32.random(in: 0...UInt32.max))"
                let made = try await UnixSocketCall(path: server.socketPath).send(
                    "POST", "/v1/operators", ["name": .string(name), "roles": ["auditor"]])
                try #require(made.status == 201, "\(made.json.text())")
                try await body(server, try Client(server.apiURL, token: made.json["token"]?.string))
            } catch {
                try? await server.stop()
                throw error
            }
            try await server.stop()
        }
    }

    private func with(
        _ feed: @escaping @Sendable (FeedServer) -> ServerConfiguration.Feed,
        _ behaviour: @escaping SandboxServer.Behaviour, _ body: @escaping @Sendable (House) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try await SandboxServer.with(behaviour) { sandbox in
            try await body(House(folder: folder, sandbox: sandbox, feed: feed))
        }
    }

    private static func cape(_ server: FeedServer) -> ServerConfiguration.Feed {
        .init(name: "cape", product: .cape, authentication: .none, server: .init(server: server))
    }

    /// Asks until it is so; the audit log says when something has changed.
    private static func eventually(
        _ client: Client, _ path: String, _ condition: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var last = JSONValue.null
        var size: Int64 = 0
        for _ in 0..<40 {
            last = try await client.get(path)
            if condition(last) { return last }
            // A server in trouble writes no entries: then it is looked at every second.
            size = try await client.get("/v1/audit/entries?from=\(size)&limit=1000&wait=1")["size"]?.int ?? size
        }
        Issue.record("never came true; last: \(last.text().prefix(3_000))")
        return last
    }

    private static func malicious(_ verdicts: JSONValue) -> [JSONValue] {
        (verdicts["verdicts"]?.array ?? []).filter {
            $0["level"]?.string == "malicious" || $0["verdict"]?.string == "malicious"
        }
    }

    // MARK: Reports

    @Test("a task's id becomes its report, asked for at the configured place with the configured credential")
    func capeTask() async throws {
        try await with(Self.cape, { _ in .json(Self.capeReport(17)) }) { house in
            try await house.live { server, client in
                let reply = try await client.send(.post, "/v1/feeds/cape", body: ["task_id": 17])
                #expect(reply.status == 404, "deliveries have their own address")
                let intake = try Client(server.intakeURL)
                #expect(try await intake.send(.post, "/v1/feeds/cape", body: ["task_id": 17]).status == 200)
                let verdicts = try await Self.eventually(client, "/v1/verdicts") { !Self.malicious($0).isEmpty }
                #expect(Self.malicious(verdicts).count == 1)
                #expect(verdicts.text().contains(Self.sha))
                let asked = try #require(house.sandbox.asked.first)
                #expect(asked.target == "/base/apiv2/tasks/get/report/17/json/")
                let credential = asked.headers[.authorization]
                #expect(credential == "Token key")
                // Once more says nothing new and asks nothing.
                let again = try await intake.send(.post, "/v1/feeds/cape", body: ["task_id": 17])
                #expect(again.json["accepted"]?.array?.first?["duplicate"]?.bool == true)
                let entries = try await client.get("/v1/audit/entries?from=0&limit=1000")
                #expect(entries.text().contains("cape:task:17"))
            }
            #expect(house.sandbox.asked.count == 1)
        }
    }

    @Test("a report that is not written yet is waited for, over a restart, and taken once")
    func restart() async throws {
        try await with(Self.cape, { _ in .json(Self.notYet) }) { house in
            try await house.live { server, client in
                let intake = try Client(server.intakeURL)
                #expect(try await intake.send(.post, "/v1/feeds/cape", body: ["task_id": 17]).status == 200)
                while house.sandbox.asked.count < 3 { await Task.yield() }
            }
            house.sandbox.answer { _ in .json(Self.capeReport(17)) }
            try await house.live { _, client in
                let verdicts = try await Self.eventually(client, "/v1/verdicts") { !Self.malicious($0).isEmpty }
                #expect(Self.malicious(verdicts).count == 1)
            }
            let before = house.sandbox.asked.count
            try await house.live { _, client in
                let status = try await client.get("/v1/status")
                #expect(status["jobs"]?["waiting"]?["feeds"]?.int == 0)
                let verdicts = try await client.get("/v1/verdicts")
                #expect(Self.malicious(verdicts).count == 1)
            }
            #expect(house.sandbox.asked.count == before)
        }
    }

    @Test("a report that does not exist is given up and shown; a redirect is not followed")
    func gone() async throws {
        try await with(Self.cape, { _ in SandboxServer.Answer(status: 404) }) { house in
            try await house.live { server, client in
                let intake = try Client(server.intakeURL)
                #expect(try await intake.send(.post, "/v1/feeds/cape", body: ["task_id": 17]).status == 200)
                let status = try await Self.eventually(client, "/v1/status") {
                    $0["jobs"]?["set_aside"]?.array?.isEmpty == false
                }
                let aside = try #require(status["jobs"]?["set_aside"]?.array?.first)
                #expect(aside["kind"]?.string == "fetch")
                #expect(aside["error"]?.string?.contains("cape task 17") == true)
            }
            // It will never be there: a restart does not ask again.
            house.sandbox.answer { _ in .json(Self.capeReport(17)) }
            try await house.live { _, client in
                let status = try await client.get("/v1/status")
                #expect(status["jobs"]?["waiting"]?["feeds"]?.int == 0)
            }
            #expect(house.sandbox.asked.count == 1)
        }
        try await with(Self.cape, { _ in .init(status: 302, headers: ["Location": "/elsewhere"]) }) { house in
            try await house.live { server, client in
                let intake = try Client(server.intakeURL)
                #expect(try await intake.send(.post, "/v1/feeds/cape", body: ["task_id": 18]).status == 200)
                let status = try await Self.eventually(client, "/v1/status") {
                    $0["feeds"]?.array?.first?["trouble"]?.string != nil
                }
                #expect(status["feeds"]?.array?.first?["trouble"]?.string?.contains("redirects") == true)
            }
            #expect(house.sandbox.asked.map(\.target) == ["/base/apiv2/tasks/get/report/18/json/"])
            // A person mended it, which takes a restart: nothing was lost.
            house.sandbox.answer { _ in .json(Self.capeReport(18)) }
            try await house.live { _, client in
                _ = try await Self.eventually(client, "/v1/verdicts") { Self.malicious($0).count == 1 }
            }
        }
    }

    @Test("an MD5 becomes all hashes by the sandbox's report")
    func zscaler() async throws {
        let report: JSONValue = [
            "Full Details": [
                "Classification": ["Type": "MALICIOUS", "Category": "MALWARE_BOTNET", "Score": 90],
                "FileProperties": [
                    "MD5": .string(Self.md5), "SHA1": .string(Self.sha1), "Sha256": .string(Self.sha),
                ], "Summary": ["Status": "COMPLETED", "StartTime": 1_790_000_000],
            ]
        ]
        try await with(
            { server in
                .init(
                    name: "zscaler", product: .zscaler,
                    authentication: .header(name: "X-Feed-Key", value: [Secret("k")]), server: .init(server: server))
            }, { _ in .json(report) }
        ) { house in
            try await house.live { server, client in
                let row: JSONValue = [
                    "sourcetype": "zscalernss-sandbox_verdict", "record_id": "1", "verdict": "Sandbox Malware",
                    "file": ["hash": ["md5": .string(Self.md5)]],
                ]
                let reply = try await Client(server.intakeURL).send(
                    .post, "/v1/feeds/zscaler", body: [row, row], headers: [HTTPHeader("X-Feed-Key", "k")])
                #expect(reply.status == 200)
                let cases = try await Self.eventually(client, "/v1/cases/\(Self.md5)") { $0.text().contains(Self.sha) }
                #expect(cases.text().contains(Self.sha1))
            }
            #expect(house.sandbox.asked.map(\.target) == ["/base/sandbox/report/\(Self.md5)?details=full"])
        }
    }

    // MARK: Lists

    @Test("what is new in a list is taken once, over restarts")
    func triage() async throws {
        // Later than the first question, which begins the list.
        let now = Surroundings.system.now() + .seconds(60)
        let listed = Locked<[JSONValue]>([Self.sample(1, at: now + .seconds(1)), Self.sample(0, at: now)])
        try await with(
            { server in
                .init(
                    name: "triage", product: .triage, authentication: .closed,
                    server: .init(server: server, pollInterval: .milliseconds(50)))
            },
            { asked in
                guard asked.target.hasPrefix("/base/v1/samples/") else {
                    return .json(["data": .array(listed.withLock { $0 })])
                }
                let id = asked.target.split(separator: "/")[3]
                return .json(Self.overview(String(id)))
            }
        ) { house in
            try await house.live { _, client in
                let verdicts = try await Self.eventually(client, "/v1/verdicts") { Self.malicious($0).count == 2 }
                #expect(verdicts["verdicts"]?.array?.count == 4)
            }
            listed.withLock { $0.insert(Self.sample(2, at: now + .seconds(2)), at: 0) }
            try await house.live { _, client in
                _ = try await Self.eventually(client, "/v1/verdicts") { Self.malicious($0).count == 3 }
            }
            let fetched = house.sandbox.asked.filter { $0.target.hasPrefix("/base/v1/samples/") }.map(\.target).sorted()
            #expect(
                fetched == (0...2).map { "/base/v1/samples/261120-s\($0)/overview.json" })
            #expect(house.sandbox.asked.contains { $0.target == "/base/v0/samples?subset=owned&limit=200" })
        }
    }

    @Test("a list's server that is of no use is shown, and asked again")
    func troubledList() async throws {
        try await with(
            { server in
                .init(
                    name: "misp", product: .misp, authentication: .closed,
                    server: .init(server: server, pollInterval: .milliseconds(50)))
            }, { _ in SandboxServer.Answer(status: 500) }
        ) { house in
            try await house.live { _, client in
                let status = try await Self.eventually(client, "/v1/status") {
                    $0["feeds"]?.array?.first?["trouble"]?.string != nil
                }
                #expect(status["feeds"]?.array?.first?["trouble"]?.string == "the server failed (500)")
                let event: JSONValue = [
                    "Event": [
                        "uuid": "5f8e1b1c-0000-4000-8000-000000000001", "info": "sandbox: malicious",
                        "publish_timestamp": .string(String(Surroundings.system.now().seconds + 60)),
                        "Tag": [["name": "malware_classification:malware-category=\"Ransomware\""]],
                        "Attribute": [["type": "sha256", "value": .string(Self.sha), "to_ids": true]],
                    ]
                ]
                house.sandbox.answer { _ in .json(["response": [event]]) }
                let verdicts = try await Self.eventually(client, "/v1/verdicts") {
                    $0["verdicts"]?.array?.isEmpty == false
                }
                #expect(verdicts["verdicts"]?.array?.count == 1)
                #expect(verdicts.text().contains(Self.sha))
                _ = try await Self.eventually(client, "/v1/status") {
                    $0["feeds"]?.array?.first?["trouble"]?.string == nil
                }
            }
        }
    }
}
