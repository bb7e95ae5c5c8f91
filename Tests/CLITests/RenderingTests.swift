import BailiffModel
import Testing

@testable import BailiffCLI

@Suite("What reaches the terminal")
struct RenderingTests {
    static let table = Table([
        .member("NAME", "name", isFlexible: true), .number("SIZE", "size"),
        .member("REMARK", "remark", isFlexible: true),
    ])
    static let rows: [JSONValue] = [
        ["name": "a short one", "size": 1, "remark": .null],
        ["name": "a much longer name than the others have", "size": 12_345, "remark": "and something to say about it"],
    ]

    private func lines(_ format: OutputFormat, width: Int?) -> [String] {
        Renderer(format, Console(width: width, isColoured: false))
            .lines(of: .list(Self.rows, Self.table, none: "nothing"))
    }

    @Test("a table is as wide as it needs where there is no terminal")
    func wide() {
        #expect(
            lines(.table, width: nil) == [
                "NAME                                      SIZE  REMARK",
                "a short one                                  1  -",
                "a much longer name than the others have  12345  and something to say about it",
            ])
    }

    @Test("a table fits every terminal", arguments: 20...100)
    func fits(width: Int) {
        for line in lines(.table, width: width) { #expect(CellWidth.of(line) <= width, "\(line)") }
        let narrow = lines(.table, width: width).joined(separator: "\n")
        #expect(narrow.contains("12345"))
    }

    @Test("a block of lines cuts nothing", arguments: [20, 24])
    func blocks(width: Int) {
        let text = lines(.table, width: width).filter { !$0.isEmpty }.map { line in
            // Titles and their margin are eight cells.
            String(line.dropFirst(8))
        }.joined(separator: " ")
        #expect(text.contains("a much longer name than the others have"))
        #expect(!text.contains("…"))
    }

    @Test("an entry's list of machines says how many there are")
    func entries() {
        let entry: JSONValue = [
            "index": 1, "kind": "approval.asked", "actor": "system",
            "fields": ["machines": ["a1", "b2", "c3"], "run": "R"],
        ]
        let line = AuditList.table.lines([entry], width: nil, isColoured: false).last
        #expect(line?.hasSuffix("machines=a1 (and 2 more) run=R") == true, "\(line ?? "")")
    }

    @Test("a list of cases tells level and score on eighty columns")
    func cases() {
        let row: JSONValue = [
            "id": .string(String(repeating: "a", count: 64)), "opened_at": "2027-01-15T08:00:00Z", "verdict_count": 3,
            "assessed": true, "verdict": ["level": "malicious", "score": 97, "feed": "lab", "product": "generic"],
            "latest_verdict": ["file_name": "a quite long name of a file.exe"],
        ]
        let lines = CaseView.list.lines([row], width: 80, isColoured: false)
        #expect(lines.count == 2)
        #expect(lines.last?.contains("malicious 97") == true, "\(lines)")
    }

    @Test("wide characters take two cells")
    func cells() {
        #expect(CellWidth.of("会计.exe") == 8)
        #expect(CellText("会计报表.exe").truncated(to: 6).text == "会计…")
    }

    @Test("JSON has sorted keys and ASCII alone, NDJSON a line for each row")
    func json() throws {
        let row: JSONValue = ["z": "ü\u{1B}[31m", "a": 1]
        let result = CommandResult.list([row, row], Self.table, none: "nothing")
        let console = Console(width: 80, isColoured: true)
        #expect(
            Renderer(.ndjson, console).lines(of: result)
                == Array(repeating: #"{"a":1,"z":"\u00fc\u001b[31m"}"#, count: 2))
        let whole = Renderer(.json, console).lines(of: result).joined()
        #expect(try StrictJSON.parse(whole) == .array([row, row].map { _ in ["a": 1, "z": "ü\u{1B}[31m"] }))
    }

    @Test("an empty list says so to people and is an empty list to programs")
    func empty() {
        let result = CommandResult.list([], Self.table, none: "nothing")
        let console = Console(width: 80, isColoured: false)
        #expect(Renderer(.table, console).lines(of: result) == ["nothing"])
        #expect(Renderer(.json, console).lines(of: result) == ["[]"])
        #expect(Renderer(.ndjson, console).lines(of: result).isEmpty)
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var raw: String
        var shown: String
    }

    @Test(
        "nothing from outside acts on the terminal",
        arguments: [
            Hostile(testDescription: "a colour", raw: "a\u{1B}[31mb", shown: "a\\u{1B}[31mb"),
            Hostile(testDescription: "a line break", raw: "a\nbailiff: error: b", shown: "a\\u{A}bailiff: error: b"),
            Hostile(testDescription: "text turned round", raw: "a\u{202E}gpj.exe", shown: "a\\u{202E}gpj.exe"),
            Hostile(testDescription: "a C1 control", raw: "a\u{9B}2J", shown: "a\\u{9B}2J"),
            Hostile(testDescription: "a Windows path", raw: #"C:\Users\mira"#, shown: #"C:\Users\mira"#),
            Hostile(
                testDescription: "text turned round and back", raw: "\u{2066}a\u{2069}", shown: "\\u{2066}a\\u{2069}"),
            Hostile(testDescription: "a right-to-left mark", raw: "a\u{200F}b", shown: "a\\u{200F}b"),
            Hostile(testDescription: "a zero-width space", raw: "in\u{200B}voice", shown: "in\\u{200B}voice"),
            Hostile(testDescription: "a zero-width joiner", raw: "a\u{200D}b", shown: "a\\u{200D}b"),
            Hostile(testDescription: "a byte order mark", raw: "\u{FEFF}a", shown: "\\u{FEFF}a"),
            Hostile(testDescription: "a soft hyphen", raw: "a\u{AD}b", shown: "a\\u{AD}b"),
            Hostile(testDescription: "piled-up marks", raw: "a\u{336}\u{336}", shown: "a\\u{336}\\u{336}"),
            Hostile(testDescription: "an emoji's variation", raw: "a\u{FE0F}", shown: "a\\u{FE0F}"),
            Hostile(testDescription: "a tag character", raw: "a\u{E0041}", shown: "a\\u{E0041}"),
            Hostile(testDescription: "a line separator", raw: "a\u{2028}b", shown: "a\\u{2028}b"),
            Hostile(testDescription: "a carriage return", raw: "a\rb", shown: "a\\u{D}b"),
            Hostile(testDescription: "a wide space", raw: "a\u{3000}b", shown: "a\\u{3000}b"),
            Hostile(testDescription: "a control after a backslash", raw: "\\\u{7}", shown: "\\\\u{7}"),
        ])
    func escapes(_ row: Hostile) {
        #expect(CellText(row.raw).text == row.shown)
        let value: JSONValue = ["name": .string(row.raw), "size": 1, "remark": .null]
        let console = Console(width: nil, isColoured: false)
        for format in OutputFormat.allCases {
            let text = Renderer(format, console).lines(of: .list([value], Self.table, none: "")).joined(separator: "\n")
            #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E || $0.value == 0x9B })
        }
    }

    @Test("a text is cut at its limit and says so")
    func limit() {
        #expect("abcdef".shown(limit: 3) == "abc…")
        #expect(#"ab\cdef"#.shown(limit: 4) == #"ab\c…"#)
    }

    @Test("spans are told in two units at most")
    func spans() {
        #expect(LocalTime.span(.seconds(40)) == "40s")
        #expect(LocalTime.span(.seconds(27 * 60 + 59)) == "27m")
        #expect(LocalTime.span(.seconds(3 * 3_600 + 300)) == "3h 5m")
        #expect(LocalTime.span(.seconds(2 * 86_400 + 4 * 3_600)) == "2d 4h")
        #expect(LocalTime.span(.seconds(-5)) == "0s")
    }
}
