import BailiffAPI
import BailiffAudit
import BailiffEngine
import BailiffModel
import HTTPTypes
import Testing

@Suite("The log over HTTP")
struct AuditTests {
    @Test("entries come in order, the newest where no beginning is given, with what they commit to")
    func entries() async throws {
        let harness = try Harness()
        for number in 0..<5 {
            #expect(try await harness.deliver(Harness.verdict(number).utf8(), id: "msg_\(number)").status == .ok)
        }
        _ = await harness.post("/v1/halt", ["reason": "a drill"])
        let last = await harness.get("/v1/audit/entries?limit=2").json
        #expect(last["entries"]?.array?.map { $0["index"]?.int } == [4, 5])
        #expect(last["size"]?.int == 6)
        #expect(last["next"] == .null)
        let halt = try #require(last["entries"]?.array?.last)
        #expect(halt["kind"]?.string == "control.halted")
        #expect(halt["values"]?["/reason"]?.string == "a drill")
        #expect(halt["in_tree"]?.bool == false)
        let raw = try #require(halt["raw"]?.string.flatMap { Base64.decode($0) })
        #expect(Entry(stored: raw).leafHash.hex == halt["leaf_hash"]?.string)
        #expect(!String(decoding: raw, as: UTF8.self).contains("a drill"))
        let first = await harness.get("/v1/audit/entries?from=0&limit=4").json
        #expect(first["next"]?.int == 4)
    }

    @Test("whoever waits gets an entry as soon as it is there")
    func waits() async throws {
        let harness = try Harness()
        #expect(try await harness.deliver(Harness.verdict(1).utf8(), id: "msg_1").status == .ok)
        async let waiting = harness.get("/v1/audit/entries?from=1&wait=30")
        #expect(await harness.post("/v1/halt", ["reason": "drill"]).status == .ok)
        let reply = await waiting.json
        #expect(reply["entries"]?.array?.first?["kind"]?.string == "control.halted")
        #expect(await harness.get("/v1/audit/entries?from=2&wait=0").json["entries"]?.array == [])
        #expect(await harness.get("/v1/audit/entries?from=2&wait=31").code == "request.query")
    }

    @Test("tiles, bundles and the checkpoint make one log that verifies")
    func tiles() async throws {
        let harness = try Harness()
        #expect(await harness.get("/audit/checkpoint").code == "id.unknown")
        let batches = 3
        for batch in 0..<batches {
            for number in 0..<100 {
                let reply = try await harness.deliver(
                    Harness.verdict(batch * 100 + number).utf8(), id: "msg_\(batch)_\(number)")
                #expect(reply.status == .ok)
            }
            try await harness.sequencer.catchUp(checkpoint: true)
        }
        let note = await harness.get("/audit/checkpoint")
        let checkpoint = try Checkpoint(note: note.body, key: harness.key.verifierKey)
        #expect(checkpoint.size == 300)
        let full = await harness.get("/audit/tile/0/000")
        #expect(full.body.count == 8_192)
        #expect(full.headers[.cacheControl] == "max-age=31536000, immutable")
        let partial = await harness.get("/audit/tile/0/001.p/44")
        #expect(partial.body.count == 44 * 32)
        let leaves = full.body + partial.body
        let hashes = stride(from: 0, to: leaves.count, by: 32).compactMap { Digest(bytes: leaves[$0..<$0 + 32]) }
        #expect(MerkleTree.root(of: hashes) == checkpoint.root)
        let bundle = try EntryBundle.decode(await harness.get("/audit/tile/entries/001.p/44").body)
        #expect(bundle.map(\.leafHash) == Array(hashes.suffix(44)))
        #expect(await harness.get("/audit/tile/0/001.p/45").code == "id.unknown")
        #expect(await harness.get("/audit/tile/0/001").code == "id.unknown")
        #expect(await harness.get("/audit/tile/entries/002.p/1").code == "id.unknown")
        let key = await harness.get("/audit/log.vkey")
        #expect(try VerifierKey(file: key.body) == harness.key.verifierKey)
        let sizes = await harness.get("/v1/audit/checkpoints?after=100").json["checkpoints"]?.array?.map {
            $0["size"]?.int
        }
        #expect(sizes == [200, 300])
        let head = await harness.get("/v1/audit/head").json
        let restored = try LogHead(
            size: try #require(head["size"]?.int),
            frontier: try #require(head["frontier"]?.string.flatMap { Base64.decode($0) }),
            partials: try #require(head["partials"]?.string.flatMap { Base64.decode($0) }))
        #expect(restored.root == checkpoint.root)
    }
}
