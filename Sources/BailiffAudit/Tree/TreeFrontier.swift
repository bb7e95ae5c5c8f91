package import BailiffModel

/// All that is needed to append to a tree and to know its root: one hash for each complete subtree on its right edge.
///
/// Holds at most 62 hashes. Appending costs one node hash on average.
package struct TreeFrontier: Sendable, Hashable {
    /// No tree grows beyond 2^62 entries; one that is claimed to is refused.
    package static let sizeLimit: Int64 = 1 << 62

    package private(set) var size: Int64
    /// The complete subtrees from left to right, thus from the largest to the smallest: one for each 1 bit of `size`.
    package private(set) var hashes: [Digest]

    /// The empty tree.
    package init() {
        size = 0
        hashes = []
    }

    /// - Throws: `AuditError` `.malformedHead` unless 0 ≤ size ≤ ``sizeLimit`` and `bytes` is what ``bytes`` gave at that
    ///   size, as far as its length can tell.
    package init(size: Int64, bytes: [UInt8]) throws(AuditError) {
        guard size >= 0, size <= TreeFrontier.sizeLimit, bytes.count == size.nonzeroBitCount * Digest.byteCount else {
            throw AuditError(.malformedHead, "the log's frontier does not fit its size \(size)")
        }
        self.size = size
        hashes = Digest.split(bytes)
    }

    /// The hashes one behind the other, 32 bytes each.
    package var bytes: [UInt8] { hashes.flatMap(\.bytes) }

    package var root: Digest { MerkleTree.join(hashes) }

    package mutating func append(_ leafHash: Digest) { append(leafHash) { _, _ in } }

    /// Tells `completed` every complete subtree that this leaf finishes above level 0, from the smallest upward.
    mutating func append(_ leafHash: Digest, completed: (_ node: TreeNode, _ hash: Digest) -> Void) {
        var node = leafHash
        var level = 0
        while size >> Int64(level) & 1 == 1, let left = hashes.popLast() {
            node = MerkleTree.nodeHash(left, node)
            level += 1
            completed(TreeNode(level: level, index: size >> Int64(level)), node)
        }
        hashes.append(node)
        size += 1
    }
}

extension Digest {
    /// Whole digests one behind the other; a rest of less than 32 bytes is dropped.
    static func split(_ bytes: some RandomAccessCollection<UInt8>) -> [Digest] {
        var digests: [Digest] = []
        digests.reserveCapacity(bytes.count / byteCount)
        var rest = bytes[...]
        while rest.count >= byteCount, let digest = Digest(bytes: rest.prefix(byteCount)) {
            digests.append(digest)
            rest = rest.dropFirst(byteCount)
        }
        return digests
    }
}
