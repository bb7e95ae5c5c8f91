package import BailiffModel

/// What was looked at for a case, and what was not (promise: a case says what was *not* seen).
package struct Coverage: Hashable, Sendable, Codable {
    /// One thing that was not seen.
    package struct Gap: Hashable, Sendable, Codable {
        /// Closed and documented.
        package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
            /// No SHA-1 could be learned, so `files/{sha1}/machines` could not be asked.
            case hashNotTranslatable = "hash_not_translatable"
            /// The file is unknown to Defender.
            case fileUnknown = "file_unknown"
            /// The application lacks a role; the text names it.
            case noPermission = "no_permission"
            /// Machines that saw the file but are not onboarded, or excluded: no action is possible.
            case notOnboarded = "not_onboarded"
            /// Nothing before the look-back was asked for.
            case olderThanLookback = "older_than_lookback"
            /// A call failed or a quota was exhausted; it is asked again.
            case notAnswered = "not_answered"
            /// Hunting is not available, so paths, times and execution are unknown.
            case noHunting = "no_hunting"
            /// Hunting gave as many rows as it gives at most: there may be more machines than it named.
            case huntingCut = "hunting_cut"
            /// Several records look like one device and nothing links them.
            case ambiguousRecords = "ambiguous_records"
            /// The file is empty or a lone line feed: every machine has it.
            case trivialFile = "trivial_file"
        }

        package var code: Code
        /// For people.
        package var text: String

        package init(_ code: Code, _ text: String) {
            self.code = code
            self.text = text
        }
    }

    package var askedAt: Timestamp
    package var lookBackSeconds: Int64
    /// Which sources answered.
    package var sources: [Sighting.Source]
    package var gaps: [Gap]

    package init(askedAt: Timestamp, lookBackSeconds: Int64, sources: [Sighting.Source], gaps: [Gap]) {
        self.askedAt = askedAt
        self.lookBackSeconds = lookBackSeconds
        self.sources = sources
        self.gaps = gaps
    }
}
