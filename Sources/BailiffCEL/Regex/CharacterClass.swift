/// A set of code points: ranges and general categories.
struct CharacterClass: Sendable, Equatable {
    /// Sorted, apart from each other.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    /// One bit per general category.
    private var categories: UInt32 = 0
    /// A letter is in a category if any form of it is.
    private var foldsCategories = false
    private var isNegated = false
    /// The answers for ASCII.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    static func == (left: CharacterClass, right: CharacterClass) -> Bool {
        left.ranges == right.ranges && left.categories == right.categories && left.isNegated == right.isNegated
            && left.foldsCategories == right.foldsCategories
    }

    /// - Parameters:
    ///   - ranges: In any order.
    ///   - folding: Adds every form of every letter, before negation.
    init(_ ranges: [ClosedRange<UInt32>], categories: UInt32 = 0, folding: Bool = false, negated: Bool = false) {
        self.ranges = Self.merged(ranges)
        self.categories = categories
        foldsCategories = folding && categories != 0
        isNegated = negated
        if folding { self.ranges = Self.merged(self.ranges + otherForms()) }
        for value in UInt32(0)..<128 where computedContains(value) {
            if value < 64 { ascii.low |= 1 << UInt64(value) } else { ascii.high |= 1 << UInt64(value - 64) }
        }
    }

    @inline(__always)
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return ascii.low >> UInt64(value) & 1 != 0 }
        if value < 128 { return ascii.high >> UInt64(value - 64) & 1 != 0 }
        return computedContains(value)
    }

    private func computedContains(_ value: UInt32) -> Bool { (isInRanges(value) || isInCategories(value)) != isNegated }

    private func isInRanges(_ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    private func isInCategories(_ value: UInt32) -> Bool {
        guard categories != 0 else { return false }
        let forms = foldsCategories ? CaseFolding.orbit(of: value) : [value]
        return forms.contains { form in
            Unicode.Scalar(form).map { categories & $0.properties.generalCategory.bit != 0 } ?? false
        }
    }

    private func otherForms() -> [ClosedRange<UInt32>] {
        var found: [ClosedRange<UInt32>] = []
        for orbit in CaseFolding.orbits where orbit.contains(where: isInRanges) {
            found += orbit.map { $0...$0 }
        }
        return found
    }

    // MARK: Ranges

    static let everything: ClosedRange<UInt32> = 0...0x10FFFF

    static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in merged(ranges) {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound &+ 1
        }
        if next <= everything.upperBound { gaps.append(next...everything.upperBound) }
        return gaps
    }
}

extension CharacterClass {
    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let wordCharacters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let blanks: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]

    /// The names in `[[:name:]]`.
    static func posix(_ name: String) -> [ClosedRange<UInt32>]? {
        switch name {
        case "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
        case "alpha": [0x41...0x5A, 0x61...0x7A]
        case "ascii": [0x00...0x7F]
        case "blank": [0x09...0x09, 0x20...0x20]
        case "cntrl": [0x00...0x1F, 0x7F...0x7F]
        case "digit": digits
        case "graph": [0x21...0x7E]
        case "lower": [0x61...0x7A]
        case "print": [0x20...0x7E]
        case "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        case "space": [0x09...0x0D, 0x20...0x20]
        case "upper": [0x41...0x5A]
        case "word": wordCharacters
        case "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66]
        default: nil
        }
    }

    /// The bits of a general category or of a group of them, by its short name; nil for anything else.
    static func categories(named name: String) -> UInt32? {
        if name == "Any" { return .max }
        if name == "LC" { return ["Lu", "Ll", "Lt"].reduce(0) { $0 | (categories(named: $1) ?? 0) } }
        var bits: UInt32 = 0
        for (index, short) in Unicode.GeneralCategory.shortNames.enumerated() {
            if short == name || (name.utf8.count == 1 && short.utf8.first == name.utf8.first) {
                bits |= 1 << UInt32(index)
            }
        }
        return bits == 0 ? nil : bits
    }
}

extension Unicode.GeneralCategory {
    /// In the order of ``bit``.
    static let shortNames = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm",
        "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    var bit: UInt32 {
        let index: UInt32 =
            switch self {
            case .uppercaseLetter: 0
            case .lowercaseLetter: 1
            case .titlecaseLetter: 2
            case .modifierLetter: 3
            case .otherLetter: 4
            case .nonspacingMark: 5
            case .spacingMark: 6
            case .enclosingMark: 7
            case .decimalNumber: 8
            case .letterNumber: 9
            case .otherNumber: 10
            case .connectorPunctuation: 11
            case .dashPunctuation: 12
            case .openPunctuation: 13
            case .closePunctuation: 14
            case .initialPunctuation: 15
            case .finalPunctuation: 16
            case .otherPunctuation: 17
            case .mathSymbol: 18
            case .currencySymbol: 19
            case .modifierSymbol: 20
            case .otherSymbol: 21
            case .spaceSeparator: 22
            case .lineSeparator: 23
            case .paragraphSeparator: 24
            case .control: 25
            case .format: 26
            case .surrogate: 27
            case .privateUse: 28
            case .unassigned: 29
            @unknown default: 29
            }
        return 1 << index
    }
}
