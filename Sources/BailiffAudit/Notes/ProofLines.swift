import BailiffModel

/// The lines before the note in proof files and witness requests.
enum ProofLines {
    /// The index of the empty line's LF: the first LF that follows an LF.
    static func endOfHead(_ bytes: [UInt8]) -> Int? {
        bytes.indices.first { $0 > 0 && bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }
    }

    /// Nil when a line is not a hash or when there are more than `limit`.
    static func hashes(_ lines: ArraySlice<ArraySlice<UInt8>>, limit: Int) -> [Digest]? {
        guard lines.count <= limit else { return nil }
        var hashes: [Digest] = []
        for line in lines {
            guard let hash = Base64.decode(utf8: Array(line)).flatMap({ Digest(bytes: $0) }) else { return nil }
            hashes.append(hash)
        }
        return hashes
    }
}
