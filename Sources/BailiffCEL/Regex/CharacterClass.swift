/// A set of code points: ranges and general categories.
struct CharacterClass: Sendable, Equatable {
    /// Code points by their general category.
    struct Categories: Sendable, Equatable {
        /// One bit per category.
        var bits: UInt32
        /// A letter counts if any form of it is in one of the categories.
        var folds = false
        var isNegated = false

        func contains(_ value: UInt32) -> Bool {
            let forms = folds ? CaseFolding.orbit(of: value) : [value]
            let isIn = forms.contains { form in
                Unicode.Scalar(form).map { bits & $0.properties.generalCategory.bit != 0 } ?? false
            }
            return isIn != isNegated
        }
    }

    /// Sorted, apart from each other.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    private var categories: [Categories] = []
    private var isNegated = false
    /// The answers for ASCII.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    static func == (left: CharacterClass, right: CharacterClass) -> Bool {
        left.ranges == right.ranges && left.categories == right.categories && left.isNegated == right.isNegated
    }

    /// - Parameter ranges: In any order, with all forms of their letters where these count.
    init(_ ranges: [ClosedRange<UInt32>], categories: [Categories] = [], negated: Bool = false) {
        self.ranges = Self.merged(ranges)
        self.categories = categories
        isNegated = negated
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

    private func computedContains(_ value: UInt32) -> Bool {
        (Self.isIn(ranges, value) || categories.contains { $0.contains(value) }) != isNegated
    }

    private static func isIn(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    // MARK: Ranges

    /// The ranges with every form of every letter in them.
    static func folded(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        let ranges = merged(ranges)
        var forms: [ClosedRange<UInt32>] = []
        if ranges.reduce(0, { $0 + $1.count }) <= 128 {
            for value in ranges.joined() { forms += CaseFolding.orbit(of: value).map { $0...$0 } }
        } else {
            for orbit in CaseFolding.orbits where orbit.contains(where: { isIn(ranges, $0) }) {
                forms += orbit.map { $0...$0 }
            }
        }
        return merged(ranges + forms)
    }

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
        // What is unassigned has no name in RE2, but is in the complement of every class.
        for (index, short) in Unicode.GeneralCategory.shortNames.enumerated() where short != "Cn" {
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
