package import BailiffModel

import struct Crypto.SHA256

/// The hash tree of RFC 6962 section 2.1 (RFC 9162 section 2.1) over SHA-256.
///
/// Leaves and inner nodes are hashed with different first bytes, so that neither can pass as the other; the tree is not
/// padded. Sizes and indexes are counted from 0 in `Int64`; negative ones are answered with nil or false.
package enum MerkleTree {
    /// The root of the tree without entries: SHA-256 of nothing.
    package static let emptyRoot = Digest.of([] as [UInt8])

    /// SHA-256(0x00 ‖ entry bytes).
    package static func leafHash(_ entry: [UInt8]) -> Digest {
        entry.withUnsafeBytes { leafHash($0) }
    }

    package static func leafHash(_ entry: ArraySlice<UInt8>) -> Digest {
        entry.withUnsafeBytes { leafHash($0) }
    }

    private static func leafHash(_ entry: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        withUnsafeBytes(of: 0 as UInt8) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: entry)
        return digest(hash)
    }

    /// SHA-256(0x01 ‖ left ‖ right).
    package static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 1) { buffer in
            buffer[0] = 1
            left.bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]).copyMemory(from: $0) }
            right.bytes.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[33..<65]).copyMemory(from: $0)
            }
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(buffer))
            return digest(hash)
        }
    }

    private static func digest(_ hash: SHA256) -> Digest {
        let bytes = hash.finalize().withUnsafeBytes { Array($0) }
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("SHA-256 gives 32 bytes") }
        return digest
    }

    /// The root over these leaf hashes.
    package static func root(of leafHashes: some Sequence<Digest>) -> Digest {
        var frontier = TreeFrontier()
        for hash in leafHashes { frontier.append(hash) }
        return frontier.root
    }

    /// The root of a tree whose complete subtrees have these hashes, from left to right, each larger than the next.
    static func join(_ parts: [Digest]) -> Digest {
        guard var root = parts.last else { return emptyRoot }
        for part in parts.dropLast().reversed() { root = nodeHash(part, root) }
        return root
    }

    /// The largest power of two strictly below `size`, which is at least 2.
    static func split(_ size: Int64) -> Int64 {
        1 << (63 - Int64((size - 1).leadingZeroBitCount))
    }
}

/// The place of a complete subtree: it covers the leaves `index * 2^level ..< (index + 1) * 2^level`.
package struct TreeNode: Hashable, Sendable {
    package var level: Int
    package var index: Int64

    package init(level: Int, index: Int64) {
        self.level = level
        self.index = index
    }
}
