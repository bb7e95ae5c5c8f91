import BailiffAudit
import BailiffModel
import Testing

@Suite(.serialized) struct EntryBuilderTests {
    static let time = Timestamp(microseconds: 1_795_218_051_000_123)
    static let salt = [UInt8](repeating: 0xAB, count: 32)

    private func builder() -> EntryBuilder { EntryBuilder(kind: "verdict.received", at: Self.time, actor: "feed:lab") }

    private func text(_ built: BuiltEntry) -> String { String(decoding: built.entry.bytes, as: UTF8.self) }

    private func root(_ built: BuiltEntry) throws -> JSONValue {
        try StrictJSON.parse(built.entry.bytes, limits: .trusted)
    }

    @Test func envelopeFirstThenFieldsByName() {
        let built = builder().setting("feed", "lab").setting("case", 4).setting("Z", true).setting("empty", .null)
            .setting("nested", .object([.init("b", 2), .init("a", .list([1, "x"]))])).build()
        #expect(
            text(built)
                == #"{"v":1,"at":"2026-11-20T23:40:51.000123Z","kind":"verdict.received","actor":"feed:lab","Z":true,"#
                + #""case":4,"empty":null,"feed":"lab","nested":{"a":[1,"x"],"b":2}}"#)
        #expect(built.redactables.isEmpty && built.cuts.isEmpty)
    }

    @Test func timesHaveSixDigits() {
        for (microseconds, wanted) in [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_500_000, "1970-01-01T00:00:01.500000Z"),
        ] as [(Int64, String)] {
            #expect(Timestamp(microseconds: microseconds).rfc3339WithMicroseconds == wanted)
        }
    }

    @Test func aSecondSetReplacesAndEnvelopeNamesGiveWay() {
        let built = builder().setting("case", 1).setting("case", 2).setting("at", "x").setting("v", 9).build()
        #expect(text(built).hasSuffix(#""at_":"x","case":2,"v_":9}"#))
    }

    @Test func convenienceInitialiserIsTheSame() {
        let entry = Entry(
            kind: "verdict.received", at: Self.time, actor: "feed:lab", subject: [("case", 4), ("a", "b")])
        #expect(entry == builder().setting("a", "b").setting("case", 4).build().entry)
    }

    @Test func everythingFromOutsideStaysOnOneLineOfASCII() throws {
        let hostile = "a\"\\\n\r\t\u{1B}[31m\u{7F}\u{85}\u{2028}\u{202E}é\u{1F600}\u{FEFF}"
        let built = builder().setting("name", .text(hostile)).build()
        #expect(built.entry.bytes.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(Array(try root(built)["name"]?.string?.utf8 ?? "".utf8) == Array(hostile.utf8))
    }

    @Test func textWithZeroGoesInAsBase64() throws {
        let built = builder().setting("name", "a\0b").build()
        #expect(try root(built)["name"] == ["base64": "YQBi"])
        let odd = EntryBuilder(kind: "k\0", at: Self.time, actor: "a").build()
        #expect(try root(odd)["kind"] == "k\u{FFFD}")
    }

    @Test func commitmentsHideTheValueAndCanBeOpened() throws {
        let built = builder().setting("machine", .committed("LAPTOP-7", salt: Self.salt))
            .setting("list", .list([.object([.init("a/b~", .committed("user\u{0}", salt: Self.salt))])])).build()
        let digest = Digest.of(Self.salt + Array("LAPTOP-7".utf8))
        #expect(try root(built)["machine"] == ["commitment": .string(Base64.encode(digest.bytes))])
        #expect(!text(built).contains("LAPTOP"))
        #expect(built.redactables.map(\.path) == ["/list/0/a~1b~0", "/machine"])
        #expect(built.redactables.map(\.value) == ["user\0", "LAPTOP-7"])
        for redactable in built.redactables {
            #expect(redactable.isCommitted(in: built.entry))
            var wrong = redactable
            wrong.value += "x"
            #expect(!wrong.isCommitted(in: built.entry))
            wrong = redactable
            wrong.salt[0] ^= 1
            #expect(!wrong.isCommitted(in: built.entry))
            wrong = redactable
            wrong.path += "/x"
            #expect(!wrong.isCommitted(in: built.entry))
        }
        #expect(!built.redactables[0].isCommitted(in: Entry(stored: [0xFF])))
    }

    @Test func longTextIsCutAtAScalarWithItsDigest() throws {
        let long = String(repeating: "é", count: 1_100)
        let built = builder().setting("path", .text(long)).setting("fits", .text(String(repeating: "x", count: 2_048)))
            .build()
        let cut = try #require(try root(built)["path"]?["cut"])
        #expect(cut["bytes"] == 2_200)
        #expect(cut["first"]?.string == String(repeating: "é", count: 512))
        #expect(cut["sha256"]?.string == Digest.of(long).hex)
        #expect(try root(built)["fits"]?.string?.utf8.count == 2_048)
        #expect(built.cuts == ["/path"])
    }

    @Test func longListIsCutWithCountAndDigest() throws {
        let elements = (0..<300).map { FieldValue.integer(Int64($0)) }
        let built = builder().setting("machines", .list(elements)).setting("few", .list(Array(elements.prefix(256))))
            .build()
        let cut = try #require(try root(built)["machines"]?["cut"])
        #expect(cut["count"] == 300)
        #expect(cut["first"]?.array?.count == 32)
        let whole = "[" + (0..<300).map(String.init).joined(separator: ",") + "]"
        #expect(cut["sha256"]?.string == Digest.of(whole).hex)
        #expect(try root(built)["few"]?.array?.count == 256)
        #expect(built.cuts == ["/machines"])
    }

    @Test func onlyRedactablesThatAreInTheEntryComeBack() throws {
        let names = (0..<300).map { FieldValue.committed("host \($0)", salt: Self.salt) }
        let built = builder().setting("machines", .list(names)).build()
        #expect(built.redactables.count == 32)
        #expect(built.redactables.allSatisfy { $0.isCommitted(in: built.entry) })
        #expect(built.redactables.first?.path == "/machines/cut/first/0")
    }

    @Test func deepValuesAreCut() throws {
        var value = FieldValue.text("x")
        for _ in 0..<40 { value = .list([value]) }
        var json: JSONValue = "x"
        for _ in 0..<40 { json = ["a": json] }
        let built = builder().setting("deep", value).setting("json", .json(json)).build()
        #expect(built.cuts.count == 2)
        _ = try root(built)
    }

    @Test func theWholeNeverExceedsTheLimit() throws {
        // 256 texts of 2,048 bytes: every part within its bound, the whole eight times too long.
        let texts = FieldValue.list((0..<256).map { _ in .text(String(repeating: "\u{1}", count: 2_048)) })
        let built = builder().setting("a", texts).setting("b", "stays").setting(
            "secret", .committed("x", salt: Self.salt)
        ).build()
        #expect(built.entry.bytes.count <= Entry.sizeLimitInBytes)
        #expect(built.cuts == ["/a"])
        #expect(try root(built)["a"]?["cut"]?["sha256"]?.string?.utf8.count == 64)
        #expect(try root(built)["b"] == "stays")
        #expect(built.redactables.map(\.path) == ["/secret"])

        var wide = builder()
        for index in 0..<3_000 { wide.set("field number \(index)", .committed("x", salt: Self.salt)) }
        let collapsed = wide.build()
        #expect(collapsed.entry.bytes.count < 1_000)
        #expect(collapsed.redactables.isEmpty)
        #expect(try root(collapsed)["fields"]?["cut"]?["sha256"] != nil)
    }

    @Test func longActorsKeepTheirDigest() throws {
        let actor = String(repeating: "o", count: 4_000)
        let built = EntryBuilder(kind: "k", at: Self.time, actor: actor).build()
        let written = try #require(try root(built)["actor"]?.string)
        #expect(written.utf8.count <= 256)
        #expect(written.hasSuffix("sha256:\(Digest.of(actor).hex)"))
    }

    @Test(arguments: 0..<100)
    func anyValuesGiveAReadableEntry(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var builder = EntryBuilder(
            kind: Self.text(&generator), at: Timestamp(microseconds: .random(in: .min ... .max, using: &generator)),
            actor: Self.text(&generator))
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            builder.set(Self.text(&generator), Self.value(&generator, depth: 0))
        }
        let built = builder.build()
        #expect(built.entry.bytes.count <= Entry.sizeLimitInBytes)
        #expect(built.entry.bytes.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(try Entry(bytes: built.entry.bytes) == built.entry)
        #expect(EntryContents(built.entry) != nil)
        #expect(built.redactables.allSatisfy { $0.isCommitted(in: built.entry) })
        #expect(builder.build() == built)
    }

    private static func text(_ generator: inout SeededGenerator) -> String {
        let limit = Bool.random(using: &generator) ? 8 : 600
        let count = Int.random(in: 0...limit, using: &generator)
        var scalars = String.UnicodeScalarView()
        for _ in 0..<count {
            let ceiling: UInt32 = [0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &generator) ?? 0x80
            // U+0000 in a field name has a form of its own only in values.
            if let scalar = Unicode.Scalar(UInt32.random(in: 1..<ceiling, using: &generator)) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> FieldValue {
        switch Int.random(in: 0..<(depth > 3 ? 6 : 8), using: &generator) {
        case 0: return .null
        case 1: return .integer(.random(in: .min ... .max, using: &generator))
        case 2:
            return .json(
                .double([0.5, -1e300, .infinity, .nan, .leastNonzeroMagnitude].randomElement(using: &generator) ?? 0))
        case 3: return .committed(text(&generator), salt: generator.bytes(32))
        case 4, 5: return .text(text(&generator) + (Bool.random(using: &generator) ? "\0" : ""))
        case 6:
            let count = Int.random(in: 0...(depth == 0 ? 400 : 5), using: &generator)
            return .list((0..<count).map { _ in value(&generator, depth: depth + 1) })
        default:
            let count = Int.random(in: 0...6, using: &generator)
            let names = (0..<count).map { "\($0)" + text(&generator) }
            return .object(names.map { .init($0, value(&generator, depth: depth + 1)) })
        }
    }
}

struct EntryTests {
    @Test(arguments: [
        #"{"a":1}"#, "{}", #"{"a":"\u0041"}"#,
    ])
    func takes(_ text: String) throws {
        #expect(try Entry(bytes: Array(text.utf8)).bytes == Array(text.utf8))
    }

    @Test(arguments: [
        "", "[]", "1", "{", "{}\n", "{\r}", "{\"a\":1,\"a\":2}", "{} {}", "\u{FEFF}{}",
    ])
    func refuses(_ text: String) {
        #expect(throws: AuditError.self) { try Entry(bytes: Array(text.utf8)) }
    }

    @Test func refusesWhatIsTooLongOrNotUTF8() {
        let long = Array(#"{"a":""#.utf8) + [UInt8](repeating: 0x61, count: 65_535) + Array(#""}"#.utf8)
        #expect(throws: AuditError.self) { try Entry(bytes: long) }
        #expect(throws: AuditError.self) { try Entry(bytes: Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)) }
    }

    @Test func contentsAreReadBack() throws {
        let entry = Entry(kind: "k", at: Timestamp(microseconds: 5), actor: "a", subject: [("case", 4)])
        let contents = try #require(EntryContents(entry))
        #expect(contents.kind == "k" && contents.actor == "a" && contents.at == Timestamp(microseconds: 5))
        #expect(contents.fields == ["case": 4])
        for broken in ["{}", #"{"v":2,"at":"1970-01-01T00:00:00Z","kind":"k","actor":"a"}"#, "no"] {
            #expect(EntryContents(Entry(stored: Array(broken.utf8))) == nil)
        }
    }

    @Test func leafHashHasThePrefix() {
        #expect(Entry(stored: [1, 2]).leafHash == Digest.of([0, 1, 2]))
    }
}
