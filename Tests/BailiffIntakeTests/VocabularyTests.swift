import BailiffIntake
import BailiffModel
import Foundation
import Testing

struct VocabularyTests {
    static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/BailiffIntake/BailiffIntake.docc/Products.md")

    /// The page shows the table as the code has it. With `BAILIFF_WRITE_DOCS` set it is written anew.
    @Test func thePageShowsTheTable() throws {
        let wanted = Self.text()
        if ProcessInfo.processInfo.environment["BAILIFF_WRITE_DOCS"] != nil {
            try wanted.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        let have = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(have == wanted, "run the tests with BAILIFF_WRITE_DOCS=1 to write the page anew")
    }

    @Test func everyProductHasItsTable() {
        #expect(Vocabulary.table.map(\.product) == Product.all.filter { $0 != .standardWebhooks })
        for product in Product.all { #expect(product.shape != nil) }
        #expect(Product.auto.shape == nil)
    }

    @Test func noWordIsListedTwice() {
        for vocabulary in Vocabulary.table {
            let words = vocabulary.words.map { "\($0.match) \($0.text)" }
            #expect(Set(words).count == words.count, "\(vocabulary.product)")
            for word in vocabulary.words { #expect("\(word.text)" == "\(word.text)".lowercased()) }
        }
    }

    @Test func bandsFall() {
        for vocabulary in Vocabulary.table {
            for (upper, lower) in zip(vocabulary.bands, vocabulary.bands.dropFirst()) {
                #expect(upper.bound > lower.bound && upper.level > lower.level, "\(vocabulary.product)")
            }
        }
    }

    static let scaleRows: [(Product, Double, Int?)] = [
        (.fortisandbox, 0, 0), (.fortisandbox, 4, 25), (.fortisandbox, 3, 50), (.fortisandbox, 2, 75),
        (.fortisandbox, 1, 100),
        (.fortisandbox, 8, nil), (.fortisandbox, -1, nil), (.trellixATD, -1, 0), (.trellixATD, 2, 50),
        (.trellixATD, 5, 100),
        (.triage, 1, 0), (.triage, 10, 100), (.opswatSandbox, -1, 0), (.opswatSandbox, 0, 50), (.opswatSandbox, 1, 100),
        (.cape, 10, 100), (.cuckoo, 12, 100), (.metadefender, 1, nil), (.trendmicro, 3, 100), (.zscaler, 80, 80),
        (.zscaler, -5, 0),
        (.zscaler, .nan, nil), (.cape, .infinity, nil),
    ]

    @Test(arguments: scaleRows)
    func scales(_ product: Product, _ number: Double, _ want: Int?) {
        let share = Vocabulary.of(product).scales.first?.share(of: number)
        #expect(share.map { Int(($0 * 100).rounded()) } == want)
    }

    @Test func engines() {
        let scale = Vocabulary.of(.virustotal).scales.first
        #expect(scale?.share(of: 33, total: 66) == 0.5)
        #expect(scale?.share(of: 3, total: 0) == nil)
        #expect(scale?.share(of: 3) == nil)
    }

    static let categoryRows: [(String, VerdictCategory?)] = [
        ("Win32.Ransom.HardBit", .ransomware), ("Advance Threat Ransomware", .ransomware),
        ("Trojan.Ransom/Filecoder", .ransomware),
        ("KillMBR.X", .wiper), ("HermeticWiper", nil), ("Wiper.Q", .wiper), ("I-Worm.Bagle", .worm), ("Wormhole", nil),
        ("not-a-virus:AdWare.Win32.X", .pua), ("PUA.Win.Y", .pua), ("PUP/Z", .pua), ("Puppet", nil),
        ("Sandbox Anonymizer", .pua),
        ("MALWARE_BOTNET", .other), ("Trojan.GenericKD", .other), ("Emotet", nil), ("", nil), ("RANSOM", .ransomware),
        ("Worm.Ransom", .ransomware), ("Adware Trojan", .pua), ("оther", nil),
        (String(repeating: "worm ", count: 500), nil),
    ]

    @Test(arguments: categoryRows)
    func categories(_ text: String, _ want: VerdictCategory?) { #expect(CategoryHints.category(of: text) == want) }

    @Test func productNames() {
        for product in Product.all + [.auto] {
            #expect(Product(named: product.name) == product)
            #expect(Product(named: product.name.uppercased()) == product)
        }
        #expect(Product(named: "Joe Sandbox") == .joesandbox)
        #expect(Product(named: "ANY.RUN") == .anyrun)
        #expect(Product(named: "fireeye") == .trellix)
        #expect(Product(named: "") == nil)
        #expect(Product(named: "---") == nil)
        #expect(Product(named: "zscalér") == nil)
    }

    // MARK: The page

    static func text() -> String {
        var lines = [
            "# Products", "",
            "What every product's words and numbers mean.", "",
            "## Overview", "",
            "Words are compared whole unless the table says otherwise, with ASCII letters in either case. A word that is not "
                + "listed makes",
            "the level `unknown`, with the word in the note. A number decides only where the product has no word, and then by "
                + "the",
            "bands below. `score_100` is the number mapped to 0–100 and clamped to the band of the level: malicious 85–100, "
                + "suspicious",
            "40–84, benign 0–19, unknown 0. Without a number it is 90, 50, 0, 0.", "",
            "Categories come from the product's own label first, then from the names of family and threat: see the last table.",
            "",
        ]
        for vocabulary in Vocabulary.table { lines += section(vocabulary) }
        lines += [
            "### Stored deliveries (`standard-webhooks`)", "",
            "Recognised by: \(Product.standardWebhooks.shape ?? "").", "",
            "The body inside is read as that of any product; one that nobody knows is an `unknown` verdict.", "",
            "### Parts of names that say a category", "",
            "Names are cut at everything that is no ASCII letter or digit. `*` stands for any ending.", "",
            "| category | parts |", "|---|---|",
        ]
        for category in VerdictCategory.allCases {
            let parts = CategoryHints.parts.filter { $0.category == category }.map { "`\($0.part)`" }
            if !parts.isEmpty { lines.append("| \(category.rawValue) | \(parts.joined(separator: ", ")) |") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ vocabulary: Vocabulary) -> [String] {
        var lines = ["### \(vocabulary.product.title) (`\(vocabulary.product.name)`)", ""]
        lines += ["Recognised by: \(vocabulary.product.shape ?? "").", "", "| level | words |", "|---|---|"]
        for level in VerdictLevel.allCases.reversed() {
            let words = vocabulary.words.filter { $0.level == level }.map(word)
            if !words.isEmpty { lines.append("| \(level.rawValue) | \(words.joined(separator: ", ")) |") }
        }
        for band in vocabulary.bands {
            lines.append("| \(band.level.rawValue) | number \(band.includesBound ? "≥" : ">") \(short(band.bound)) |")
        }
        if vocabulary.words.isEmpty, vocabulary.bands.isEmpty { lines.append("| – | – |") }
        lines.append("")
        for scale in vocabulary.scales { lines.append("Scale `\(scale.text)`: \(scale.formula).") }
        if !vocabulary.scales.isEmpty { lines.append("") }
        return lines
    }

    private static func word(_ word: Vocabulary.Word) -> String {
        let category = word.category.map { " (\($0.rawValue))" } ?? ""
        switch word.match {
        case .exactly: return "`\(word.text)`\(category)"
        case .beginning: return "`\(word.text)…`\(category)"
        case .anywhere: return "`…\(word.text)…`\(category)"
        }
    }

    private static func short(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? String(number) }
}
