package import BailiffModel

/// A tile that is complete and never changes again.
package struct FullTile: Sendable, Hashable {
    package var level: Int
    package var index: Int64
    /// 256 hashes, 8,192 bytes.
    package var hashes: [UInt8]

    package init(level: Int, index: Int64, hashes: [UInt8]) {
        self.level = level
        self.index = index
        self.hashes = hashes
    }
}

/// The growing end of a log: what the one sequencer keeps between two batches.
///
/// A plain value: integrate a batch in a copy, store the returned tiles and the copy in one transaction, keep the copy.
package struct LogHead: Sendable, Hashable {
    package private(set) var frontier: TreeFrontier
    /// The unfinished tile of each level from 0 up, 32 bytes a hash; empty where the level has none.
    package private(set) var partials: [[UInt8]]

    package var size: Int64 { frontier.size }
    package var root: Digest { frontier.root }

    /// The head of the empty log.
    package init() {
        frontier = TreeFrontier()
        partials = []
    }

    /// Reads the head back from storage.
    ///
    /// - Throws: `AuditError` `.malformedHead` when the lengths do not fit the size or the frontier is not the one that the
    ///   partial tiles give: the three then do not come from one log, and nothing must be signed over them.
    package init(size: Int64, frontier: [UInt8], partials: [UInt8]) throws(AuditError) {
        self.frontier = try TreeFrontier(size: size, bytes: frontier)
        var rest = partials[...]
        var tiles: [[UInt8]] = []
        for level in 0..<TileLayout.levels(forSize: size) {
            let length = TileLayout.partialWidth(level: level, size: size) * Digest.byteCount
            tiles.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        let expected = (0..<tiles.count).reduce(0) { sum, level in
            sum + TileLayout.partialWidth(level: level, size: size) * Digest.byteCount
        }
        guard partials.count == expected else {
            throw AuditError(.malformedHead, "the log's partial tiles do not fit its size \(size)")
        }
        self.partials = tiles
        guard LogHead.frontierHashes(ofPartials: tiles) == self.frontier.hashes else {
            throw AuditError(.malformedHead, "the log's frontier and its partial tiles disagree at size \(size)")
        }
    }

    /// The partial tiles one behind the other from level 0 up; their widths follow from the size.
    package var partialBytes: [UInt8] { partials.flatMap { $0 } }

    /// Appends entries in order and returns the tiles that this completed, in the order of completion.
    package mutating func integrate(_ entries: some Sequence<Entry>) -> [FullTile] {
        var tiles: [FullTile] = []
        for entry in entries { append(entry.leafHash) { tiles.append($0) } }
        return tiles
    }

    /// Appends one leaf hash; `completed` gets the tiles it finished, from level 0 upward.
    mutating func append(_ leafHash: Digest, completed: (FullTile) -> Void) {
        var added: [(level: Int, hash: Digest)] = [(0, leafHash)]
        frontier.append(leafHash) { node, hash in
            if node.level % TileLayout.height == 0 { added.append((node.level / TileLayout.height, hash)) }
        }
        for (level, hash) in added {
            if level == partials.count { partials.append([]) }
            partials[level].append(contentsOf: hash.bytes)
            if partials[level].count == TileLayout.fullLengthInBytes {
                let index = (size - 1) >> Int64(TileLayout.height * (level + 1))
                completed(FullTile(level: level, index: index, hashes: partials[level]))
                partials[level].removeAll(keepingCapacity: true)
            }
        }
    }

    /// The complete subtrees, left to right, that the partial tiles make.
    private static func frontierHashes(ofPartials partials: [[UInt8]]) -> [Digest] {
        partials.reversed().flatMap { tile in
            let hashes = Digest.split(tile)
            return MerkleTree.completeSubtrees(of: 0..<Int64(hashes.count)).map { node in
                let start = Int(node.index << Int64(node.level))
                return MerkleTree.root(of: hashes[start..<start + 1 << node.level])
            }
        }
    }
}
