import BailiffModel
import BailiffStore

/// A file hash as a key: one byte for the kind, strongest first, then its bytes. Keys sort as ``FileHash`` does.
enum HashKey {
    static func bytes(_ hash: FileHash) -> [UInt8] { [rank(hash.algorithm)] + (Hex.decode(hash.hex) ?? []) }

    static func hash(_ bytes: [UInt8]) throws -> FileHash {
        guard let first = bytes.first,
            let algorithm = FileHash.Algorithm.allCases.first(where: { rank($0) == first }),
            let hash = FileHash(algorithm, Hex.encode(bytes.dropFirst()))
        else { throw StoreError(.corrupt, "a stored hash is none") }
        return hash
    }

    /// For every kind, the keys whose hash begins with `prefix`: bounds included. Nil for what is no prefix of a hash.
    static func ranges(ofPrefix prefix: String) -> [(first: [UInt8], last: [UInt8])]? {
        let digits = Array(prefix.utf8)
        guard digits.count >= 4, digits.allSatisfy({ Hex.value(of: $0) != nil }) else { return nil }
        return FileHash.Algorithm.allCases.compactMap { algorithm in
            guard digits.count <= algorithm.digitCount else { return nil }
            let missing = algorithm.digitCount - digits.count
            func key(_ filler: UInt8) -> [UInt8]? {
                let text = String(decoding: digits + [UInt8](repeating: filler, count: missing), as: UTF8.self)
                return Hex.decode(text).map { [rank(algorithm)] + $0 }
            }
            guard let first = key(UInt8(ascii: "0")), let last = key(UInt8(ascii: "f")) else { return nil }
            return (first, last)
        }
    }

    private static func rank(_ algorithm: FileHash.Algorithm) -> UInt8 {
        switch algorithm {
        case .sha256: 0
        case .sha1: 1
        case .md5: 2
        }
    }
}
