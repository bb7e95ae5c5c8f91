package import BailiffModel

/// How names and labels of malware say its category.
///
/// Sandboxes put the category into free words: `Advance Threat Ransomware`, `Win32.Ransom.HardBit`, `not-a-virus:AdWare`.
/// The words are cut at everything that is no ASCII letter or digit, and the parts are compared.
package enum CategoryHints {
    /// A part of a name and what it says. A part that ends in `*` stands for every part that begins so.
    package static let parts: [(part: StaticString, category: VerdictCategory)] = [
        ("ransom*", .ransomware), ("filecoder*", .ransomware), ("cryptolocker*", .ransomware),
        ("wiper*", .wiper), ("killdisk*", .wiper), ("killmbr*", .wiper), ("diskwiper*", .wiper),
        ("worm", .worm), ("worms", .worm), ("worm32", .worm), ("networm", .worm),
        ("adware*", .pua), ("riskware*", .pua), ("grayware", .pua), ("greyware", .pua), ("pua", .pua), ("pup", .pua),
        ("unwanted*", .pua), ("notavirus", .pua), ("anonymizer", .pua), ("p2p", .pua), ("bundler", .pua),
        ("toolbar", .pua),
        ("malware", .other), ("trojan*", .other), ("botnet*", .other), ("backdoor*", .other), ("virus", .other),
        ("spyware", .other), ("stealer*", .other), ("exploit*", .other), ("rootkit", .other), ("downloader*", .other),
        ("dropper*", .other), ("loader", .other), ("rat", .other), ("keylogger", .other), ("banker", .other),
        ("infostealer", .other), ("offensive", .other), ("hacktool", .other), ("miner", .other), ("coinminer", .other),
    ]

    /// Which of several categories in one text counts: the one that asks for the hardest answer.
    private static let order: [VerdictCategory] = [.ransomware, .wiper, .worm, .pua, .other]

    /// The category of something malicious or suspicious.
    ///
    /// - Parameters:
    ///   - hints: Labels that speak of the category, most trustworthy first: the first that names one wins.
    ///   - names: Family and threat name. They refine what the labels leave open, and a name alone says `other`.
    static func category(hints: [String], names: [String]) -> VerdictCategory {
        var isNamed = false
        for text in hints + names {
            guard let found = category(of: text) else { continue }
            if found != .other { return found }
            isNamed = true
        }
        return isNamed || !names.isEmpty ? .other : .unknown
    }

    /// What one label or name says, if anything.
    package static func category(of text: String) -> VerdictCategory? {
        var text = text
        return text.withUTF8 { bytes in
            if bytes.count > 2_000 { return nil }
            var best = rank(of: bytes)
            if bytes.count >= 11, let pua, contains("not-a-virus", bytes) { best = min(best ?? pua, pua) }
            return best.map { order[$0] }
        }
    }

    /// A pattern as it is compared: by the first letter of a part.
    private struct Pattern {
        var bytes: [UInt8]
        var isPrefix: Bool
        var rank: Int
    }

    private static let pua = order.firstIndex(of: .pua)

    private static let byFirstLetter: [[Pattern]] = {
        var out = [[Pattern]](repeating: [], count: 256)
        for (part, category) in parts {
            guard let rank = order.firstIndex(of: category) else { continue }
            var bytes = part.withUTF8Buffer { Array($0) }
            let isPrefix = bytes.last == 0x2A
            if isPrefix { bytes.removeLast() }
            if let first = bytes.first { out[Int(first)].append(Pattern(bytes: bytes, isPrefix: isPrefix, rank: rank)) }
        }
        return out
    }()

    private static func rank(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let table = byFirstLetter
        var best: Int?
        var start = 0
        while start < bytes.count {
            guard isPartOfWord(bytes[start]) else {
                start += 1
                continue
            }
            var end = start + 1
            while end < bytes.count, isPartOfWord(bytes[end]) { end += 1 }
            for pattern in table[Int(bytes[start].asciiLowercased)] where pattern.rank < best ?? .max {
                if matches(bytes[start..<end], pattern) { best = pattern.rank }
            }
            start = end
        }
        return best
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit }

    private static func matches(_ part: Slice<UnsafeBufferPointer<UInt8>>, _ pattern: Pattern) -> Bool {
        let count = pattern.bytes.count
        guard pattern.isPrefix ? part.count >= count : part.count == count else { return false }
        for index in 0..<count where part[part.startIndex + index].asciiLowercased != pattern.bytes[index] {
            return false
        }
        return true
    }

    private static func contains(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = word.utf8CodeUnitCount
        for start in 0...(bytes.count - count) where bytes[start..<(start + count)].equalsIgnoringASCIICase(word) {
            return true
        }
        return false
    }
}
