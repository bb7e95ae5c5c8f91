import BailiffStore
import CZlib

/// How the body of a delivery is stored: as it came, or as its length and a zlib stream. The digest beside it is always
/// that of the bytes as they came.
enum BodyForm: Int64 {
    case plain = 0
    case compressed = 1
}

enum BodyCompression {
    /// Eight bytes with the length of what comes out, then the stream (RFC 1950).
    static let headLength = 8
    /// Below that nothing is won.
    static let shortest = 128

    /// Nil where the result would not be at least a tenth smaller.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= shortest, bytes.count <= Int(UInt32.max) / 2 else { return nil }
        let limit = bytes.count - bytes.count / 10 - headLength
        guard limit > 0 else { return nil }
        var output = [UInt8](repeating: 0, count: limit)
        var written = uLong(limit)
        // More than the limit is an error here: the buffer is full.
        guard compress2(&output, &written, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK else { return nil }
        let head = withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { Array($0) }
        return head + output.prefix(Int(written))
    }

    /// - Throws: `StoreError` `.corrupt` for anything that ``compressed(_:)`` did not make.
    static func plain(_ stored: [UInt8]) throws(StoreError) -> [UInt8] {
        let damaged = StoreError(.corrupt, "a stored body cannot be inflated")
        guard stored.count > headLength else { throw damaged }
        let length = statedLength(stored)
        // Deflate makes at most about a thousandth of what it gets.
        guard length >= shortest, length <= UInt64(stored.count) * 1_100, length <= UInt64(UInt32.max) / 2 else {
            throw damaged
        }
        var output = [UInt8](repeating: 0, count: Int(length))
        var written = uLong(length)
        let stream = Array(stored.dropFirst(headLength))
        guard uncompress(&output, &written, stream, uLong(stream.count)) == Z_OK, written == length else {
            throw damaged
        }
        return output
    }

    private static func statedLength(_ stored: [UInt8]) -> UInt64 {
        stored.prefix(headLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// Of the bytes as they came.
    ///
    /// - Parameter head: At least ``headLength`` bytes of what is stored.
    static func length(_ head: [UInt8], form: Int64, storedLength: Int) throws(StoreError) -> Int {
        switch BodyForm(rawValue: form) {
        case .plain: return storedLength
        case .compressed: return Int(clamping: statedLength(head))
        case nil: throw StoreError(.corrupt, "a stored body is of no known form")
        }
    }

    static func read(_ bytes: [UInt8], form: Int64) throws(StoreError) -> [UInt8] {
        switch BodyForm(rawValue: form) {
        case .plain: return bytes
        case .compressed: return try plain(bytes)
        case nil: throw StoreError(.corrupt, "a stored body is of no known form")
        }
    }
}
