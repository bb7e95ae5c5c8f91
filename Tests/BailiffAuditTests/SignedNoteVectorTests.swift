import BailiffAudit
import BailiffModel
import Testing

/// The published vectors of signed notes, checkpoints and witness requests.
@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct SignedNoteVectorTests {
    private func keys(_ row: JSONValue) throws -> [VerifierKey] {
        try row.list("vkeys").compactMap(\.string).map { try VerifierKey(text: $0) }
    }

    @Test func signingKey() throws {
        let file = try Corpus.load("signed_note.json")
        let row = try #require(file["signing_key"])
        let key = try SigningKey(text: try row.text("skey"))
        let (name, vkey, publicHex, idHex) = (
            try row.text("name"), try row.text("vkey"), try row.text("public_hex"), try row.text("key_id_hex")
        )
        #expect(key.name == name)
        #expect(key.verifierKey.text == vkey)
        #expect(Hex.encode(key.verifierKey.publicKey) == publicHex)
        #expect(Hex.encode(key.verifierKey.id) == idHex)
        let fromSeed = try SigningKey(name: name, seed: try #require(Hex.decode(try row.text("seed_hex"))))
        #expect(fromSeed.text == key.text)
        // Ed25519 is deterministic: signing the published text must give the published note.
        let published = try #require(file["valid"]?.array?.first)
        let (text, note) = (try published.text("text"), try published.text("note"))
        #expect(try SignedNote(signing: Array(text.utf8), with: [key]).bytes == Array(note.utf8))
    }

    @Test func validNotes() throws {
        let rows = try Corpus.load("signed_note.json").list("valid")
        #expect(rows.count >= 5)
        for row in rows {
            let (name, bytes, text) = (try row.text("name"), Array(try row.text("note").utf8), try row.text("text"))
            let note = try SignedNote(parsing: bytes)
            let wanted = try row.list("verified").compactMap(\.string)
            let verified = try note.verify(with: keys(row)).map(\.key.name)
            #expect(verified == wanted, "\(name)")
            #expect(note.text == Array(text.utf8), "\(name)")
            #expect(note.bytes == bytes, "\(name)")
        }
    }

    @Test func invalidNotes() throws {
        let rows = try Corpus.load("signed_note.json").list("invalid")
        #expect(rows.count >= 10)
        for row in rows {
            var bytes = Array(row["note"]?.string?.utf8 ?? "".utf8)
            if let hex = row["note_hex"]?.string { bytes = try #require(Hex.decode(hex)) }
            if let pattern = row["note_repeat"] {
                bytes = Array(try pattern.text("head").utf8)
                for _ in 0..<(try pattern.integer("times")) { bytes += Array(try pattern.text("line").utf8) }
            }
            let (name, known) = (try row.text("name"), try keys(row))
            #expect(!bytes.isEmpty)
            #expect(throws: AuditError.self, "\(name)") { _ = try SignedNote(parsing: bytes).verify(with: known) }
        }
    }

    @Test func badVerifierKeys() throws {
        let rows = try Corpus.load("signed_note.json").list("bad_vkeys")
        #expect(rows.count >= 3)
        for row in rows {
            let (text, why) = (try row.text("vkey"), try row.text("why"))
            #expect(throws: AuditError.self, "\(why)") { try VerifierKey(text: text) }
        }
    }

    @Test func signedCheckpoints() throws {
        let file = try Corpus.load("checkpoint.json")
        var roots: [Int64: Digest] = [:]
        for row in try file.list("signed") {
            let key = try VerifierKey(text: try row.text("vkey"))
            let (note, origin, name) = (Array(try row.text("note").utf8), try row.text("origin"), try row.text("name"))
            let checkpoint = try Checkpoint(note: note, key: key, origin: origin)
            let (size, root) = (try row.integer("size"), try row.base64Digest("root_b64"))
            #expect(checkpoint.size == size && checkpoint.root == root, "\(name)")
            #expect(checkpoint.text == (try SignedNote(parsing: note)).text)
            if key.name != origin {
                #expect(throws: AuditError.self) { try Checkpoint(note: note, key: key) }
            } else {
                roots[size] = root
            }
        }
        for row in try file.list("signed_invalid") {
            let key = try VerifierKey(text: try row.text("vkey"))
            let note = Array(try row.text("note").utf8)
            #expect(throws: AuditError.self) { try Checkpoint(note: note, key: key) }
        }
        let proofs = try file.list("consistency")
        #expect(proofs.count >= 3)
        for row in proofs {
            let (old, new) = (try row.integer("size1"), try row.integer("size2"))
            let (proof, oldRoot, newRoot) = (
                try #require(try row.proof("proof_b64")), try #require(roots[old]), try #require(roots[new])
            )
            #expect(MerkleTree.verifyConsistency(from: old, root: oldRoot, to: new, root: newRoot, proof: proof))
        }
    }

    @Test func checkpointTexts() throws {
        let file = try Corpus.load("checkpoint.json")
        for row in try file.list("format_only") {
            let note = try SignedNote(parsing: Array(try row.text("note").utf8))
            let checkpoint = try Checkpoint(text: note.text)
            let (origin, size) = (try row.text("origin"), try row.integer("size"))
            #expect(checkpoint.isOf(origin: origin) && checkpoint.size == size)
        }
        for row in try file.list("body_parse") {
            let body = try row.text("body")
            let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
            // The vectors allow hashes of any length; a log over SHA-256 has 32 bytes.
            let hasRoot = lines.count > 2 && Base64.decode(lines[2])?.count == 32
            let isExpected = row["ok_generic"]?.bool == true && hasRoot
            #expect(((try? Checkpoint(text: Array(body.utf8))) != nil) == isExpected, "\(body)")
            if let leaf = row["root_is_leaf_hash_of"]?.string {
                #expect(try Checkpoint(text: Array(body.utf8)).root == MerkleTree.leafHash(Array(leaf.utf8)))
            }
        }
    }

    @Test func witnessRequestsInOrder() throws {
        let file = try Corpus.load("witness_add_checkpoint.json")
        let key = try VerifierKey(text: try file.text("log_vkey"))
        let witness = try SigningKey(name: "example.com/witness", seed: [UInt8](repeating: 3, count: 32))
        var latest: [String: Checkpoint] = [:]
        let requests = try file.list("requests")
        #expect(requests.count >= 9)
        for (index, row) in requests.enumerated() {
            let body = Array(try row.text("body").utf8)
            let decision = WitnessDecision.decide(
                body: body, logs: [.init(origin: key.name, key: key)], latest: { latest[$0] })
            // Where the vectors give two statuses, the specification's own is the last.
            let status = row["status"]?.int ?? row["status"]?.array?.last?.int
            switch decision {
            case .cosign(let checkpoint, let note):
                #expect(status == 200, "request \(index)")
                latest[checkpoint.origin] = checkpoint
                let cosigned = note.adding(try Cosignature.make(over: note, by: witness, at: 1_700_000_000))
                let opened = try SignedNote(parsing: cosigned.bytes).verify(with: [key, witness.witnessKey])
                #expect(opened.last?.cosignedAtSeconds == 1_700_000_000)
            case .refuse(let refusal):
                #expect(Int64(refusal.status) == status, "request \(index): \(refusal.reason)")
                if refusal.status == 409 {
                    let wanted = try row.text("upstream_assert")
                    #expect(wanted.contains("\"\(refusal.cosignedSize ?? -1)\\n\""))
                }
            }
        }
        #expect(latest[key.name]?.size == 5)
    }
}
