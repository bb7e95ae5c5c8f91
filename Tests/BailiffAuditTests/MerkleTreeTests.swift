import BailiffAudit
import BailiffModel
import Testing

@Suite(.serialized) struct MerkleTreeTests {
    /// The definition of RFC 6962 section 2.1, word for word, to compare with.
    static func definedRoot(_ leaves: ArraySlice<[UInt8]>) -> Digest {
        guard leaves.count > 1 else { return leaves.first.map { MerkleTree.leafHash($0) } ?? Digest.of([] as [UInt8]) }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let middle = leaves.startIndex + half
        return Digest.of([1] + definedRoot(leaves[..<middle]).bytes + definedRoot(leaves[middle...]).bytes)
    }

    static let leaves: [[UInt8]] = (0..<130).map { Array("leaf \($0)".utf8) }
    static let hashes = leaves.map { MerkleTree.leafHash($0) }

    @Test func rootsAreAsDefined() {
        for size in 0...130 {
            #expect(MerkleTree.root(of: Self.hashes.prefix(size)) == Self.definedRoot(Self.leaves.prefix(size)))
        }
    }

    @Test func everyInclusionProofHoldsAndNoOther() throws {
        for size in 1...70 {
            let hashes = Array(Self.hashes.prefix(size))
            let root = MerkleTree.root(of: hashes)
            for index in 0..<size {
                let proof = try #require(MerkleTree.inclusionProof(index: Int64(index), leafHashes: hashes))
                func holds(_ index: Int, _ leaf: Digest, _ proof: [Digest]) -> Bool {
                    MerkleTree.verifyInclusion(
                        leafHash: leaf, index: Int64(index), size: Int64(size), proof: proof, root: root)
                }
                #expect(holds(index, hashes[index], proof))
                #expect(!holds(index, Self.hashes[size], proof))
                #expect(!holds(index, hashes[index], proof + [root]))
                #expect(!holds(index, hashes[index], [root] + proof))
                if !proof.isEmpty { #expect(!holds(index, hashes[index], Array(proof.dropLast()))) }
                for other in 0..<size where other != index { #expect(!holds(other, hashes[index], proof)) }
            }
            #expect(MerkleTree.inclusionProof(index: Int64(size), leafHashes: hashes) == nil)
            #expect(MerkleTree.inclusionProof(index: -1, leafHashes: hashes) == nil)
        }
    }

    @Test func everyConsistencyProofHoldsAndNoOther() throws {
        for new in 1...70 {
            let hashes = Array(Self.hashes.prefix(new))
            let newRoot = MerkleTree.root(of: hashes)
            for old in 1...new {
                let oldRoot = MerkleTree.root(of: hashes.prefix(old))
                let proof = try #require(MerkleTree.consistencyProof(from: Int64(old), leafHashes: hashes))
                func holds(_ oldRoot: Digest, _ newRoot: Digest, _ proof: [Digest]) -> Bool {
                    MerkleTree.verifyConsistency(
                        from: Int64(old), root: oldRoot, to: Int64(new), root: newRoot, proof: proof)
                }
                #expect(holds(oldRoot, newRoot, proof))
                #expect(!holds(Self.hashes[100], newRoot, proof))
                #expect(!holds(oldRoot, Self.hashes[100], proof))
                #expect(!holds(oldRoot, newRoot, proof + [newRoot]))
                if !proof.isEmpty { #expect(!holds(oldRoot, newRoot, Array(proof.dropLast()))) }
                for position in proof.indices {
                    var broken = proof
                    broken[position] = Self.hashes[101]
                    #expect(!holds(oldRoot, newRoot, broken))
                }
            }
            #expect(MerkleTree.consistencyProof(from: 0, leafHashes: hashes) == nil)
            #expect(MerkleTree.consistencyProof(from: Int64(new) + 1, leafHashes: hashes) == nil)
        }
    }

    @Test func extremeSizesAreAnsweredAndDoNotTrap() {
        let hash = MerkleTree.emptyRoot
        for size in [Int64.max, .max - 1, 1 << 62, .min, -1, 0] {
            for index in [Int64.max, .max - 1, 1 << 62, 0, -1, .min] {
                let proof = [Digest](repeating: hash, count: 64)
                #expect(!MerkleTree.verifyInclusion(leafHash: hash, index: index, size: size, proof: proof, root: hash))
                #expect(
                    !MerkleTree.verifyConsistency(from: index, root: hash, to: size, root: hash, proof: proof)
                        || index == size)
                let inclusion = MerkleTree.inclusionRanges(index: index, size: size)
                #expect((inclusion != nil) == (index >= 0 && index < size))
                #expect((inclusion?.count ?? 0) <= 63)
                let consistency = MerkleTree.consistencyRanges(from: index, to: size)
                #expect((consistency != nil) == (index > 0 && index <= size))
                #expect((consistency?.count ?? 0) <= 64)
            }
        }
    }

    @Test func frontierGrowsAsTheTreeDoesAndSurvivesStorage() throws {
        var frontier = TreeFrontier()
        for size in 0...130 {
            #expect(frontier.size == Int64(size))
            #expect(frontier.root == MerkleTree.root(of: Self.hashes.prefix(size)))
            #expect(frontier.hashes.count == size.nonzeroBitCount)
            #expect(try TreeFrontier(size: frontier.size, bytes: frontier.bytes) == frontier)
            if size < 130 { frontier.append(Self.hashes[size]) }
        }
        #expect(throws: AuditError.self) { try TreeFrontier(size: 131, bytes: frontier.bytes) }
        #expect(throws: AuditError.self) { try TreeFrontier(size: -1, bytes: []) }
        #expect(throws: AuditError.self) { try TreeFrontier(size: .max, bytes: [UInt8](repeating: 0, count: 63 * 32)) }
        #expect(throws: AuditError.self) { try TreeFrontier(size: 1, bytes: [UInt8](repeating: 0, count: 31)) }
    }
}
