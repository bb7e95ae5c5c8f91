package import BailiffModel

// Proofs are described first as ranges of leaves, one range for each hash of the proof; whoever holds the nodes (an array
// of leaf hashes, the stored tiles) turns the ranges into hashes.
extension MerkleTree {
    /// The ranges whose roots prove that leaf `index` is in the tree of `size`, from the leaf's sibling upward.
    ///
    /// Nil unless 0 ≤ index < size.
    package static func inclusionRanges(index: Int64, size: Int64) -> [Range<Int64>]? {
        guard index >= 0, index < size else { return nil }
        var ranges: [Range<Int64>] = []
        var (low, high) = (Int64(0), size)
        while high - low > 1 {
            let middle = low + split(high - low)
            if index < middle {
                ranges.append(middle..<high)
                high = middle
            } else {
                ranges.append(low..<middle)
                low = middle
            }
        }
        return ranges.reversed()
    }

    /// The ranges whose roots prove that the tree of `old` leaves is the beginning of the tree of `new` leaves.
    ///
    /// Nil unless 0 < old ≤ new: nothing can be proved about the empty tree.
    package static func consistencyRanges(from old: Int64, to new: Int64) -> [Range<Int64>]? {
        guard old > 0, old <= new else { return nil }
        var ranges: [Range<Int64>] = []
        var (low, high) = (Int64(0), new)
        var isOldRoot = true
        while old < high {
            let middle = low + split(high - low)
            if old <= middle {
                ranges.append(middle..<high)
                high = middle
            } else {
                ranges.append(low..<middle)
                low = middle
                isOldRoot = false
            }
        }
        if !isOldRoot { ranges.append(low..<high) }
        return ranges.reversed()
    }

    /// The complete subtrees, from left to right, of a range that begins where the tree splits: as the ranges above do, or
    /// `0..<size`.
    package static func completeSubtrees(of range: Range<Int64>) -> [TreeNode] {
        let count = range.upperBound - range.lowerBound
        var nodes: [TreeNode] = []
        var start = range.lowerBound
        for level in stride(from: 62, through: 0, by: -1) where count & (1 << Int64(level)) != 0 {
            nodes.append(TreeNode(level: level, index: start >> Int64(level)))
            start += 1 << Int64(level)
        }
        return nodes
    }

    /// Nil unless `index` is one of the leaves.
    package static func inclusionProof(index: Int64, leafHashes: [Digest]) -> [Digest]? {
        inclusionRanges(index: index, size: Int64(leafHashes.count))?.map { range in
            root(of: leafHashes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// From the first `old` of these leaves to all of them. Nil unless 0 < old ≤ count.
    package static func consistencyProof(from old: Int64, leafHashes: [Digest]) -> [Digest]? {
        consistencyRanges(from: old, to: Int64(leafHashes.count))?.map { range in
            root(of: leafHashes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// Checks a proof of inclusion (RFC 9162 section 2.1.3.2).
    ///
    /// `leafHash` must come from ``leafHash(_:)`` over the entry's own bytes, and `size` and `root` together from one signed
    /// checkpoint: a proof binds neither, and an inner node passes for a leaf of a smaller tree.
    package static func verifyInclusion(
        leafHash: Digest, index: Int64, size: Int64, proof: [Digest], root: Digest
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (first, last) = (index, size - 1)
        var result = leafHash
        for hash in proof {
            if last == 0 { return false }
            if first & 1 == 1 || first == last {
                result = nodeHash(hash, result)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    last >>= 1
                }
            } else {
                result = nodeHash(result, hash)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && result == root
    }

    /// Checks a proof of consistency (RFC 9162 section 2.1.4.2).
    ///
    /// False for `old` = 0: there is nothing to prove about the empty tree, and a caller that accepts any log after it says
    /// so itself.
    package static func verifyConsistency(
        from old: Int64, root oldRoot: Digest, to new: Int64, root newRoot: Digest, proof: [Digest]
    ) -> Bool {
        guard old > 0, old <= new else { return false }
        if old == new { return proof.isEmpty && oldRoot == newRoot }
        var hashes = proof[...]
        guard !hashes.isEmpty else { return false }
        var (first, last) = (old - 1, new - 1)
        while first & 1 == 1 {
            first >>= 1
            last >>= 1
        }
        let start: Digest
        if old & (old - 1) == 0 { start = oldRoot } else { start = hashes.removeFirst() }
        var (oldResult, newResult) = (start, start)
        for hash in hashes {
            if last == 0 { return false }
            if first & 1 == 1 || first == last {
                oldResult = nodeHash(hash, oldResult)
                newResult = nodeHash(hash, newResult)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    last >>= 1
                }
            } else {
                newResult = nodeHash(newResult, hash)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && oldResult == oldRoot && newResult == newRoot
    }
}
