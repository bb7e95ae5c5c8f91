/// How bad a sandbox says a file is.
package enum VerdictLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case unknown, benign, suspicious, malicious

    /// Hardness: an upgrade is a step up.
    package var rank: Int {
        switch self {
        case .unknown: 0
        case .benign: 1
        case .suspicious: 2
        case .malicious: 3
        }
    }

    package static func < (left: VerdictLevel, right: VerdictLevel) -> Bool { left.rank < right.rank }
}

package enum VerdictCategory: String, Sendable, Hashable, Codable, CaseIterable {
    case ransomware, wiper, worm
    /// Adware, riskware, unwanted software.
    case pua
    case other, unknown
}

/// What playbooks see of a score: 0 to 100, bounded by the level, so that scored and unscored products compare.
package struct NormalisedScore: Hashable, Sendable, Codable {
    package let value: Int
    /// Whether the product gave a number at all.
    package let scored: Bool

    /// Maps `share` (the product's score mapped linearly from its own scale to 0…1, inverted scales turned round) into
    /// the band of the level: malicious 85…100, suspicious 40…84, benign 0…19, unknown 0. Rounds half up, then clamps.
    /// Without a share: 90, 50, 0, 0. A share that is no number counts as absent.
    package init(level: VerdictLevel, share: Double?) {
        let band: ClosedRange<Int>
        let unscored: Int
        switch level {
        case .malicious: (band, unscored) = (85...100, 90)
        case .suspicious: (band, unscored) = (40...84, 50)
        case .benign: (band, unscored) = (0...19, 0)
        case .unknown: (band, unscored) = (0...0, 0)
        }
        guard let share, share.isFinite else {
            value = unscored
            scored = false
            return
        }
        let points = Int((min(max(share, 0), 1) * 100 + 0.5).rounded(.down))
        value = min(max(points, band.lowerBound), band.upperBound)
        scored = true
    }

    package init(value: Int, scored: Bool) {
        self.value = min(max(0, value), 100)
        self.scored = scored
    }
}

/// One normalised statement of a sandbox about one file.
package struct Verdict: Hashable, Sendable, Codable {
    package var level: VerdictLevel
    package var category: VerdictCategory
    package var score: NormalisedScore
    /// The product's own number on its own scale; never compared between products.
    package var productScore: Double?
    /// The product's scale in words: `0-100`, `0-10 (can exceed 10)`.
    package var productScale: String?
    package var hashes: FileHashes
    package var family: String?
    package var threat: String?
    package var fileName: String?
    package var fileType: String?
    /// The sender's own time of the analysis; taken as UTC where the sender names no zone.
    package var analysedAt: Timestamp?
    /// Name of the sandbox product as configured or recognised: `zscaler`.
    package var product: String
    /// The sender's id of this event; equal over its retries. Nil where the product has none.
    package var eventID: String?
    /// Why the level is `unknown`, or why the verdict can't be acted upon; for people.
    package var note: String?

    package init(
        level: VerdictLevel, category: VerdictCategory = .unknown, score: NormalisedScore? = nil,
        productScore: Double? = nil, productScale: String? = nil, hashes: FileHashes = FileHashes(),
        family: String? = nil, threat: String? = nil, fileName: String? = nil, fileType: String? = nil,
        analysedAt: Timestamp? = nil, product: String, eventID: String? = nil, note: String? = nil
    ) {
        self.level = level
        self.category = category
        self.score = score ?? NormalisedScore(level: level, share: nil)
        self.productScore = productScore
        self.productScale = productScale
        self.hashes = hashes
        self.family = family
        self.threat = threat
        self.fileName = fileName
        self.fileType = fileType
        self.analysedAt = analysedAt
        self.product = product
        self.eventID = eventID
        self.note = note
    }

    /// Whether Defender may be asked and machines acted upon: there is a hash, and none of an empty or one-newline file.
    package var isActionable: Bool { !hashes.isEmpty && !hashes.containsTrivial }
}
