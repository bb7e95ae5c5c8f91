import BailiffAudit
import BailiffModel
import Testing

/// The published vectors of RFC 6962 trees.
@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct MerkleVectorTests {
    @Test func hashes() throws {
        let cases = try Corpus.load("rfc6962_hashing.json").list("cases")
        #expect(cases.count >= 4)
        for row in cases {
            let result: Digest?
            switch try row.text("op") {
            case "empty": result = MerkleTree.emptyRoot
            case "leaf": result = Hex.decode(try row.text("data_hex")).map { MerkleTree.leafHash($0) }
            default: result = try nodeHashOfAnyLength(row)
            }
            let (name, wanted) = (try row.text("name"), try row.text("want_hex"))
            #expect(result?.hex == wanted, "\(name)")
        }
    }

    /// The vector's node halves are shorter than hashes: the same prefix over other bytes.
    private func nodeHashOfAnyLength(_ row: JSONValue) throws -> Digest? {
        guard let left = Hex.decode(try row.text("left_hex")), let right = Hex.decode(try row.text("right_hex")) else {
            return nil
        }
        return Digest.of([1] + left + right)
    }

    @Test func referenceTree() throws {
        let file = try Corpus.load("rfc6962_reference_tree.json")
        let leaves = try file.list("leaves_hex").compactMap { $0.string.flatMap { Hex.decode($0) } }.map {
            MerkleTree.leafHash($0)
        }
        let roots = try file.list("roots_hex_by_size").compactMap(\.string)
        #expect(leaves.count == 8 && roots.count == 9)
        for (size, root) in roots.enumerated() { #expect(MerkleTree.root(of: leaves.prefix(size)).hex == root) }
        for (level, nodes) in try file.list("nodes_hex_by_level").enumerated() {
            for (index, node) in (nodes.array ?? []).enumerated() {
                let range = (index << level)..<((index + 1) << level)
                #expect(MerkleTree.root(of: leaves[range]).hex == node.string)
            }
        }
        guard let proofs = file["proofs_from_cmd_proofgen"] else { throw MissingMember(name: "proofs") }
        for row in try proofs.list("inclusion") {
            let size = Int(try row.integer("size"))
            let proof = MerkleTree.inclusionProof(
                index: try row.integer("leaf_index"), leafHashes: Array(leaves.prefix(size)))
            let wanted = try row.list("proof_hex").compactMap(\.string)
            #expect(proof?.map(\.hex) == wanted)
        }
        for row in try proofs.list("consistency") {
            let size = Int(try row.integer("size2"))
            let proof = MerkleTree.consistencyProof(
                from: try row.integer("size1"), leafHashes: Array(leaves.prefix(size)))
            let wanted = try row.list("proof_hex").compactMap(\.string)
            #expect(proof?.map(\.hex) == wanted)
        }
    }

    @Test func inclusionProbes() throws {
        let probes = try Corpus.load("rfc6962_inclusion_probes.json").list("probes")
        #expect(probes.count >= 98)
        for row in probes {
            var isProved = false
            if let proof = try row.proof("proof"), let root = try row.base64Digest("root"),
                let leaf = try row.base64Digest("leafHash")
            {
                isProved = MerkleTree.verifyInclusion(
                    leafHash: leaf, index: try row.position("leafIdx"), size: try row.position("treeSize"),
                    proof: proof,
                    root: root)
            }
            let file = try row.text("file")
            #expect(isProved == (row["wantErr"]?.bool == false), "\(file)")
        }
    }

    @Test func consistencyProbes() throws {
        let probes = try Corpus.load("rfc6962_consistency_probes.json").list("probes")
        #expect(probes.count >= 98)
        for row in probes {
            var isProved = false
            if let proof = try row.proof("proof"), let root1 = try row.opaqueRoot("root1"),
                let root2 = try row.opaqueRoot("root2")
            {
                isProved = MerkleTree.verifyConsistency(
                    from: try row.position("size1"), root: root1, to: try row.position("size2"), root: root2,
                    proof: proof)
            }
            let file = try row.text("file")
            #expect(isProved == (row["wantErr"]?.bool == false), "\(file)")
        }
    }
}
