#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Strings as the language sees them: sequences of code points, compared byte by byte. Swift's own operators go by
/// canonical equivalence and are never used on values.
extension String {
    @inline(__always)
    func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        return withBytes { left in
            other.withBytes { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return memcmp(left, right, count) == 0
            }
        }
    }

    /// The order of code points, which is the order of UTF-8 bytes: negative, zero or positive.
    func compareBytes(with other: String) -> Int {
        withBytes { left in other.withBytes { right in left.compareBytes(with: right) } }
    }

    /// The UTF-8 of the string, without a copy wherever the string is stored as UTF-8 (always, on Linux).
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }

    /// The number of code points.
    var scalarCount: Int {
        withBytes { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
            return count
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    func compareBytes(with other: UnsafeBufferPointer<UInt8>) -> Int {
        if let left = baseAddress, let right = other.baseAddress {
            let order = memcmp(left, right, Swift.min(count, other.count))
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }
}
