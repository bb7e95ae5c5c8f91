import BailiffDiagnostics
import BailiffYAML
import Foundation
import Testing

/// A tree in one line: `{a: 'x', b: ['y']}`; every scalar in quotes, whatever its style.
func shape(_ node: YAMLNode) -> String {
    switch node.kind {
    case .scalar(let text, _): "'\(text.replacing("\n", with: "⏎"))'"
    case .sequence(let nodes): "[\(nodes.map(shape).joined(separator: ", "))]"
    case .mapping(let entries):
        "{\(entries.map { "\($0.name): \(shape($0.value))" }.joined(separator: ", "))}"
    }
}

func parse(_ text: String, limits: YAMLLimits = .playbook) -> Result<YAMLNode, DiagnosticsError> {
    StrictYAML.parse(SourceText(file: "t.yaml", text: text), limits: limits)
}

@Suite struct StrictYAMLTests {
    struct Good: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let tree: String

        init(_ name: String, _ text: String, _ tree: String) {
            testDescription = name
            self.text = text
            self.tree = tree
        }
    }

    static let good: [Good] = [
        Good("one key", "a: b", "{a: 'b'}"),
        Good("comments and blank lines", "# top\n\na: b # end\n  # more\nc: d#e\n", "{a: 'b', c: 'd#e'}"),
        Good("document markers", "---\na: b\n...\n", "{a: 'b'}"),
        Good("nested mappings", "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", "{a: {b: {c: '1'}, d: '2'}, e: '3'}"),
        Good("values left out", "a:\nb: ~\nc:\n  - \n  - x\n", "{a: '', b: '~', c: ['', 'x']}"),
        Good("list under its key", "a:\n- x\n- y\nb: z\n", "{a: ['x', 'y'], b: 'z'}"),
        Good("list of mappings", "a:\n  - id: x\n    b: y\n  - id: z\n", "{a: [{id: 'x', b: 'y'}, {id: 'z'}]}"),
        Good("lists in lists", "- - a\n  - b\n- - c\n", "[['a', 'b'], ['c']]"),
        Good("list below a dash", "-\n  - a\n-\n  k: v\n", "[['a'], {k: 'v'}]"),
        Good("brackets", "a: [x, {b: c, d: [e]}, 'f, g', \"h\"]\n", "{a: ['x', {b: 'c', d: ['e']}, 'f, g', 'h']}"),
        Good("brackets over lines", "a: {\n  b: c, # one\n  d: [e,\n    f],\n}\n", "{a: {b: 'c', d: ['e', 'f']}}"),
        Good("brackets as document", "[]", "[]"),
        Good("one pair in a list", "[a: b, c]", "[{a: 'b'}, 'c']"),
        Good(
            "colons inside text", "a: http://x:80/b\nb: 12:30:00\nc: a:b\n",
            "{a: 'http://x:80/b', b: '12:30:00', c: 'a:b'}"),
        Good("indicators inside words", "a: -x\nb: ?y\nc: :z\nd: x&y*z!\n", "{a: '-x', b: '?y', c: ':z', d: 'x&y*z!'}"),
        Good("long text", "a: one\n  two\n\n  three\nb: x\n", "{a: 'one two⏎three', b: 'x'}"),
        Good("single quotes", "a: 'it''s'\n'b c': d\n", "{a: 'it's', b c: 'd'}"),
        Good("double quotes", #"a: "x\ty\u00e9\x41\U0001F600\\\" z""#, "{a: 'x\tyéA😀\\\" z'}"),
        Good("quotes over lines", "a: \"one\n  two\n\n  three \\\n  four\"\n", "{a: 'one two⏎three four'}"),
        Good("single quotes over lines", "a: 'one\n\n\n  two'\n", "{a: 'one⏎⏎two'}"),
        Good("quoted words stay text", "a: 'no'\nb: \"1\"", "{a: 'no', b: '1'}"),
        Good("literal", "a: |\n  one\n   two\n\n  three\nb: c\n", "{a: 'one⏎ two⏎⏎three⏎', b: 'c'}"),
        Good("literal stripped", "a: |-\n  one\n\n\nb: c\n", "{a: 'one', b: 'c'}"),
        Good("literal kept", "a: |+\n  one\n\nb: c\n", "{a: 'one⏎⏎', b: 'c'}"),
        Good("literal with given indent", "a: |2-\n    one\n   two\n", "{a: '  one⏎ two'}"),
        Good("literal without end", "a: |\n  one", "{a: 'one'}"),
        Good("literal of nothing", "a: |\nb: c\n", "{a: '', b: 'c'}"),
        Good("literal in a list", "- |\n  one\n- two\n", "['one⏎', 'two']"),
        Good("literal in a mapping in a list", "- k: |\n    one\n  l: m\n", "[{k: 'one⏎', l: 'm'}]"),
        Good("literal with comment sign", "a: | # why\n  x # y\n", "{a: 'x # y⏎'}"),
        Good("folded", "a: >\n  one\n  two\n\n  three\n    more\n  four\n", "{a: 'one two⏎three⏎  more⏎four⏎'}"),
        Good("folded stripped", "a: >-\n  one\n  two\nb: c", "{a: 'one two', b: 'c'}"),
        Good("carriage returns", "a: |\r\n  one\r\n  two\r\nb: x\r\n", "{a: 'one⏎two⏎', b: 'x'}"),
        Good("wide characters", "næme: 日本 語\n", "{næme: '日本 語'}"),
        Good("a tab before a comment", "a: b\t# c\n", "{a: 'b'}"),
        Good("canonically equal keys differ in bytes", "\u{e9}: 1\nx: 2\n", "{\u{e9}: '1', x: '2'}"),
        Good("text that looks like a merge key", "\"<<\": a\n", "{<<: 'a'}"),
    ]

    @Test(arguments: good)
    func reads(_ row: Good) throws {
        #expect(shape(try parse(row.text).get()) == row.tree)
    }

    struct Bad: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        /// `CODE@line:column`, in order.
        let expected: [String]

        init(_ name: String, _ text: String, _ expected: String...) {
            testDescription = name
            self.text = text
            self.expected = expected
        }
    }

    static let bad: [Bad] = [
        Bad("anchor", "a: &x b\n", "YAML007@1:4"),
        Bad("alias", "a: *x\n", "YAML008@1:4"),
        Bad("anchor and alias in brackets", "a: [&x 1, *x]\n", "YAML007@1:5", "YAML008@1:11"),
        Bad("anchor before a mapping", "a: &x\n  b: c\nd: *x\n", "YAML007@1:4", "YAML008@3:4"),
        Bad("tag", "a: !!str 1\nb: !x {c: d}\n", "YAML009@1:4", "YAML009@2:4"),
        Bad("merge key", "a: b\n<<: {c: d}\n", "YAML010@2:1"),
        Bad("merge key with alias", "<<: *x\n", "YAML010@1:1", "YAML008@1:5"),
        Bad("merge key in brackets", "a: {<<: {b: c}}\n", "YAML010@1:5"),
        Bad("duplicate key", "a: 1\nb: 2\na: 3\n", "YAML011@3:1"),
        Bad("duplicate key in other quotes", "a: 1\n\"a\": 2\n", "YAML011@2:1"),
        Bad("duplicate key in brackets", "x: {a: 1, a: 2}\n", "YAML011@1:11"),
        Bad("two documents", "a: 1\n---\nb: 2\n", "YAML006@2:1"),
        Bad("two documents with end marker", "a: 1\n...\n---\nb: 2\n", "YAML006@3:1"),
        Bad("directive", "%YAML 1.1\n---\na: 1\n", "YAML005@1:1"),
        Bad("byte order mark", "\u{FEFF}a: 1\n", "YAML004@1:1"),
        Bad("empty", "", "YAML020@1:1"),
        Bad("only a comment", "# nothing\n", "YAML020@2:1"),
        Bad("tab as indentation", "a:\n\tb: c\n", "YAML016@2:1"),
        Bad("tab behind spaces", "a:\n  \tb: c\n", "YAML016@2:3"),
        Bad("wrong indentation", "a:\n    b: c\n  d: e\n", "YAML015@3:3"),
        Bad("deeper than its siblings", "a: b\n  c: d\n", "YAML015@2:3"),
        Bad("second colon", "a: b: c\n", "YAML015@1:5"),
        Bad("space missing behind a colon", "steps:\n  - id:contain\n    action: isolate\n", "YAML015@2:7"),
        Bad("not a key", "a: b\nc\n", "YAML015@2:1"),
        Bad("item where a key is expected", "a: b\n- c\n", "YAML015@2:1"),
        Bad("list on the line of its key", "a: - b\n", "YAML015@1:4"),
        Bad("open bracket", "a: [b, c\nd: e\n", "YAML015@1:4"),
        Bad("open bracket to the end", "a: [b,\n  c\n", "YAML015@1:4"),
        Bad("wrong bracket", "a: [b}\n", "YAML015@1:6"),
        Bad("text behind brackets", "a: [b] c\n", "YAML015@1:8"),
        Bad("open quote", "a: \"b\nc: d\n", "YAML015@2:1"),
        Bad("open quote to the end", "a: 'b", "YAML015@1:4"),
        Bad("unknown escape", #"a: "\q""#, "YAML015@1:5"),
        Bad("escaped surrogate", #"a: "\ud83d""#, "YAML015@1:5"),
        Bad("escaped null", #"a: "\0""#, "YAML015@1:5"),
        Bad("explicit key", "? a\n: b\n", "YAML017@1:1"),
        Bad("bracket as key", "[a]: b\n", "YAML017@1:1"),
        Bad("bracket as key in brackets", "x: {[a]: b}\n", "YAML017@1:5"),
        Bad("key missing", ": b\n", "YAML017@1:1"),
        Bad("reserved character", "a: @b\n", "YAML015@1:4"),
        Bad("text behind the block sign", "a: | b\n", "YAML015@1:6"),
        Bad("block text in brackets", "a: [|\n b]\n", "YAML015@1:5"),
        Bad("control character", "a: b\u{1}\n", "YAML018@1:5"),
        Bad("lone carriage return", "a: b\rc: d\n", "YAML018@1:5"),
        Bad("line separator", "a: b\u{2028}c: d\n", "YAML018@1:5"),
        Bad("text direction", "a: b\u{202E}c\n", "YAML018@1:5"),
        Bad("zero width", "gua\u{200B}rds: x\n", "YAML018@1:4"),
        Bad("comment without a space", "a: [b]#c\n", "YAML015@1:7"),
        Bad("quoted text less indented", "a:\n  b: \"x\ny\"\n", "YAML015@3:1"),
        Bad("document marker in brackets", "a: [b,\n---\n]\n", "YAML015@2:1"),
    ]

    @Test(arguments: bad)
    func refuses(_ row: Bad) {
        switch parse(row.text) {
        case .success(let node): Issue.record("read as \(shape(node))")
        case .failure(let error):
            let found = error.diagnostics.map { "\($0.code)@\($0.location.line):\($0.location.column)" }
            #expect(found == row.expected, "\(error)")
        }
    }

    @Test func namesTheLimits() {
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        let rows: [(String, String)] = [
            ("a: " + String(repeating: "x", count: 256 * 1_024), "YAML001"), (deep, "YAML002"),
            ("[" + String(repeating: "a,", count: 5_000) + "]", "YAML003"),
            (String(repeating: "- a\n", count: 5_000), "YAML003"),
        ]
        for (text, code) in rows {
            guard case .failure(let error) = parse(text) else {
                Issue.record("\(code) was read")
                continue
            }
            #expect(error.diagnostics.map(\.code) == [code])
        }
        #expect(throws: Never.self) {
            _ = try parse(String(deep.dropFirst().dropLast())).get()
            _ = try parse("[" + String(repeating: "a,", count: 4_999) + "]").get()
        }
    }

    @Test func refusesWhatIsNotUTF8() {
        let bytes: [UInt8] = Array("a: b\nc: ".utf8) + [0xFF, 0x0A]
        guard case .failure(let error) = StrictYAML.source(file: "t.yaml", bytes: bytes) else {
            Issue.record("taken for UTF-8")
            return
        }
        #expect(error.description == "t.yaml:2:4: error: the file is not UTF-8 [YAML018]")
    }

    /// Documents made to cost time or memory, each close to the limit of 256 KiB.
    struct Bomb: CustomTestStringConvertible {
        let testDescription: String
        let text: String

        init(_ name: String, _ text: String) {
            testDescription = name
            self.text = text
        }
    }

    static let bombs: [Bomb] = [
        Bomb("aliases", "a: &a [x]\n" + (0..<20_000).map { "b\($0): [*a,*a]\n" }.joined()),
        Bomb(
            "laughing aliases",
            "a: &a [l,l,l,l,l,l,l,l,l]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\n"),
        Bomb("anchors on their own lines", String(repeating: "&a\n", count: 80_000)),
        Bomb("open brackets", String(repeating: "[", count: 250_000)),
        Bomb("open braces", String(repeating: "{a: ", count: 60_000)),
        Bomb("dashes", String(repeating: "- ", count: 120_000)),
        Bomb("deep indentation", (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        Bomb("one long line of brackets", "[" + String(repeating: "[],", count: 80_000)),
        Bomb("many quotes", "[" + String(repeating: "\"a\",", count: 60_000)),
        Bomb("many keys", (0..<30_000).map { "k\($0): v\n" }.joined()),
        Bomb("duplicate keys", String(repeating: "k: v\n", count: 50_000)),
        Bomb("question marks", String(repeating: "? ", count: 120_000)),
        Bomb("an open quote", "a: \"" + String(repeating: "x\n ", count: 80_000)),
        Bomb("a long key", String(repeating: "k", count: 250_000) + ": v"),
        Bomb("colons", "a: " + String(repeating: ": ", count: 120_000)),
        Bomb("blank lines", "a: |\n" + String(repeating: "\n", count: 250_000)),
        Bomb(
            "one long line with many places",
            "["
                + (0..<4_900).map { "'\($0)" + String(repeating: "y", count: 40) + "'" }
                .joined(separator: ",") + ", &x a]"),
        Bomb("tags", "[" + String(repeating: "!!a ", count: 60_000) + "b]"),
    ]

    @Test(arguments: bombs)
    func isNotSlowedDown(_ row: Bomb) {
        // The processor time of this thread, which other work on the machine does not lengthen.
        let start = processorTime()
        let result = parse(row.text)
        let spent = processorTime() - start
        #expect(spent < .milliseconds(100))
        if case .failure(let error) = result { #expect(error.diagnostics.count <= 101) }
    }

    private func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
