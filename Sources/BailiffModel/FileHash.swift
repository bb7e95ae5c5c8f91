/// One hash of a file: lower-case hexadecimal digits of the right number.
package struct FileHash: Hashable, Sendable, Comparable {
    package enum Algorithm: String, Sendable, CaseIterable, Codable {
        case md5, sha1, sha256

        package var digitCount: Int {
            switch self {
            case .md5: 32
            case .sha1: 40
            case .sha256: 64
            }
        }
    }

    package let algorithm: Algorithm
    /// Lower case.
    package let hex: String

    /// Trims ASCII white space and lowers the case. Nil for a wrong length, for other characters, and for one digit
    /// repeated throughout: a placeholder that senders write where they have no hash.
    package init?(_ algorithm: Algorithm, _ text: String) {
        guard let hash = FileHash.normalised(text, digits: algorithm.digitCount) else { return nil }
        self.algorithm = algorithm
        hex = hash
    }

    /// Takes the algorithm from the number of digits.
    package init?(_ text: String) {
        let digits = text.utf8.reduce(into: 0) { count, byte in
            if Hex.value(of: byte) != nil { count += 1 }
        }
        guard let algorithm = Algorithm.allCases.first(where: { $0.digitCount == digits }) else { return nil }
        self.init(algorithm, text)
    }

    private static func normalised(_ text: String, digits: Int) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
            var start = 0
            var end = bytes.count
            while end > start, isSpace(bytes[end - 1]) { end -= 1 }
            while start < end, isSpace(bytes[start]) { start += 1 }
            guard end - start == digits else { return nil }
            let first = bytes[start] | 0x20
            var isRepeated = true
            let hash = String(unsafeUninitializedCapacity: digits) { out in
                for index in 0..<digits {
                    let byte = bytes[start + index]
                    guard Hex.value(of: byte) != nil else { return 0 }
                    // Sets nothing in a digit and makes a letter small.
                    out[index] = byte | 0x20
                    if byte | 0x20 != first { isRepeated = false }
                }
                return digits
            }
            return hash.isEmpty || isRepeated ? nil : hash
        }
    }

    /// Whether this is the hash of the empty file or of a lone line feed. Every machine has such files: these hashes are
    /// kept as evidence, never acted upon, and never join cases.
    package var isOfTrivialFile: Bool {
        switch algorithm {
        case .md5: hex == "d41d8cd98f00b204e9800998ecf8427e" || hex == "68b329da9893e34099c7d8ad5cb9c940"
        case .sha1:
            hex == "da39a3ee5e6b4b0d3255bfef95601890afd80709" || hex == "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc"
        case .sha256:
            hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                || hex == "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"
        }
    }

    package static func < (left: FileHash, right: FileHash) -> Bool {
        left.algorithm == right.algorithm
            ? left.hex < right.hex : left.algorithm.digitCount > right.algorithm.digitCount
    }
}

extension FileHash: CustomStringConvertible, Codable {
    package var description: String { hex }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = FileHash(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a file hash")
        }
        self = hash
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// What one source says are hashes of one file: at most one of each kind.
package struct FileHashes: Hashable, Sendable, Codable {
    package var sha256: FileHash?
    package var sha1: FileHash?
    package var md5: FileHash?

    /// A hash under the wrong name is left out.
    package init(sha256: FileHash? = nil, sha1: FileHash? = nil, md5: FileHash? = nil) {
        self.sha256 = sha256?.algorithm == .sha256 ? sha256 : nil
        self.sha1 = sha1?.algorithm == .sha1 ? sha1 : nil
        self.md5 = md5?.algorithm == .md5 ? md5 : nil
    }

    /// Strongest first.
    package var all: [FileHash] { [sha256, sha1, md5].compactMap { $0 } }
    package var isEmpty: Bool { sha256 == nil && sha1 == nil && md5 == nil }

    /// Whether any of them is of the empty file or a lone line feed: then none of them may be acted upon or join cases.
    package var containsTrivial: Bool {
        sha256?.isOfTrivialFile ?? false || sha1?.isOfTrivialFile ?? false || md5?.isOfTrivialFile ?? false
    }
}
