import BailiffDiagnostics
import BailiffYAML
import Testing

@Suite struct YAMLReaderTests {
    enum Colour: String, CaseIterable {
        case red
        case darkBlue = "dark_blue"
    }

    /// Reads `v: TEXT` with a shape; the value, or `CODE@line:column` of each diagnostic.
    static func read<Value>(_ text: String, _ shape: YAMLShape<Value>) -> String {
        guard case .success(let root) = parse("v: \(text)\n") else { return "no YAML" }
        let reader = YAMLReader()
        let value: Value? = reader.record(root, "file") { $0.required("v", shape) }
        if reader.diagnostics.isEmpty { return value.map { "\($0)" } ?? "nothing" }
        return reader.diagnostics.map { "\($0.code)@\($0.location.line):\($0.location.column)" }.joined(separator: " ")
    }

    static let texts: [(String, String)] = [
        ("abc", "abc"), ("'12'", "12"), ("\"true\"", "true"), ("no", "no"), ("True", "True"), ("NO", "NO"),
        ("off", "off"),
        ("1.2.3", "1.2.3"), ("127.0.0.1:80", "127.0.0.1:80"), ("0x", "0x"), ("-", "no YAML"), ("12", "YAML021@1:4"),
        ("-12", "YAML021@1:4"), ("010", "YAML021@1:4"), ("1e3", "YAML021@1:4"), ("0x1F", "YAML021@1:4"),
        (".inf", "YAML021@1:4"), ("1.5", "YAML021@1:4"), ("true", "YAML021@1:4"), ("false", "YAML021@1:4"),
        ("null", "YAML030@1:4"), ("~", "YAML030@1:4"), ("", "YAML030@1:3"), ("''", "YAML029@1:4"),
        ("[a]", "YAML014@1:4"),
        ("{a: b}", "YAML014@1:4"),
    ]

    @Test(arguments: texts)
    func text(_ row: (String, String)) { #expect(Self.read(row.0, .text) == row.1) }

    static let integers: [(String, String)] = [
        ("0", "0"), ("12", "12"), ("010", "YAML024@1:4"), ("+1", "YAML024@1:4"), ("-1", "YAML024@1:4"),
        ("0x10", "YAML024@1:4"), ("0o17", "YAML024@1:4"), ("1_000", "YAML024@1:4"), ("1.0", "YAML024@1:4"),
        ("1e3", "YAML024@1:4"), ("'5'", "YAML022@1:4"), ("'x'", "YAML024@1:4"), ("101", "YAML025@1:4"),
        ("99999999999999999999", "YAML025@1:4"), ("[1]", "YAML014@1:4"), ("", "YAML030@1:3"), ("5 # five", "5"),
        ("1:30", "YAML024@1:4"),
    ]

    @Test(arguments: integers)
    func integer(_ row: (String, String)) { #expect(Self.read(row.0, .integer(0...100)) == row.1) }

    static let flags: [(String, String)] = [
        ("true", "true"), ("false", "false"), ("True", "YAML023@1:4"), ("yes", "YAML023@1:4"), ("no", "YAML023@1:4"),
        ("on", "YAML023@1:4"), ("'true'", "YAML023@1:4"), ("1", "YAML023@1:4"), ("", "YAML030@1:3"),
    ]

    @Test(arguments: flags)
    func flag(_ row: (String, String)) { #expect(Self.read(row.0, .flag) == row.1) }

    static let durations: [(String, String)] = [
        ("30s", "30.0 seconds"), ("30m", "1800.0 seconds"), ("72h", "259200.0 seconds"), ("7d", "604800.0 seconds"),
        ("0s", "YAML026@1:4"), ("-1h", "YAML026@1:4"), ("1h30m", "YAML026@1:4"), ("1.5h", "YAML026@1:4"),
        ("30", "YAML026@1:4"), ("1w", "YAML026@1:4"), ("010m", "YAML026@1:4"), ("9999999d", "YAML025@1:4"),
        ("99999999999999999999999d", "YAML025@1:4"), ("h", "YAML026@1:4"), ("[1h]", "YAML014@1:4"),
    ]

    @Test(arguments: durations)
    func duration(_ row: (String, String)) {
        let expected = row.0 == "0s" ? "YAML025@1:4" : row.1
        #expect(Self.read(row.0, .duration) == expected)
    }

    static let shares: [(String, Int?)] = [
        ("5%", 50_000), ("2.5%", 25_000), ("100%", 1_000_000), ("0.0001%", 1), ("0%", nil), ("0.0%", nil),
        ("101%", nil),
        ("100.1%", nil), ("5", nil), ("'%'", nil), ("5 %", nil), (".5%", nil), ("5.%", nil), ("05%", nil), ("-5%", nil),
        ("1.23456%", nil),
    ]

    @Test(arguments: shares)
    func share(_ row: (String, Int?)) {
        let read = Self.read(row.0, YAMLShape<YAMLShare>.share)
        if let millionths = row.1 {
            #expect(read == "\(YAMLShare(millionths: millionths))")
        } else {
            #expect(read.hasPrefix("YAML02"))
        }
    }

    @Test func sharesRoundDown() {
        #expect(YAMLShare(millionths: 50_000).of(119) == 5)
        #expect(YAMLShare(millionths: 1_000_000).of(Int.max) == Int.max)
        #expect(YAMLShare(millionths: 25_000).of(0) == 0)
    }

    static let sizes: [(String, String)] = [
        ("4MiB", "4194304"), ("1GiB", "1073741824"), ("512B", "512"), ("4MB", "YAML028@1:4"), ("4", "YAML028@1:4"),
        ("9GiB", "YAML025@1:4"), ("99999999999999999999GiB", "YAML025@1:4"),
    ]

    @Test(arguments: sizes)
    func size(_ row: (String, String)) {
        #expect(Self.read(row.0, YAMLShape<Int>.byteCount(1...(4 << 30))) == row.1)
    }

    @Test func words() {
        #expect(Self.read("red", YAMLShape<Colour>.word) == "red")
        #expect(Self.read("Red", YAMLShape<Colour>.word) == "YAML028@1:4")
        #expect(Self.read("b", YAMLShape<String>.word(["a", "b"])) == "b")
    }

    @Test func unknownAndMissingKeys() throws {
        let source = SourceText(
            file: "t.yaml", text: "nmae: x\nenforcee: deny\nbecause: y\nguards:\n  - idd: a\n  - id: b\n    id2: c\n")
        let reader = YAMLReader()
        _ = reader.record(try StrictYAML.parse(source).get(), "guard") { fields in
            _ = fields.required("name", .text)
            _ = fields.required("when", .text)
            _ = fields.optional("enforce", .text)
            _ = fields.optional("because", .text)
            return fields.optional("guards", .list(of: .record("entry") { $0.required("id", .text) }))
        }
        let rendered = DiagnosticReport(reader.diagnostics).diagnostics.map { $0.rendered(in: source) }
        #expect(
            rendered.joined(separator: "\n") == """
                t.yaml:1:1: error: unknown key 'nmae' in guard [YAML012]
                    nmae: x
                    ^
                hint: did you mean 'name'?
                t.yaml:1:1: error: guard lacks the key 'when' [YAML013]
                    nmae: x
                    ^
                t.yaml:2:1: error: unknown key 'enforcee' in guard [YAML012]
                    enforcee: deny
                    ^
                hint: did you mean 'enforce'?
                t.yaml:5:5: error: unknown key 'idd' in entry [YAML012]
                      - idd: a
                        ^
                hint: did you mean 'id'?
                t.yaml:7:5: error: unknown key 'id2' in entry [YAML012]
                        id2: c
                        ^
                hint: did you mean 'id'?
                """)
    }

    @Test func freeKeys() throws {
        let reader = YAMLReader()
        let root = try parse("b: 1\na: x\nc: 3\n").get()
        let read = reader.read(root, YAMLShape<[(key: YAMLLocated<String>, value: Int)]>.entries(of: .integer()))
        #expect(read?.map { "\($0.key.value)=\($0.value)" } == ["b=1", "c=3"])
        #expect(reader.diagnostics.map(\.code) == ["YAML024"])
    }

    @Test func aBackslashIsShownAsItIsWritten() {
        let source = SourceText(file: "a.yaml", text: "when: \"C:\\\\x\u{A0}\"\n")
        let place = SourceLocation(file: "a.yaml", line: 1, column: 1)
        let message = "unknown key '\("a\u{A0}".escapedForDisplay())'"
        let lines = Diagnostic(code: "YAML012", message, at: place).rendered(in: source).split(separator: "\n")
        #expect(lines.first?.contains(#"'a\u{A0}'"#) == true)
        #expect(lines.dropFirst().first == #"    when: "C:\\x\u{A0}""#)
    }
}
