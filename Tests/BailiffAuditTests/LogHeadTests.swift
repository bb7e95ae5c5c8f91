import BailiffAudit
import BailiffModel
import Testing

@Suite(.serialized) struct LogHeadTests {
    static let sizes = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000]

    /// Entries of a few bytes: their content is not what these tests are about.
    static func entries(_ range: Range<Int>) -> [Entry] { range.map { Entry(stored: Array("{\"n\":\($0)}".utf8)) } }

    @Test(arguments: sizes)
    func tilesAndRootAreThoseOfTheTree(_ size: Int) throws {
        let entries = Self.entries(0..<size)
        var head = LogHead()
        let tiles = head.integrate(entries)
        #expect(head.size == Int64(size))
        #expect(head.root == MerkleTree.root(of: entries.map(\.leafHash)))

        // Each level rebuilt from the definition: the hashes of one are the roots over 256 of the one below.
        var level = 0
        var hashes = entries.map(\.leafHash)
        while !hashes.isEmpty {
            let full = hashes.count / 256
            let found = tiles.filter { $0.level == level }
            #expect(found.map(\.index) == (0..<Int64(full)).map { $0 })
            for tile in found {
                let start = Int(tile.index) * 256
                #expect(tile.hashes == hashes[start..<start + 256].flatMap(\.bytes))
            }
            #expect(head.partials[level] == hashes[(full * 256)...].flatMap(\.bytes))
            hashes = (0..<full).map { MerkleTree.root(of: hashes[$0 * 256..<($0 + 1) * 256]) }
            level += 1
        }
        #expect(tiles.allSatisfy { $0.level < level })
    }

    @Test func batchesGiveTheSameAsOneGo() {
        let entries = Self.entries(0..<3_000)
        var atOnce = LogHead()
        let allTiles = atOnce.integrate(entries)
        var generator = SeededGenerator(seed: 7)
        var head = LogHead()
        var tiles: [FullTile] = []
        var start = 0
        while start < entries.count {
            let end = min(entries.count, start + Int.random(in: 0...300, using: &generator))
            tiles += head.integrate(entries[start..<end])
            start = end
        }
        #expect(head == atOnce)
        #expect(tiles == allTiles)
    }

    @Test(arguments: sizes)
    func survivesStorage(_ size: Int) throws {
        var head = LogHead()
        _ = head.integrate(Self.entries(0..<size))
        var restored = try LogHead(size: head.size, frontier: head.frontier.bytes, partials: head.partialBytes)
        #expect(restored == head)
        let more = Self.entries(size..<size + 300)
        #expect(restored.integrate(more) == head.integrate(more))
        #expect(restored.root == head.root)
    }

    @Test func refusesWhatDoesNotBelongTogether() throws {
        var head = LogHead()
        _ = head.integrate(Self.entries(0..<700))
        let (frontier, partials) = (head.frontier.bytes, head.partialBytes)
        func refuses(_ size: Int64, _ frontier: [UInt8], _ partials: [UInt8]) -> Bool {
            do { _ = try LogHead(size: size, frontier: frontier, partials: partials) } catch {
                return error.code == .malformedHead
            }
            return false
        }
        #expect(!refuses(700, frontier, partials))
        #expect(refuses(699, frontier, partials))
        #expect(refuses(701, frontier, partials))
        #expect(refuses(700, frontier, Array(partials.dropLast())))
        #expect(refuses(700, frontier, partials + [0]))
        #expect(refuses(-700, frontier, partials))
        #expect(refuses(.max, [UInt8](repeating: 0, count: 63 * 32), []))
        for position in stride(from: 0, to: frontier.count, by: 7) {
            var broken = frontier
            broken[position] ^= 1
            #expect(refuses(700, broken, partials))
        }
        for position in stride(from: 0, to: partials.count, by: 101) {
            var broken = partials
            broken[position] ^= 0x80
            #expect(refuses(700, frontier, broken))
        }
    }

    @Test func provesFromTilesWhatTheTreeProves() async throws {
        var log = try MemoryLog()
        log.append(Self.entries(0..<66_000))
        let hashes = log.stored.map(\.leafHash)
        let prover = LogProver(source: log, head: log.state)
        var generator = SeededGenerator(seed: 11)
        let sizes =
            [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 66_000]
            + (0..<12).map { _ in Int.random(in: 1...66_000, using: &generator) }
        for size in sizes {
            let known = Array(hashes.prefix(size))
            let root = MerkleTree.root(of: known)
            #expect(try await prover.root(size: Int64(size)) == root)
            let index = Int.random(in: 0..<size, using: &generator)
            let inclusion = try await prover.inclusionProof(index: Int64(index), size: Int64(size))
            #expect(inclusion == MerkleTree.inclusionProof(index: Int64(index), leafHashes: known))
            let old = Int.random(in: 1...size, using: &generator)
            let consistency = try await prover.consistencyProof(from: Int64(old), to: Int64(size))
            #expect(
                MerkleTree.verifyConsistency(
                    from: Int64(old), root: MerkleTree.root(of: known.prefix(old)), to: Int64(size), root: root,
                    proof: consistency))
        }
        #expect(try await prover.root(size: 0) == MerkleTree.emptyRoot)
        await #expect(throws: AuditError.self) { try await prover.root(size: 66_001) }
        await #expect(throws: AuditError.self) { try await prover.root(size: -1) }
        await #expect(throws: AuditError.self) { try await prover.inclusionProof(index: 5, size: 5) }
        await #expect(throws: AuditError.self) { try await prover.inclusionProof(index: 5, size: 66_001) }
        await #expect(throws: AuditError.self) { try await prover.consistencyProof(from: 0, to: 5) }
    }

    @Test func aMissingTileIsNamed() async throws {
        var log = try MemoryLog()
        log.append(Self.entries(0..<1_000))
        log.tiles[TreeNode(level: 0, index: 1)] = nil
        let prover = LogProver(source: log, head: log.state)
        await #expect(throws: AuditError(.missingTile, "tile 1 of level 0 is missing")) {
            try await prover.inclusionProof(index: 300, size: 1_000)
        }
    }
}
