import BailiffAudit
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import BailiffServer
import Foundation
import Testing

/// From the webhook to the verified log, over real sockets and a database on disk.
@Suite("The whole way", .serialized)
struct SpineTests {
    @Test("a signed batch isolates a machine, a person approves the quarantine, the log verifies")
    func wholeWay() async throws {
        try await Estate.with { estate in
            let admin = try await estate.person("ada", ["admin", "viewer"])
            let analyst = try await estate.person("ana", ["soc-analyst"])
            let batch = Array(try TemporaryFolder.contents("fixtures/demo/batch.json").utf8)
            let reply = try await Client(estate.server.intakeURL).send(
                .post, "/v1/feeds/zscaler", bytes: batch,
                headers: [
                    HTTPHeader("X-Feed-Key", Estate.feedKey), HTTPHeader("Content-Type", "application/json"),
                ])
            #expect(reply.status == 200)
            #expect(reply.json["accepted"]?.array?.count == 2)
            #expect(reply.json["rejected"]?.array?.count == 1)
            let id = try #require(reply.json["accepted"]?.array?.first?["case"]?.string)

            // Only the MD5 is known: hunting names the machine.
            let machine = "ab09eaa5db0ce3ccd16485677ee59b7d72b4c9a0"
            let order = try #require(
                await estate.emulator.request { $0.actionType == "Isolate" && $0.isActionTaken })
            #expect(order.machineID == machine)
            let asked = try await estate.eventually("/v1/approvals", by: analyst) {
                $0["approvals"]?.array?.isEmpty == false
            }
            let question = try #require(asked["approvals"]?.array?.first)
            let approvalID = try #require(question["id"]?.string)
            let shown = try await analyst.get("/v1/approvals/\(approvalID)")
            #expect(shown["action"]?.string == "stop_and_quarantine")
            #expect(shown["you"]?["may_answer"]?.bool == true)
            #expect(shown["machines"]?.array?.map { $0["machine_id"]?.string } == [machine])
            #expect(estate.emulator.requests().allSatisfy { $0.actionType != "StopAndQuarantineFile" })

            let digest = try #require(shown["digest"]?.string)
            let wrong = try await analyst.send(
                .post, "/v1/approvals/\(approvalID)/decisions",
                body: ["answer": "approve", "digest": .string(Digest.of("x").hex), "reason": "seen"])
            #expect(wrong.status == 409)
            let answered = try await analyst.send(
                .post, "/v1/approvals/\(approvalID)/decisions",
                body: ["answer": "approve", "digest": .string(digest), "reason": "seen"])
            #expect(answered.status == 200)
            #expect(answered.json["state"]?.string == "granted")

            let done = try await estate.eventually("/v1/cases/\(id)", by: admin) { shown in
                shown["runs"]?.array?.allSatisfy { $0["state"]?.string == "ended" } == true
            }
            let outcomes = try #require(done["actions"]?.array).map { action in
                "\(action["action"]?.string ?? "") \(action["outcome"]?.string ?? "null")"
            }
            #expect(outcomes.sorted() == ["investigate done", "isolate done", "stop_and_quarantine done"])
            #expect(done["actions"]?.array?.allSatisfy { $0["machine_id"]?.string == machine } == true)
            #expect(done["actions"]?.array?.allSatisfy { $0["defender_action_id"]?.string != nil } == true)
            #expect(done["sightings"]?.array?.map { $0["machine_id"]?.string } == [machine])
            #expect(done["coverage"]?["gaps"]?.array?.isEmpty == false)
            let orders = estate.emulator.requests().filter(\.isActionTaken).compactMap(\.actionType)
            #expect(orders.sorted() == ["Isolate", "StartInvestigation", "StopAndQuarantineFile"])

            // The same batch again: the same answer, nothing done twice.
            let again = try await Client(estate.server.intakeURL).send(
                .post, "/v1/feeds/zscaler", bytes: batch, headers: [HTTPHeader("X-Feed-Key", Estate.feedKey)])
            #expect(again.status == 200)
            #expect(again.json["accepted"]?.array?.allSatisfy { $0["duplicate"]?.bool == true } == true)
            try await verifyLog(estate, by: admin)
        }
    }

    /// Rebuilds the log from its tiles as any other tool would, and holds it against the checkpoint.
    private func verifyLog(_ estate: Estate, by client: Client) async throws {
        let entries = try await client.get("/v1/audit/entries")["size"]?.int ?? 0
        let head = try await estate.eventually("/v1/audit/head", by: client) { $0["size"]?.int ?? 0 >= entries }
        let size = try #require(head["size"]?.int)
        #expect(size < 256)
        let key = try VerifierKey(file: try await client.send(.get, "/audit/log.vkey").body)
        let tile = try await client.send(.get, "/audit/tile/0/000.p/\(size)").body
        let hashes = stride(from: 0, to: tile.count, by: 32).compactMap { Digest(bytes: tile[$0..<$0 + 32]) }
        let bundle = try EntryBundle.decode(try await client.send(.get, "/audit/tile/entries/000.p/\(size)").body)
        #expect(bundle.map(\.leafHash) == hashes)
        #expect(MerkleTree.root(of: hashes).hex == head["root"]?.string)
        let note = try await client.send(.get, "/audit/checkpoint").body
        let checkpoint = try Checkpoint(note: note, key: key)
        #expect(MerkleTree.root(of: hashes.prefix(Int(checkpoint.size))) == checkpoint.root)
    }

    @Test("after a restart everything is still there, the key is the same, the log goes on")
    func restart() async throws {
        try await Estate.with { estate in
            let admin = try await estate.person("ada", ["admin"])
            let verdict: JSONValue = ["verdict": "benign", "sha256": .string(Digest.of("a").hex)]
            #expect(try await estate.deliver(verdict.utf8(), id: "m1").status == 200)
            let key = try await client(admin, "/audit/log.vkey")
            #expect(TemporaryFolder.mode(of: estate.folder.file("audit.key")) == 0o600)
            #expect(TemporaryFolder.mode(of: estate.server.socketPath) == 0o600)
            try await estate.server.stop()
            #expect(!FileManager.default.fileExists(atPath: estate.server.socketPath))
            let kept = try #require(FileManager.default.contents(atPath: estate.folder.file("elsewhere.checkpoint")))
            let second = try await RunningServer.start(
                estate.configuration, options: Estate.options, logger: Estate.logger)
            do {
                let again = try Client(second.apiURL, token: admin.token)
                #expect(try await again.get("/v1/verdicts")["verdicts"]?.array?.count == 1)
                #expect(try await client(again, "/audit/log.vkey") == key)
                let verifier = try VerifierKey(file: key)
                let old = try Checkpoint(note: Array(kept), key: verifier)
                let new = try Checkpoint(note: try await client(again, "/audit/checkpoint"), key: verifier)
                #expect(new.size >= old.size)
                try await second.stop()
            } catch {
                try? await second.stop()
                throw error
            }
        }
    }

    private func client(_ client: Client, _ path: String) async throws -> [UInt8] {
        try await client.send(.get, path).body
    }

    @Test("a halt stops sends until a person resumes")
    func halt() async throws {
        try await Estate.with { estate in
            let admin = try await estate.person("ada", ["admin"])
            #expect(try await estate.local("POST", "/v1/halt", ["reason": "drill"]).status == 200)
            let verdict = Array(try TemporaryFolder.contents("fixtures/demo/verdict.json").utf8)
            let reply = try await estate.deliver(verdict, id: "m1")
            #expect(reply.status == 200)
            let id = try #require(reply.json["accepted"]?.array?.first?["case"]?.string)
            let planned = try await estate.eventually("/v1/cases/\(id)", by: admin) { shown in
                shown["actions"]?.array?.contains { $0["state"]?.string == "intended" } == true
            }
            #expect(planned["actions"]?.array?.isEmpty == false)
            #expect(estate.emulator.requests().allSatisfy { !$0.isActionTaken })
            #expect(try await estate.local("POST", "/v1/resume", ["reason": "over"]).status == 200)
            _ = try #require(await estate.emulator.request { $0.actionType == "Isolate" && $0.isActionTaken })
        }
    }

    @Test("two addresses: the intake's takes deliveries and nothing else")
    func addresses() async throws {
        try await Estate.with { estate in
            let admin = try await estate.person("ada", ["admin"])
            #expect(estate.server.intakeURL != estate.server.apiURL)
            let atIntake = try await Client(estate.server.intakeURL, token: admin.token).send(.get, "/v1/cases")
            #expect(atIntake.status == 404)
            let atAPI = try await admin.send(.post, "/v1/feeds/lab", body: [:])
            #expect(atAPI.status == 404)
            let nobody = try await Client(estate.server.apiURL).send(.get, "/v1/cases")
            #expect(nobody.status == 401)
        }
    }
}
