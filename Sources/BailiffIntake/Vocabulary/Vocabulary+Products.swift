import BailiffModel

// The table of every product's words and numbers. The page "Products" of the documentation shows the same table; a test
// compares the two.

extension Vocabulary {
    /// The vocabulary of a product; an empty one for a product without words and numbers of its own.
    package static func of(_ product: Product) -> Vocabulary { byName[product.name] ?? Vocabulary(product) }

    private static let byName: [String: Vocabulary] = table.reduce(into: [:]) { $0[$1.product.name] = $1 }

    private static func malicious(_ words: StaticString..., category: VerdictCategory? = nil) -> [Word] {
        words.map { Word(text: $0, match: .exactly, level: .malicious, category: category, reason: nil) }
    }

    private static func suspicious(_ words: StaticString..., category: VerdictCategory? = nil) -> [Word] {
        words.map { Word(text: $0, match: .exactly, level: .suspicious, category: category, reason: nil) }
    }

    private static func benign(_ words: StaticString...) -> [Word] {
        words.map { Word(text: $0, match: .exactly, level: .benign, category: nil, reason: nil) }
    }

    private static func unknown(_ reason: String, _ words: StaticString...) -> [Word] {
        words.map { Word(text: $0, match: .exactly, level: .unknown, category: nil, reason: reason) }
    }

    private static func beginning(_ words: StaticString..., level: VerdictLevel) -> [Word] {
        words.map { Word(text: $0, match: .beginning, level: level, category: nil, reason: nil) }
    }

    private static func containing(_ words: StaticString..., level: VerdictLevel) -> [Word] {
        words.map { Word(text: $0, match: .anywhere, level: level, category: nil, reason: nil) }
    }

    private static func from(_ bound: Double, _ level: VerdictLevel) -> Band {
        Band(bound: bound, includesBound: true, level: level)
    }

    private static func above(_ bound: Double, _ level: VerdictLevel) -> Band {
        Band(bound: bound, includesBound: false, level: level)
    }

    private static let hundred = ScoreScale("0-100", .linear(low: 0, high: 100))
    private static let pending = "the analysis is not finished"
    private static let notRun = "the file was not analysed"
    private static let noOpinion = "the sandbox has no opinion"

    /// In the order of ``Product/all``.
    package static let table: [Vocabulary] = sandboxes + formats

    private static let sandboxes: [Vocabulary] = [
        Vocabulary(
            .generic, scales: [hundred],
            words: [malicious("malicious"), suspicious("suspicious"), benign("benign"), unknown(noOpinion, "unknown")]),
        Vocabulary(
            .zscaler, scales: [hundred],
            words: [
                malicious("malicious"), suspicious("suspicious"), benign("benign"),
                unknown(pending, "submitted to sandbox", "sent for analysis", "in progress", "pending"),
                unknown(notRun, "no report", "not scanned", "unscannable", "unknown", "other", "miscellaneous"),
                containing("benign", level: .benign), containing("suspicious", level: .suspicious),
                malicious("threat category"),
                beginning("sandbox ", "advance threat", "advanced threat", level: .malicious),
                containing(
                    "ransom", "malware", "trojan", "botnet", "virus", "worm", "backdoor", "spyware", "exploit",
                    "rootkit",
                    "stealer", "adware", "riskware", "unwanted", "hacking", "offensive", "anonymizer", "peer to peer",
                    "p2p", "cryptomin", "dropper", "downloader", "keylogger", "phishing", level: .malicious),
            ]),
        Vocabulary(
            .cape, scales: [ScoreScale("0-10", .linear(low: 0, high: 10))],
            words: [
                malicious("malicious"), suspicious("suspicious"), benign("clean"),
                unknown("the sandbox saw nothing, which is no verdict", "undetected"), unknown(notRun, "failed"),
            ],
            bands: [from(7, .malicious), from(4, .suspicious), above(0, .benign)]),
        Vocabulary(
            .cuckoo, scales: [ScoreScale("0-10 (can exceed 10)", .linear(low: 0, high: 10))],
            bands: [above(6.5, .malicious), above(2, .suspicious), above(0, .benign)]),
        Vocabulary(
            .vmray, scales: [hundred],
            words: [
                malicious("malicious", "blacklisted"), suspicious("suspicious"),
                benign("clean", "not_suspicious", "not suspicious", "whitelisted"),
                unknown(noOpinion, "unknown"), unknown(notRun, "not_available", "not available", "n/a", "error"),
            ]),
        Vocabulary(
            .joesandbox, scales: [hundred],
            words: [
                malicious("malicious", "mal"), suspicious("suspicious", "sus"), benign("clean"),
                unknown(noOpinion, "unknown", "unk"),
            ]),
        Vocabulary(
            .hybridAnalysis, scales: [hundred, ScoreScale("0-100 or null", .linear(low: 0, high: 100))],
            words: [
                malicious("malicious"), suspicious("suspicious"),
                benign("whitelisted", "no specific threat", "no-specific-threat", "no_specific_threat", "clean"),
                unknown(noOpinion, "no verdict", "no-verdict", "no_verdict", "no-result", "unknown", "ambiguous"),
                unknown(pending, "in-queue", "in-progress", "in_queue", "in_progress"),
            ]),
        Vocabulary(
            .anyrun, scales: [hundred],
            words: [
                malicious("malicious activity", "malicious"), suspicious("suspicious activity", "suspicious"),
                benign("no threats detected", "no threats"), unknown(noOpinion, "unknown", "no info"),
            ],
            bands: [from(100, .malicious), from(51, .suspicious), from(0, .unknown)]),
        Vocabulary(
            .triage, scales: [ScoreScale("1-10", .linear(low: 1, high: 10))],
            bands: [from(8, .malicious), from(6, .suspicious), from(1, .benign)]),
        Vocabulary(
            .wildfire,
            words: [
                malicious("malicious", "malware", "yes", "1"),
                malicious("phishing", "4", "c2", "command-and-control", "5"),
                suspicious("grayware", "greyware", "2", category: .pua), benign("benign", "no", "0"),
                unknown(pending, "pending", "-100"), unknown(notRun, "error", "-101"),
                unknown("the sandbox does not know the file", "unknown", "-102"),
                unknown(notRun, "invalid hash", "-103"),
            ]),
        Vocabulary(
            .fortisandbox,
            scales: [
                ScoreScale("0,1-4 INVERTED", .table([(0, 0), (4, 0.25), (3, 0.5), (2, 0.75), (1, 1)])),
                ScoreScale(
                    "0,1-4 INVERTED (1 = Malicious)", .table([(0, 0), (4, 0.25), (3, 0.5), (2, 0.75), (1, 1)])),
            ],
            words: [
                malicious("malicious", "high risk", "highrisk", "high"),
                suspicious(
                    "medium risk", "med risk", "mediumrisk", "medium", "low risk", "lowrisk", "low", "suspicious"),
                benign("clean"),
                unknown(noOpinion, "unknown", "other"),
                unknown(notRun, "canceled", "cancelled", "timeout", "timed out"),
                unknown(pending, "pending", "in queue"),
            ]),
        Vocabulary(
            .checkpoint,
            words: [
                malicious("malicious"), suspicious("suspicious"), benign("benign", "clean"),
                unknown(noOpinion, "unknown"), unknown(notRun, "error", "not_found"), unknown(pending, "pending"),
            ]),
        Vocabulary(
            .trellix,
            words: [
                malicious("yes", "malicious", "true", "malware_object", "malware-object"),
                benign("no", "benign", "non-malicious", "clean", "false"), suspicious("suspicious"),
                unknown(noOpinion, "unknown"), unknown(pending, "pending", "submitted", "in progress"),
            ]),
        Vocabulary(
            .trellixATD, scales: [ScoreScale("-1..5", .linear(low: -1, high: 5))],
            bands: [from(3, .malicious), from(1, .suspicious), from(-1, .benign)]),
        Vocabulary(
            .trendmicro, scales: [ScoreScale("risk level 0-3", .linear(low: 0, high: 3))],
            bands: [from(3, .malicious), from(0, .suspicious)]),
        Vocabulary(
            .threatgrid, scales: [hundred],
            bands: [from(90, .malicious), from(50, .suspicious), from(0, .benign)]),
        Vocabulary(
            .virustotal, scales: [ScoreScale("engines of N that gave an opinion", .engines)],
            words: [
                malicious("malicious", "malware", "verdict_malicious"), suspicious("suspicious", "verdict_suspicious"),
                benign("harmless", "clean", "verdict_harmless", "verdict_benign"),
                unknown(noOpinion, "undetected", "unknown", "verdict_undetected", "verdict_unknown"),
            ],
            bands: [from(5, .malicious), from(1, .suspicious)]),
        Vocabulary(
            .metadefender, scales: [ScoreScale("result index, not a score", .none)],
            words: [
                malicious("1", "infected"), suspicious("2", "suspicious", "8", "skipped infected", "skipped dirty"),
                suspicious("22", "potentially unwanted program", "unwanted program", category: .pua),
                benign("0", "no threat detected", "clean", "no threats found", "7", "skipped clean"),
                unknown(notRun, "3", "failed", "9", "10", "11", "12", "13", "14", "15", "16", "19", "23"),
                unknown("the result is no verdict", "4", "cleaned", "17", "18", "20", "21", "sensitive data found"),
                unknown(pending, "255", "in progress"),
            ]),
        Vocabulary(
            .opswatSandbox, scales: [ScoreScale("-1..1 (threatLevel)", .linear(low: -1, high: 1))],
            words: [
                malicious("malicious", "likely_malicious", "likely malicious"), suspicious("suspicious"),
                benign("benign", "no_threat", "no threat"), unknown(noOpinion, "unknown", "informational"),
            ]),
        Vocabulary(
            .intezer,
            words: [
                malicious("malicious", "known_malicious"), suspicious("suspicious"),
                benign("trusted", "no_threats", "no threats", "known_trusted"),
                unknown(noOpinion, "unknown", "neutral"), unknown(notRun, "not_supported", "not supported", "failed"),
            ]),
    ]

    private static let formats: [Vocabulary] = [
        Vocabulary(
            .stix, scales: [],
            words: [
                malicious("malicious", "malicious-activity"), suspicious("suspicious", "anomalous-activity"),
                benign("benign"), unknown(noOpinion, "unknown"),
            ]),
        Vocabulary(
            .misp,
            words: [
                malicious("malicious", "blacklisted"), suspicious("suspicious"),
                benign("clean", "benign", "not_suspicious", "whitelisted"),
                unknown(noOpinion, "unknown", "not_available"),
            ]),
        Vocabulary(
            .ecs, scales: [hundred],
            words: [
                malicious("malicious", "malware", "malware_detected"), suspicious("suspicious"),
                benign("benign", "clean", "harmless"), unknown(noOpinion, "unknown"),
            ]),
        Vocabulary(
            .cef,
            words: [
                malicious("malicious", "malware", "infected"), suspicious("suspicious"),
                benign("benign", "clean", "harmless"), unknown(noOpinion, "unknown"), unknown(pending, "pending"),
            ]),
        Vocabulary(
            .leef,
            words: [
                malicious("malicious", "malware", "infected"), suspicious("suspicious"),
                benign("benign", "clean", "harmless"), unknown(noOpinion, "unknown"), unknown(pending, "pending"),
            ]),
    ]
}
