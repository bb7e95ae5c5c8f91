/// Collects the text of a scalar and where each byte of it comes from.
struct ScalarBuilder {
    private(set) var bytes: [UInt8] = []
    private var runs: [TextRun] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// Adds one byte that stands at `source` in the file.
    mutating func append(_ byte: UInt8, from source: Int) {
        mark(source)
        bytes.append(byte)
    }

    /// Adds bytes that stand in the file as they are.
    mutating func copy(_ range: Range<Int>, of file: [UInt8]) {
        guard !range.isEmpty else { return }
        mark(range.lowerBound)
        bytes += file[range]
    }

    /// Adds what an escape sequence at `source` stands for.
    mutating func append(_ scalar: Unicode.Scalar, escapedAt source: Int) {
        runs.append(TextRun(text: bytes.count, source: source))
        bytes += Array(String(Character(scalar)).utf8)
        escaped = true
    }

    private var escaped = false

    /// Starts a new run unless this byte follows the last one in the file as well.
    private mutating func mark(_ source: Int) {
        if let last = runs.last, !escaped, last.source + (bytes.count - last.text) == source { return }
        escaped = false
        runs.append(TextRun(text: bytes.count, source: source))
    }

    func node(_ style: YAMLNode.Style, start: Int, end: Int, in file: YAMLFile) -> YAMLNode {
        let closing = TextRun(text: bytes.count, source: end)
        return YAMLNode(
            .scalar(String(decoding: bytes, as: UTF8.self), style), at: start, of: file, runs: runs + [closing])
    }
}
