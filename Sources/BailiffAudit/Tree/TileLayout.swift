import BailiffModel

/// How a tree is cut into tiles (C2SP tlog-tiles): 256 hashes wide, so that a tile of one level is a hash of the next.
package enum TileLayout {
    package static let height = 8
    package static let fullWidth = 256
    package static let fullLengthInBytes = fullWidth * Digest.byteCount

    /// How many levels have at least one hash; 0 for the empty tree.
    package static func levels(forSize size: Int64) -> Int {
        var level = 0
        while level < 8, size >> Int64(height * level) > 0 { level += 1 }
        return level
    }

    package static func fullTiles(level: Int, size: Int64) -> Int64 {
        level >= 7 ? 0 : size >> Int64(height * (level + 1))
    }

    /// Hashes in the unfinished tile of a level, 0...255.
    package static func partialWidth(level: Int, size: Int64) -> Int {
        level >= 8 ? 0 : Int(size >> Int64(height * level) & 255)
    }
}
