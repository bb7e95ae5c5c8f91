package import BailiffModel

/// Makes roots and proofs of any size from stored tiles, reading a handful of tiles for each.
package struct LogProver<Source: LogSource>: Sendable {
    private let source: Source
    /// The head that the partial tiles are read from; sizes beyond it are out of range.
    package let head: LogHead

    package init(source: Source, head: LogHead) {
        self.source = source
        self.head = head
    }

    /// - Throws: `AuditError` `.outOfRange` for a size beyond the head, `.missingTile`, and what the source throws.
    package func root(size: Int64) async throws -> Digest {
        guard size >= 0, size <= head.size else {
            throw AuditError(.outOfRange, "the log has \(head.size) entries, not \(size)")
        }
        var cache: [TreeNode: [Digest]] = [:]
        return size == 0 ? MerkleTree.emptyRoot : try await hash(of: 0..<size, cache: &cache)
    }

    /// - Throws: as ``root(size:)``, and `.outOfRange` unless 0 ≤ index < size.
    package func inclusionProof(index: Int64, size: Int64) async throws -> [Digest] {
        guard size <= head.size, let ranges = MerkleTree.inclusionRanges(index: index, size: size) else {
            throw AuditError(.outOfRange, "there is no entry \(index) in a log of \(min(size, head.size)) entries")
        }
        return try await hashes(of: ranges)
    }

    /// - Throws: as ``root(size:)``, and `.outOfRange` unless 0 < old ≤ new.
    package func consistencyProof(from old: Int64, to new: Int64) async throws -> [Digest] {
        guard new <= head.size, let ranges = MerkleTree.consistencyRanges(from: old, to: new) else {
            throw AuditError(.outOfRange, "sizes \(old) and \(new) cannot be compared in a log of \(head.size) entries")
        }
        return try await hashes(of: ranges)
    }

    private func hashes(of ranges: [Range<Int64>]) async throws -> [Digest] {
        var cache: [TreeNode: [Digest]] = [:]
        var out: [Digest] = []
        for range in ranges { out.append(try await hash(of: range, cache: &cache)) }
        return out
    }

    private func hash(of range: Range<Int64>, cache: inout [TreeNode: [Digest]]) async throws -> Digest {
        var parts: [Digest] = []
        for node in MerkleTree.completeSubtrees(of: range) {
            parts.append(try await hash(of: node, cache: &cache))
        }
        return MerkleTree.join(parts)
    }

    private func hash(of node: TreeNode, cache: inout [TreeNode: [Digest]]) async throws -> Digest {
        let level = node.level / TileLayout.height
        let within = Int64(node.level % TileLayout.height)
        let first = node.index << within
        let tile = TreeNode(level: level, index: first / Int64(TileLayout.fullWidth))
        let hashes: [Digest]
        if let cached = cache[tile] {
            hashes = cached
        } else {
            hashes = Digest.split(try await bytes(of: tile))
            cache[tile] = hashes
        }
        let start = Int(first % Int64(TileLayout.fullWidth))
        let end = start + 1 << Int(within)
        guard end <= hashes.count else {
            throw AuditError(.missingTile, "tile \(tile.index) of level \(level) is too short")
        }
        return MerkleTree.root(of: hashes[start..<end])
    }

    private func bytes(of tile: TreeNode) async throws -> [UInt8] {
        guard let bytes = try await source.storedTile(level: tile.level, index: tile.index, head: head) else {
            throw AuditError(.missingTile, "tile \(tile.index) of level \(tile.level) is missing")
        }
        return bytes
    }
}
