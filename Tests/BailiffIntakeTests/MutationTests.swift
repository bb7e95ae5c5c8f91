import BailiffIntake
import BailiffModel
import Foundation
import Testing

/// Seeded damage to every body there is. Whatever comes in: no crash, no hang, no growing memory, and no statement that
/// the damaged bytes do not make.
struct MutationTests {
    struct Sample: Sendable {
        var name: String
        var bytes: [UInt8]
        var product: Product
        /// The hashes that the undamaged body states of its files, file by file.
        var files: [Set<String>]
        var levels: Set<VerdictLevel>
    }

    static let samples: [Sample] = {
        var out: [Sample] = []
        func add(_ name: String, _ body: IntakeBody) {
            guard body.contentType == nil, let read = try? Intake.normalise(body, product: .auto) else { return }
            let verdicts = read.records.compactMap(\.verdict)
            out.append(
                Sample(
                    name: name, bytes: body.bytes, product: read.product,
                    files: verdicts.map { Set($0.hashes.all.map(\.hex)) }, levels: Set(verdicts.map(\.level))))
        }
        for sample in Corpus.samples { if let bytes = try? sample.bytes { add(sample.file, IntakeBody(bytes: bytes)) } }
        for row in FixtureTests.cases { add(row.testDescription, row.body) }
        return out
    }()

    static let count = ProcessInfo.processInfo.environment["BAILIFF_MUTATIONS"].flatMap { Int($0) } ?? 5_000

    @Test func damagedBodies() throws {
        try #require(!Self.samples.isEmpty)
        var generator = SplitMix(seed: 20_261_121)
        var read = 0
        var refused = 0
        var verdicts = 0
        let before = Self.residentPages()
        let clock = ContinuousClock()
        for round in 0..<Self.count {
            let sample = Self.samples[round % Self.samples.count]
            let other = Self.samples[generator.index(Self.samples.count)]
            let bytes = Self.damaged(sample.bytes, with: other.bytes, &generator)
            let product = generator.index(2) == 0 ? Product.auto : sample.product
            let start = clock.now
            do throws(BodyError) {
                let body = try Intake.normalise(IntakeBody(bytes: bytes), product: product)
                read += 1
                for record in body.records {
                    #expect(record.bytes.lowerBound >= 0 && record.bytes.upperBound <= bytes.count)
                    HostileBodyTests.checkBounds(record)
                    guard let verdict = record.verdict else { continue }
                    verdicts += 1
                    Self.check(verdict, bytes: bytes, sources: [sample, other], round: round)
                }
            } catch {
                refused += 1
            }
            #expect(clock.now - start < .seconds(5), "\(sample.name), round \(round)")
        }
        // The damage must leave something to be read, else nothing was tried.
        #expect(read > Self.count / 4 && refused > Self.count / 50 && verdicts > Self.count / 10)
        #expect(Self.residentPages() - before < 100_000, "memory grew by more than 400 MB")
    }

    // MARK: What must hold

    private static func check(_ verdict: Verdict, bytes: [UInt8], sources: [Sample], round: Int) {
        let text = decoded(bytes)
        let hashes = verdict.hashes.all.map(\.hex)
        for hash in hashes {
            #expect(text.contains(Array(hash.utf8)), "round \(round): \(hash) does not stand in the body")
        }
        // A hash of the undamaged body that belonged to another file (a child, a dropped file, another record's) must not
        // stand beside this one's. What came in with a part of another body stands where the damage put it.
        // So does what was cut out of a longer one.
        let known = hashes.filter { hash in sources.first?.bytes.holdsWhole(hash) ?? false }
        let isOneFile =
            sources.contains { source in source.files.contains { $0.isSuperset(of: known) } } || known.isEmpty
            || verdict.product == Product.misp.name || verdict.product == Product.stix.name
            // Its digests are those of the file where the file's own hash is gone, the key before it included.
            || verdict.product == Product.opswatSandbox.name
            || sources.contains { source in
                // A body that said nothing of any file, or lost what it said, until the damage changed what it is about.
                source.files.allSatisfy { $0.allSatisfy { !text.contains(Array($0.utf8)) } }
                    && known.allSatisfy { source.bytes.holds($0) }
            }
        #expect(isOneFile, "round \(round): \(known) are of no one file of \(sources.map(\.name))")
        if verdict.level > .benign {
            #expect(
                isJustified(verdict, text),
                "round \(round): nothing in \(sources.map(\.name)) says \(verdict.level.rawValue) for \(verdict.product)"
            )
        }
    }

    /// Whether the bytes hold a word of the product for this level, or the number from which it comes, or, for formats
    /// in which being listed is the statement, the mark of such a list.
    private static func isJustified(_ verdict: Verdict, _ text: Haystack) -> Bool {
        guard let product = Product(named: verdict.product) else { return false }
        let vocabulary = Vocabulary.of(product)
        for word in vocabulary.words where word.level == verdict.level {
            if text.contains(Array("\(word.text)".utf8)) { return true }
        }
        if let score = verdict.productScore, !vocabulary.bands.isEmpty {
            let whole = Int64(exactly: score).map(String.init)
            if text.contains(Array((whole ?? String(score)).utf8)) { return true }
            // Beyond every scale: damage made `9e6` of a nought, and nobody wrote the number as it is printed.
            if score.magnitude > 1_000 { return true }
        }
        let marks: [Product: [String]] = [
            .trellix: ["malware", "mo|", "riskware", "ro|"], .stix: ["indicator"], .misp: ["to_ids"],
            .ecs: ["indicator", "alert"],
            .trendmicro: ["vad", "sproc=va", "sandbox", "rozrating"], .zscaler: ["sandbox", "behavior analysis"],
            .cape: ["detections", "malfamily"],
            .virustotal: ["suspicious", "malicious"], .anyrun: ["threatlevel"], .fortisandbox: ["score"],
        ]
        return (marks[product] ?? []).contains { text.contains(Array($0.utf8)) }
    }

    /// The body in small letters, and the same with its escapes decoded.
    private static func decoded(_ bytes: [UInt8]) -> Haystack { Haystack(bytes) }

    struct Haystack {
        private var forms: [[UInt8]]

        init(_ bytes: [UInt8]) {
            let plain = bytes.map(\.lowered)
            var unescaped: [UInt8] = []
            var index = 0
            while index < bytes.count {
                if bytes[index] == 0x25, index + 2 < bytes.count, let high = Hex.value(of: bytes[index + 1]),
                    let low = Hex.value(of: bytes[index + 2])
                {
                    unescaped.append((high << 4 | low).lowered)
                    index += 3
                } else if bytes[index] == 0x5C, index + 5 < bytes.count, bytes[index + 1] | 0x20 == 0x75,
                    let high = Hex.value(of: bytes[index + 4]), let low = Hex.value(of: bytes[index + 5])
                {
                    unescaped.append((high << 4 | low).lowered)
                    index += 6
                } else if bytes[index] == 0x5C, index + 1 < bytes.count {
                    unescaped.append(bytes[index + 1].lowered)
                    index += 2
                } else {
                    unescaped.append(bytes[index].lowered)
                    index += 1
                }
            }
            forms = [plain, unescaped, plain.filter { $0 != 0x20 && $0 != 0x5F && $0 != 0x2D }]
            forms += Haystack.encoded(bytes)
        }

        /// What stands in the body as base64.
        private static func encoded(_ bytes: [UInt8]) -> [[UInt8]] {
            let marker = Array("data_base64".utf8)
            guard bytes.holds(marker) else { return [] }
            return bytes.split(separator: 0x22).compactMap { part in
                part.count < 16 ? nil : Base64.decode(String(decoding: part, as: UTF8.self))?.map(\.lowered)
            }
        }

        func contains(_ needle: [UInt8]) -> Bool { forms.contains { $0.holds(needle) } }
    }

    // MARK: The damage

    private static func damaged(_ bytes: [UInt8], with other: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0...generator.index(3) {
            guard !bytes.isEmpty else { return bytes }
            let place = generator.index(bytes.count)
            switch generator.index(12) {
            case 0: bytes[place] ^= 1 << UInt8(generator.index(8))
            case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
            case 4: bytes.insert(Array(#"{}[]":,\<>&=|'%"#.utf8)[generator.index(15)], at: place)
            case 5: bytes.removeLast(generator.index(bytes.count))
            case 6:  // a part again somewhere else
                let part = bytes[place..<min(bytes.count, place + generator.index(200))]
                bytes.insert(contentsOf: Array(part), at: generator.index(bytes.count))
            case 7:  // a part away
                bytes.removeSubrange(place..<min(bytes.count, place + generator.index(100)))
            case 8:  // a part of another body
                guard !other.isEmpty else { continue }
                let start = generator.index(other.count)
                bytes.insert(contentsOf: other[start..<min(other.count, start + generator.index(300))], at: place)
            case 9:  // a number grows
                if let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) {
                    bytes.insert(
                        contentsOf: Array("9e99999999999999999999".utf8.prefix(generator.index(22))), at: digit)
                }
            case 10: bytes.insert(contentsOf: [UInt8](repeating: 0x5B, count: generator.index(400)), at: place)
            default:  // letters change their case
                for index in place..<min(bytes.count, place + 20) where (0x61...0x7A).contains(bytes[index] | 0x20) {
                    bytes[index] ^= 0x20
                }
            }
        }
        return bytes
    }

    private static func residentPages() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
    }
}

/// A small generator with a seed: the same damage on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Below `bound`, which is above zero.
    mutating func index(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension UInt8 {
    fileprivate var lowered: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension [UInt8] {
    /// Whether `text` occurs, letters in either case; `text` is in small letters.
    fileprivate func holds(_ text: String) -> Bool { map(\.lowered).holds(Array(text.utf8)) }

    /// As ``holds(_:)-(String)``, but not as a part of a longer row of hexadecimal digits.
    fileprivate func holdsWhole(_ digits: String) -> Bool {
        split(whereSeparator: { Hex.value(of: $0) == nil }).contains {
            $0.lazy.map(\.lowered).elementsEqual(digits.utf8)
        }
    }

    fileprivate func holds(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return needle.isEmpty }
        return withUnsafeBufferPointer { bytes in
            var index = 0
            while index + needle.count <= bytes.count {
                if bytes[index] == first {
                    var length = 1
                    while length < needle.count, bytes[index + length] == needle[length] { length += 1 }
                    if length == needle.count { return true }
                }
                index += 1
            }
            return false
        }
    }
}
