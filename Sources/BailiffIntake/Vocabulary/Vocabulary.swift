package import BailiffModel

/// What a product's words and numbers mean: the one table for every product, which the documentation shows as it stands.
package struct Vocabulary: Sendable {
    /// One word, or a family of words.
    package struct Word: Sendable {
        package enum Match: Sendable, Hashable {
            /// The whole text.
            case exactly
            /// Its beginning.
            case beginning
            /// Anywhere in it.
            case anywhere
        }

        /// ASCII, lower case. ASCII letters match in either case, everything else byte by byte.
        package let text: StaticString
        package let match: Match
        package let level: VerdictLevel
        package let category: VerdictCategory?
        /// Why this word means `unknown`.
        package let reason: String?

        func matches(_ candidate: String) -> Bool {
            switch match {
            case .exactly: candidate.isWord(text)
            case .beginning:
                candidate.utf8.prefix(text.utf8CodeUnitCount).equalsIgnoringASCIICase(text)
            case .anywhere: candidate.containsIgnoringASCIICase(text)
            }
        }
    }

    /// For products without a word: the level from the number on, highest bound first.
    package struct Band: Sendable {
        package let bound: Double
        /// Whether the bound itself belongs to the band.
        package let includesBound: Bool
        package let level: VerdictLevel

        func contains(_ number: Double) -> Bool { includesBound ? number >= bound : number > bound }
    }

    package let product: Product
    package let scales: [ScoreScale]
    package let words: [Word]
    package let bands: [Band]

    init(_ product: Product, scales: [ScoreScale] = [], words: [[Word]] = [], bands: [Band] = []) {
        self.product = product
        self.scales = scales
        self.words = words.flatMap { $0 }
        self.bands = bands
    }

    /// What `word` means. Nil and absent words are a missing verdict, unlisted ones an unrecognised verdict: both
    /// `unknown`, with a reason.
    func reading(of word: String?) -> WordReading {
        guard let word, !Absent.isAbsent(word) else {
            return WordReading(level: .unknown, reason: "the source gives no verdict")
        }
        let trimmed = word.trimmedASCIISpace
        if trimmed.utf8.count <= 200, let entry = words.first(where: { $0.matches(trimmed) }) {
            return WordReading(level: entry.level, category: entry.category, reason: entry.reason)
        }
        return WordReading(
            level: .unknown, reason: "unrecognised verdict “\(String(trimmed.unicodeScalars.prefix(80)))”")
    }

    /// The level for a number where there is no word. Nil without a number.
    func reading(ofNumber number: Double?) -> WordReading? {
        guard let number else { return nil }
        if let band = bands.first(where: { $0.contains(number) }) {
            return WordReading(
                level: band.level, reason: band.level == .unknown ? "the number says nothing of the file" : nil)
        }
        return WordReading(level: .unknown, reason: "the sandbox saw nothing, which is no verdict")
    }

    /// The product's first scale.
    func score(_ number: Double?) -> ProductScore? { scales.first?.score(number) }
}

/// What a word or a number was understood as.
struct WordReading {
    var level: VerdictLevel
    var category: VerdictCategory?
    var reason: String?

    init(level: VerdictLevel, category: VerdictCategory? = nil, reason: String? = nil) {
        self.level = level
        self.category = category
        self.reason = reason
    }
}
