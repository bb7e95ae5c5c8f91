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
        var best: Int?
        let bytes = text.utf8
        if bytes.count > 2_000 { return nil }
        for part in bytes.split(whereSeparator: { !$0.isASCIILetter && !$0.isASCIIDigit }) {
            for (pattern, category) in parts where matches(part, pattern) {
                guard let rank = order.firstIndex(of: category) else { continue }
                best = min(best ?? rank, rank)
            }
        }
        if bytes.count >= 11, text.containsIgnoringASCIICase("not-a-virus") {
            let pua = order.firstIndex(of: .pua) ?? 0
            best = min(best ?? pua, pua)
        }
        return best.map { order[$0] }
    }

    private static func matches(_ part: Substring.UTF8View, _ pattern: StaticString) -> Bool {
        pattern.withUTF8Buffer { pattern in
            let isPrefix = pattern.last == 0x2A
            let count = isPrefix ? pattern.count - 1 : pattern.count
            guard isPrefix ? part.count >= count : part.count == count else { return false }
            return zip(part, pattern.prefix(count)).allSatisfy { $0.asciiLowercased == $1 }
        }
    }
}
