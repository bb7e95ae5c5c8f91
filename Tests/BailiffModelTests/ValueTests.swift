import BailiffModel
import Testing

struct FileHashTests {
    static let sha256 = String(repeating: "0a", count: 32)

    static let rows: [(FileHash.Algorithm, String, String?)] = [
        (.sha256, sha256, sha256), (.sha256, sha256.uppercased(), sha256), (.sha256, " \t\(sha256)\r\n", sha256),
        (.sha256, String(sha256.dropLast()), nil), (.sha256, sha256 + "0", nil),
        (.sha256, "g" + sha256.dropFirst(), nil),
        (.sha256, String(sha256.dropLast()) + "É", nil), (.sha256, String(sha256.prefix(62)) + "０", nil),
        (.sha256, String(sha256.prefix(32)) + " " + String(sha256.suffix(32)), nil), (.sha256, "", nil),
        (.sha256, "  ", nil),
        (.sha256, String(repeating: "0", count: 64), nil), (.sha256, String(repeating: "f", count: 64), nil),
        (.sha256, String(repeating: "fF", count: 32), nil), (.sha1, String(repeating: "1", count: 40), nil),
        (.md5, String(repeating: "7", count: 32), nil),
        (.md5, String(repeating: "7", count: 31) + "8", String(repeating: "7", count: 31) + "8"),
        (.md5, String(sha256.prefix(32)), String(sha256.prefix(32))), (.md5, sha256, nil),
        (.sha1, String(sha256.prefix(40)), String(sha256.prefix(40))),
        (.md5, String(sha256.prefix(30)) + "\u{0}\u{0}", nil), (.md5, "0x" + sha256.prefix(30), nil),
        (.md5, String(sha256.prefix(31)) + "a\u{301}", nil),
    ]

    @Test(arguments: rows)
    func normalises(_ algorithm: FileHash.Algorithm, _ text: String, _ want: String?) {
        #expect(FileHash(algorithm, text)?.hex == want)
        if let want { #expect(FileHash(text)?.hex == want) }
    }

    @Test func trivialFiles() throws {
        for text in [
            "d41d8cd98f00b204e9800998ecf8427e", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "68b329da9893e34099c7d8ad5cb9c940",
            "adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
            "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
        ] {
            let hash = try #require(FileHash(text))
            #expect(hash.isOfTrivialFile)
        }
        #expect(FileHash(Self.sha256)?.isOfTrivialFile == false)
        let mixed = FileHashes(sha256: FileHash(Self.sha256), md5: FileHash("d41d8cd98f00b204e9800998ecf8427e"))
        #expect(mixed.containsTrivial)
        #expect(!Verdict(level: .malicious, hashes: mixed, product: "x").isActionable)
        #expect(!Verdict(level: .malicious, product: "x").isActionable)
    }

    @Test func aHashUnderTheWrongNameIsLeftOut() {
        let md5 = FileHash(.md5, String(Self.sha256.prefix(32)))
        #expect(FileHashes(sha256: md5, sha1: md5).isEmpty)
        #expect(FileHashes(md5: md5).all == [md5].compactMap { $0 })
    }
}

struct NormalisedScoreTests {
    static let rows: [(VerdictLevel, Double?, Int)] = [
        (.malicious, nil, 90), (.suspicious, nil, 50), (.benign, nil, 0), (.unknown, nil, 0),
        (.malicious, 0, 85), (.malicious, 0.85, 85), (.malicious, 0.974, 97), (.malicious, 0.975, 98),
        (.malicious, 1, 100),
        (.malicious, 7, 100), (.suspicious, 0.3, 40), (.suspicious, 0.845, 84), (.suspicious, 0.5, 50),
        (.benign, 0.5, 19),
        (.benign, 0.1, 10), (.benign, -3, 0), (.unknown, 1, 0), (.malicious, .nan, 90), (.malicious, .infinity, 90),
        (.malicious, -.infinity, 90), (.suspicious, .greatestFiniteMagnitude, 84),
    ]

    @Test(arguments: rows)
    func bands(_ level: VerdictLevel, _ share: Double?, _ want: Int) {
        let score = NormalisedScore(level: level, share: share)
        #expect(score.value == want)
        #expect(score.scored == (share?.isFinite == true))
    }

    @Test func levelsAreOrdered() {
        #expect(VerdictLevel.allCases.sorted() == [.unknown, .benign, .suspicious, .malicious])
    }
}

struct TimestampTests {
    static let rows: [(String, Bool, Int64?)] = [
        ("1970-01-01T00:00:00Z", false, 0), ("2026-11-20T23:40:51Z", false, 1_795_218_051_000_000),
        ("2000-02-29T12:00:00+01:00", false, 951_822_000_000_000),
        ("1999-12-31T23:59:59.999999Z", false, 946_684_799_999_999),
        ("1999-12-31T23:59:59.9999999Z", false, 946_684_799_999_999), ("1969-12-31T23:59:59.5Z", false, -500_000),
        ("0001-01-01T00:00:00Z", false, -62_135_596_800_000_000),
        ("9999-12-31T23:59:59Z", false, 253_402_300_799_000_000),
        ("2026-01-01t00:00:00z", false, 1_767_225_600_000_000), ("2026-01-01 00:00:00Z", false, 1_767_225_600_000_000),
        ("2026-01-01T00:00:00-00:30", false, 1_767_227_400_000_000),
        ("2026-01-01T00:00:00", true, 1_767_225_600_000_000),
        ("2026-01-01T00:00:00", false, nil), ("2026-01-01T00:00:60Z", false, nil), ("2026-02-29T00:00:00Z", false, nil),
        ("2026-13-01T00:00:00Z", false, nil), ("2026-00-01T00:00:00Z", false, nil),
        ("2026-01-00T00:00:00Z", false, nil),
        ("2026-01-01T24:00:00Z", false, nil), ("2026-01-01T00:60:00Z", false, nil),
        ("2026-01-01T00:00:00.Z", false, nil),
        ("2026-01-01T00:00:00+24:00", false, nil), ("2026-01-01T00:00:00+0100", false, nil), ("2026-01-01", false, nil),
        ("0000-01-01T00:00:00Z", false, nil), ("10000-01-01T00:00:00Z", false, nil),
        ("-001-01-01T00:00:00Z", false, nil),
        ("2026-01-01T00:00:00ZZ", false, nil), ("２026-01-01T00:00:00Z", false, nil), ("", false, nil),
        ("2026-01-01T00:00:00." + String(repeating: "1", count: 60) + "Z", false, nil),
    ]

    @Test(arguments: rows)
    func rfc3339(_ text: String, _ assumingUTC: Bool, _ want: Int64?) {
        #expect(Timestamp(rfc3339: text, assumingUTC: assumingUTC)?.microseconds == want)
    }

    @Test func everyDayComesBack() throws {
        var day: Int64 = -719_162
        while day < 2_932_896 {
            let time = Timestamp(seconds: day * 86_400 + 1)
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
            #expect(Timestamp(utc: time.utc) == time)
            day += 97
        }
    }

    @Test func arithmeticSaturates() {
        #expect(Timestamp(seconds: .max) == .distantFuture)
        #expect(Timestamp(seconds: .min) == .distantPast)
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
        #expect(Timestamp.distantFuture - .distantPast > .zero)
        #expect(Timestamp.distantPast - .distantFuture < .zero)
        #expect(Timestamp.epoch + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp.distantFuture.rfc3339 == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp.distantPast.rfc3339 == "0001-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp.distantPast.seconds == Int64.min / 1_000_000 - 1)
    }
}

struct EncodingTests {
    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{7F}é"])
    func base64ComesBack(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z===", "====", "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_",
        "Zm\u{301}v",
        "=Zm9", "Zm=v", "Zé==",
    ])
    func looseBase64(_ text: String) { #expect(Base64.decode(text) == nil) }

    @Test(arguments: ["0", "0g", "0x00", " 00", "００", "0é"]) func looseHex(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func everyByte() {
        let bytes = [UInt8](0...255)
        for count in 0...bytes.count {
            #expect(Base64.decode(Base64.encode(bytes.prefix(count))) == Array(bytes.prefix(count)))
        }
        #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
    }

    @Test func digests() throws {
        let empty = Digest.of([UInt8]())
        #expect(empty.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(hex: empty.hex.uppercased()) == empty)
        #expect(Digest(hex: String(empty.hex.dropLast())) == nil)
        #expect(Digest(bytes: [1, 2]) == nil)
        #expect(Digest.of("a") != empty)
    }
}

struct PublicIDTests {
    @Test func comesBack() throws {
        for value: UInt64 in [0, 1, 31, 32, 1 << 39, (1 << 40) - 1] {
            let id = try #require(PublicID(value: value))
            #expect(PublicID(id.text) == id)
            #expect(PublicID(id.text.lowercased()) == id)
        }
        #expect(PublicID(value: 1 << 40) == nil)
        #expect(PublicID(random: [255, 255, 255, 255, 255, 9]).value == (1 << 40) - 1)
        #expect(PublicID(random: []).value == 0)
    }

    @Test(arguments: ["", "0000000", "000000000", "0000000U", "0000 000", "0000000é", "０0000000"])
    func refuses(_ text: String) { #expect(PublicID(text) == nil) }

    @Test func prefixes() throws {
        let all = try #require(PublicID.range(ofPrefix: "0"))
        #expect(all.values == 0..<(1 << 35))
        let last = try #require(PublicID.range(ofPrefix: "zzzzzzzz"))
        #expect(last.values == ((1 << 40) - 1)..<(1 << 40))
        #expect(PublicID("OIL00000") == PublicID("01100000"))
        #expect(PublicID.range(ofPrefix: "ZZZZZZZZZ") == nil)
    }
}

struct SecretTests {
    @Test func isNeverShown() {
        let secret = Secret("correct horse")
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret], to: &dumped)
        let shown =
            "\(secret) \(String(reflecting: secret)) \(Mirror(reflecting: secret).children.map { "\($0)" }) \(dumped)"
        #expect(!shown.contains("horse"))
    }

    @Test func compares() {
        let secret = Secret("correct horse")
        #expect(secret.matches("correct horse".utf8))
        #expect(!secret.matches("correct hors".utf8))
        #expect(!secret.matches("correct horsf".utf8))
        #expect(!secret.matches("".utf8))
        #expect(Secret("é") != Secret("e\u{301}"))
        #expect(constantTimeEqual([], []))
    }
}

struct JSONTextTests {
    @Test func escapesWhatTerminalsAct() throws {
        let value: JSONValue = ["k\u{1B}": "\u{0}\u{7F}\u{202E}é😀\"\\\n"]
        #expect(
            value.text(.init(escapesNonASCII: true)) == #"{"k\u001b":"\u0000\u007f\u202e\u00e9\ud83d\ude00\"\\\n"}"#)
        #expect(value.text() == "{\"k\\u001b\":\"\\u0000\\u007f\u{202E}é😀\\\"\\\\\\n\"}")
    }

    @Test func numbers() {
        #expect(JSONValue.double(.nan).text() == "null")
        #expect(JSONValue.double(.infinity).text() == "null")
        #expect(JSONValue.int(.min).text() == "-9223372036854775808")
        #expect(JSONValue.double(0.1).text() == "0.1")
    }

    @Test func keysAreBytes() throws {
        var object = JSONObject([.init("é", 1), .init("e\u{301}", 2)])
        #expect(object["é"] == .int(1))
        #expect(object["e\u{301}"] == .int(2))
        object["é"] = nil
        #expect(object.count == 1)
        object["new"] = .null
        #expect(object["new"] == .null)
        #expect(JSONValue.object(object).text(.sorted) == "{\"e\u{301}\":2,\"new\":null}")
    }
}
