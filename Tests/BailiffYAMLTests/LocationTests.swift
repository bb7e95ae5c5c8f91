import BailiffDiagnostics
import BailiffYAML
import Testing

@Suite struct LocationTests {
    /// Finds `needle` in a scalar's text and in the file; both must be the same place.
    static func check(_ text: String, key: String, needle: String) throws {
        let source = SourceText(file: "t.yaml", text: text)
        let node = try StrictYAML.parse(source).get()
        let value = try #require(node[key])
        let scalar = try #require(value.text)
        let inScalar = try #require(offset(of: needle, in: scalar))
        let inFile = try #require(offset(of: needle, in: text))
        #expect(value.locate(inScalar) == source.location(utf8Offset: inFile))
        // The character behind it, too.
        #expect(
            value.locate(inScalar + needle.utf8.count - 1)
                == source.location(utf8Offset: inFile + needle.utf8.count - 1))
    }

    static func offset(of needle: String, in text: String) -> Int? {
        text.firstRange(of: needle).map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
    }

    static let rows: [(String, String, String)] = [
        ("plain", "a: one NEEDLE two\n", "NEEDLE"),
        ("plain over lines", "a: one\n    two\n\n  NEEDLE three\n", "NEEDLE"),
        ("single quotes", "a: 'it''s ''one'' NEEDLE'\n", "NEEDLE"),
        ("single quotes over lines", "a: 'one\n\n     two\n  NEEDLE'\n", "NEEDLE"),
        ("double quotes", #"a: "\t\"x\" \u00e9 NEEDLE""#, "NEEDLE"),
        ("double quotes over lines", "a: \"one \\\n   two\n\n  é NEEDLE\"\n", "NEEDLE"),
        ("literal", "a: |\n    one\n      two\n\n    é NEEDLE\n", "NEEDLE"),
        ("literal with given indent", "a: |1\n   one\n  NEEDLE\n", "NEEDLE"),
        ("folded", "a: >-\n  one\n  two\n\n    more\n  three NEEDLE\n", "NEEDLE"),
        ("carriage returns", "a: |\r\n  one\r\n  two NEEDLE\r\n", "NEEDLE"),
        ("in brackets", "a: 'x NEEDLE'\nb: {c: d}\n", "NEEDLE"),
        ("wide characters before it", "a: 日本 NEEDLE\n", "NEEDLE"),
    ]

    @Test(arguments: rows)
    func isExact(_ row: (String, String, String)) throws { try Self.check(row.1, key: "a", needle: row.2) }

    /// Every byte of every scalar that stands in the file as it is must be found where it stands.
    @Test func everyByte() throws {
        let text = """
            a: |
              one
                two

              three
            b: >-
              folded text
              over lines
            c: plain text
              over lines
            d: 'single ''quoted''
              text'
            e: "double \\"quoted\\" \\
              text"
            f: [x, 'y', {g: "z"}]
            """
        let source = SourceText(file: "t.yaml", text: text)
        let root = try StrictYAML.parse(source).get()
        var checked = 0
        func visit(_ node: YAMLNode) throws {
            switch node.kind {
            case .sequence(let nodes): for node in nodes { try visit(node) }
            case .mapping(let entries):
                for entry in entries {
                    try visit(entry.key)
                    try visit(entry.value)
                }
            case .scalar(let scalar, _):
                for (offset, byte) in scalar.utf8.enumerated() {
                    let place = node.locate(offset)
                    let line = try #require(source.line(place.line))
                    let column = Array(line.utf8)
                    let found = place.column <= column.count ? column[place.column - 1] : UInt8(ascii: "\n")
                    // A folded line break is a space in the text; an escape is found at its backslash.
                    let isSame = found == byte || (byte == 0x20 && found == 0x0A) || found == UInt8(ascii: "\\")
                    #expect(isSame, "\(scalar) at \(offset): \(place)")
                    checked += 1
                }
            }
        }
        try visit(root)
        #expect(checked > 100)
    }

    @Test func startsAreExact() throws {
        let root = try parse("a:\n  - b: 'x'\n    c: {d: [1,  2]}\n").get()
        let item = try #require(root["a"])
        guard case .sequence(let items) = item.kind, let first = items.first else {
            Issue.record("not a list")
            return
        }
        #expect(item.location == SourceLocation(file: "t.yaml", line: 2, column: 3))
        #expect(first.location == SourceLocation(file: "t.yaml", line: 2, column: 5))
        #expect(first["b"]?.location == SourceLocation(file: "t.yaml", line: 2, column: 8))
        let brackets = first["c"]
        #expect(brackets?.location == SourceLocation(file: "t.yaml", line: 3, column: 8))
        guard case .sequence(let numbers)? = brackets?["d"]?.kind else {
            Issue.record("not a list")
            return
        }
        #expect(numbers.last?.location == SourceLocation(file: "t.yaml", line: 3, column: 17))
    }
}
