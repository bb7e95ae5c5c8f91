import BailiffAudit
import BailiffModel
import Testing

struct CheckpointTests {
    static let root = Base64.encode(MerkleTree.emptyRoot.bytes)

    @Test func rendersAndReads() throws {
        let checkpoint = try Checkpoint(origin: "bailiff.example/soc", size: 42, root: MerkleTree.emptyRoot)
        #expect(String(decoding: checkpoint.text, as: UTF8.self) == "bailiff.example/soc\n42\n\(Self.root)\n")
        #expect(try Checkpoint(text: checkpoint.text) == checkpoint)
        let extended = try Checkpoint(origin: "o", size: .max, root: MerkleTree.emptyRoot, extensions: ["x y"])
        #expect(try Checkpoint(text: extended.text) == extended)
        #expect(extended != checkpoint)
    }

    @Test(arguments: [
        "", "\n", "o\n1\n", "o\n1\nROOT", "\n1\nROOT\n", "o\n\nROOT\n", "o\n1\n\n", "o\n1\nROOT\n\n",
        "o\n1\nROOT\n\nx\n",
        "o\n01\nROOT\n", "o\n+1\nROOT\n", "o\n-1\nROOT\n", "o\n 1\nROOT\n", "o\n1 \nROOT\n", "o\n1_000\nROOT\n",
        "o\n0x1\nROOT\n",
        "o\n1e3\nROOT\n", "o\n9223372036854775808\nROOT\n", "o\n99999999999999999999999\nROOT\n", "o\n\u{0661}\nROOT\n",
        "o\n\u{FF11}\nROOT\n", "o\r\n1\r\nROOT\r\n", "o\n1\nROOT\r\n", "\u{FEFF}o\n1\nROOT\n", "o\t\n1\nROOT\n",
        "o\n1\n ROOT\n",
        "o\n1\nROOT \n", "o\n1\nAAAA\n", "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", "o\n1\n47DEQpj8HBSa-_TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    ])
    func refusesOtherForms(_ pattern: String) {
        let text = pattern.split(separator: "ROOT", omittingEmptySubsequences: false).joined(separator: Self.root)
        #expect(throws: AuditError.self) { try Checkpoint(text: Array(text.utf8)) }
    }

    @Test func theLargestSizeIsRead() throws {
        #expect(try Checkpoint(text: Array("o\n9223372036854775807\n\(Self.root)\n".utf8)).size == .max)
        #expect(try Checkpoint(text: Array("o\n0\n\(Self.root)\n".utf8)).size == 0)
    }

    @Test func originsAreSingleCleanLines() {
        for origin in ["", "a\nb", "a\r", "\u{FEFF}a"] {
            #expect(throws: AuditError.self) { try Checkpoint(origin: origin, size: 0, root: MerkleTree.emptyRoot) }
        }
        #expect(throws: AuditError.self) { try Checkpoint(origin: "o", size: -1, root: MerkleTree.emptyRoot) }
        #expect(throws: AuditError.self) {
            try Checkpoint(origin: "o", size: 0, root: MerkleTree.emptyRoot, extensions: [""])
        }
    }

    @Test func anotherLogsCheckpointIsRefused() throws {
        let key = try SigningKey(name: "a", seed: [UInt8](repeating: 1, count: 32))
        let note = try Checkpoint(origin: "b", size: 0, root: MerkleTree.emptyRoot).signed(by: key).bytes
        #expect(throws: AuditError(.wrongOrigin, "the checkpoint is one of another log than a")) {
            try Checkpoint(note: note, key: key.verifierKey)
        }
        #expect(try Checkpoint(note: note, key: key.verifierKey, origin: "b").size == 0)
        let lookalike = try Checkpoint(origin: "e\u{301}", size: 0, root: MerkleTree.emptyRoot)
        #expect(!lookalike.isOf(origin: "\u{E9}"))
    }
}

struct InclusionProofFileTests {
    @Test func provesOneEntryAndNoOther() async throws {
        let log = try MemoryLog(count: 300, checkpoints: [17, 270])
        for index in [0, 16, 17, 255, 256, 269] {
            let made = try await InclusionProofFile.make(index: Int64(index), source: log)
            let file = try InclusionProofFile(parsing: made.bytes)
            #expect(file == made)
            let key = log.key.verifierKey
            #expect(try file.verify(entry: log.stored[index].bytes, key: key).size == 270)
            #expect(throws: AuditError.self) { try file.verify(entry: log.stored[index + 1].bytes, key: key) }
            var moved = file
            moved.index += 1
            #expect(throws: AuditError.self) { try moved.verify(entry: log.stored[index].bytes, key: key) }
            let stranger = try SigningKey(name: MemoryLog.origin, seed: [UInt8](repeating: 8, count: 32)).verifierKey
            #expect(throws: AuditError.self) { try file.verify(entry: log.stored[index].bytes, key: stranger) }
        }
        await #expect(throws: AuditError.self) { try await InclusionProofFile.make(index: 270, source: log) }
        await #expect(throws: AuditError.self) { try await InclusionProofFile.make(index: -1, source: log) }
        await #expect(throws: AuditError.self) { try await InclusionProofFile.make(index: 0, source: MemoryLog()) }
    }

    @Test func anInnerNodeIsNoEntry() async throws {
        // The two halves of a node, presented as an entry of a log half as large, must not pass.
        let log = try MemoryLog(count: 2, checkpoints: [2])
        let forged = log.stored[0].leafHash.bytes + log.stored[1].leafHash.bytes
        let file = InclusionProofFile(index: 0, proof: [], checkpoint: try #require(log.notes[2]))
        #expect(throws: AuditError.self) { try file.verify(entry: forged, key: log.key.verifierKey) }
    }

    @Test func extraDataIsKept() throws {
        let file = InclusionProofFile(
            index: 3, proof: [MerkleTree.emptyRoot], checkpoint: [0x61, 0x0A], extra: [1, 2, 3])
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(text == "c2sp.org/tlog-proof@v1\nextra AQID\nindex 3\n\(CheckpointTests.root)\n\na\n")
        #expect(try InclusionProofFile(parsing: file.bytes) == file)
        let bare = InclusionProofFile(index: 0, proof: [], checkpoint: [])
        #expect(try InclusionProofFile(parsing: bare.bytes) == bare)
    }

    @Test(arguments: [
        "", "c2sp.org/tlog-proof@v1\nindex 0\n", "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\n\n",
        "\u{FEFF}c2sp.org/tlog-proof@v1\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex 00\n\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\n",
        "c2sp.org/tlog-proof@v1\nindex\n\n", "c2sp.org/tlog-proof@v1\nindex 0 \n\n", "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AQID\n\n", "c2sp.org/tlog-proof@v1\nextra AQI\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n", "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n",
    ])
    func refusesOtherForms(_ text: String) {
        #expect(throws: AuditError.self) { try InclusionProofFile(parsing: Array(text.utf8)) }
    }

    @Test func refusesMoreHashesThanAnyTreeNeeds() {
        let file = InclusionProofFile(
            index: 0, proof: [Digest](repeating: MerkleTree.emptyRoot, count: 64), checkpoint: [])
        #expect(throws: AuditError.self) { try InclusionProofFile(parsing: file.bytes) }
    }
}

struct WitnessTests {
    private let log: MemoryLog
    private var logs: [WitnessDecision.Log] { [.init(origin: MemoryLog.origin, key: log.key.verifierKey)] }

    init() throws { log = try MemoryLog(count: 40, checkpoints: [0, 7, 20, 40]) }

    private func status(_ request: AddCheckpointRequest, latest: Int64?) throws -> Int {
        let seen = try latest.map { try Checkpoint(note: try #require(log.notes[$0]), key: log.key.verifierKey) }
        switch WitnessDecision.decide(body: request.bytes, logs: logs, latest: { _ in seen }) {
        case .cosign: return 200
        case .refuse(let refusal): return refusal.status
        }
    }

    private func request(_ old: Int64, _ new: Int64) async throws -> AddCheckpointRequest {
        let prover = LogProver(source: log, head: log.state)
        let proof = old > 0 && old <= new ? try await prover.consistencyProof(from: old, to: new) : []
        return AddCheckpointRequest(oldSize: old, proof: proof, note: try #require(log.notes[new]))
    }

    @Test func growthIsCosigned() async throws {
        #expect(try await status(request(0, 7), latest: nil) == 200)
        #expect(try await status(request(7, 20), latest: 7) == 200)
        #expect(try await status(request(20, 20), latest: 20) == 200)
        #expect(try await status(request(0, 0), latest: nil) == 200)
        #expect(try await status(request(0, 40), latest: 0) == 200)
    }

    @Test func everythingElseIsRefused() async throws {
        #expect(try await status(request(40, 7), latest: 40) == 400)
        #expect(try await status(request(7, 20), latest: 20) == 409)
        #expect(try await status(request(7, 20), latest: nil) == 409)
        var wrong = try await request(7, 20)
        wrong.proof.removeLast()
        #expect(try status(wrong, latest: 7) == 422)
        wrong = try await request(0, 7)
        wrong.proof = [MerkleTree.emptyRoot]
        #expect(try status(wrong, latest: nil) == 422)

        let full = try Checkpoint(origin: MemoryLog.origin, size: 0, root: MerkleTree.leafHash([])).signed(by: log.key)
        #expect(try status(AddCheckpointRequest(oldSize: 0, proof: [], note: full.bytes), latest: nil) == 422)
        let other = try Checkpoint(origin: MemoryLog.origin, size: 20, root: MerkleTree.emptyRoot).signed(by: log.key)
        #expect(try status(AddCheckpointRequest(oldSize: 20, proof: [], note: other.bytes), latest: 20) == 422)

        let stranger = try MemoryLog(count: 7, checkpoints: [7], seed: 9)
        let unsigned = AddCheckpointRequest(oldSize: 0, proof: [], note: try #require(stranger.notes[7]))
        #expect(try status(unsigned, latest: nil) == 403)
        let foreign = try Checkpoint(origin: "elsewhere", size: 0, root: MerkleTree.emptyRoot).signed(by: log.key)
        #expect(try status(AddCheckpointRequest(oldSize: 0, proof: [], note: foreign.bytes), latest: nil) == 404)
    }

    @Test(arguments: [
        "", "old 0\n", "old 00\n\n", "old -1\n\n", "OLD 0\n\n", "old 0\r\n\n", "old 0\nAAAA\n\n",
        "old 0\n\nnot a note\n",
    ])
    func malformedRequestsAreRefused(_ text: String) {
        let decision = WitnessDecision.decide(body: Array(text.utf8), logs: logs, latest: { _ in nil })
        guard case .refuse(let refusal) = decision else {
            Issue.record("cosigned")
            return
        }
        #expect(refusal.status == 400)
    }

    @Test func cosignaturesBindTimeNameAndText() throws {
        let witness = try SigningKey(name: "witness.example", seed: [UInt8](repeating: 5, count: 32))
        let note = try SignedNote(parsing: try #require(log.notes[20]))
        let signature = try Cosignature.make(over: note, by: witness, at: 1_700_000_000)
        let known = try witness.witnessKey
        #expect(try note.adding(signature).verify(with: [known]).first?.cosignedAtSeconds == 1_700_000_000)
        for position in signature.payload.indices {
            var payload = signature.payload
            payload[position] ^= 1
            let changed = SignedNote.Signature(name: signature.name, keyID: signature.keyID, payload: payload)
            #expect(throws: AuditError.self) { try note.adding(changed).verify(with: [known]) }
        }
        let other = try SignedNote(parsing: try #require(log.notes[40]))
        #expect(throws: AuditError.self) { try other.adding(signature).verify(with: [known]) }
        // The same key as a log's key is another key.
        #expect(throws: AuditError.self) { try note.adding(signature).verify(with: [witness.verifierKey]) }
        #expect(Cosignature(payload: [UInt8](repeating: 0xFF, count: 72)) == nil)
        #expect(Cosignature(payload: [UInt8](repeating: 0, count: 71)) == nil)
        #expect(throws: AuditError.self) { try Cosignature.make(over: note, by: witness, at: -1) }
    }
}
