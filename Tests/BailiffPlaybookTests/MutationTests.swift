import BailiffDiagnostics
import BailiffPlaybook
import BailiffYAML
import Testing

/// Takes every guard, budget, approval, `missing`, `irreversible` and `auto` out of every shipped file, one at a time.
@Suite struct MutationTests {
    struct Removal: Sendable, CustomTestStringConvertible {
        let folder: String
        let file: String
        let key: String
        let line: Int
        let text: String
        var testDescription: String { "\(file):\(line) \(key)" }
    }

    private static let keys: Set<String> = [
        "guards", "use", "local", "budget", "approve", "missing", "irreversible", "auto", "enforce", "per_run",
        "per_hour",
        "per_day", "share_of_group", "share_of_fleet", "over", "rings", "proceed_when", "corroborate", "lease",
        "breaker",
        "require", "when",
    ]

    /// Every file once for every protecting key and every guard, with that one taken out.
    static func removals() throws -> [Removal] {
        var removals: [Removal] = []
        for folder in ["playbooks", "fixtures/demo"] {
            for source in try Repository.files(folder) {
                let root = try StrictYAML.parse(source).get()
                var spans: [(key: String, range: Range<Int>)] = []
                collect(root, source, &spans)
                for span in spans {
                    var bytes = Array(source.text.utf8)
                    let line = source.location(utf8Offset: span.range.lowerBound).line
                    bytes.removeSubrange(span.range)
                    removals.append(
                        Removal(
                            folder: folder, file: source.file, key: span.key, line: line,
                            text: String(decoding: bytes, as: UTF8.self)))
                }
            }
        }
        return removals
    }

    private static func collect(
        _ node: YAMLNode, _ source: SourceText, _ spans: inout [(key: String, range: Range<Int>)]
    ) {
        switch node.kind {
        case .scalar: return
        case .sequence(let items):
            for item in items {
                if case .mapping = item.kind, item["enforce"] != nil {
                    spans.append(("a guard", span(ofItem: item, source)))
                }
                if case .mapping = item.kind, item["policy"] != nil, let text = source.line(item.location.line),
                    text.contains("approve:"),
                    items.count == 1
                {
                    continue
                }
                collect(item, source, &spans)
            }
        case .mapping(let entries):
            for (index, entry) in entries.enumerated() {
                if entry.name == "tests" { continue }
                if keys.contains(entry.name) {
                    let next = entries.indices.contains(index + 1) ? entries[index + 1].key : nil
                    let before = index > 0 ? entries[index - 1].value : nil
                    spans.append((entry.name, span(entry, before: before, next: next, source)))
                }
                collect(entry.value, source, &spans)
            }
        }
    }

    /// From the start of a block entry's line to the start of the next line that is indented as little; within brackets
    /// from the comma before it (or up to the one behind it).
    private static func span(
        _ entry: YAMLNode.Entry, before: YAMLNode?, next: YAMLNode?, _ source: SourceText
    ) -> Range<Int> {
        let bytes = Array(source.text.utf8)
        let start = offset(of: entry.key.location, in: source)
        let lineStart = offset(
            of: BailiffDiagnostics.SourceLocation(file: source.file, line: entry.key.location.line, column: 1),
            in: source)
        let isBlock = bytes[lineStart..<start].allSatisfy { $0 == 0x20 }
        if isBlock { return lineStart..<endOfBlock(at: entry.key.location, source) }
        var end = start
        var depth = 0
        var quote: UInt8?
        while end < bytes.count {
            let byte = bytes[end]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                if depth == 0 { break }
                depth -= 1
            } else if byte == UInt8(ascii: ","), depth == 0 {
                break
            } else if byte == 0x0A, depth == 0 {
                break
            }
            end += 1
        }
        var from = start
        if next != nil, end < bytes.count, bytes[end] == UInt8(ascii: ",") {
            end += 1
        } else if before != nil {
            while from > 0, bytes[from - 1] == 0x20 { from -= 1 }
            if from > 0, bytes[from - 1] == UInt8(ascii: ",") { from -= 1 }
        }
        return from..<end
    }

    private static func span(ofItem item: YAMLNode, _ source: SourceText) -> Range<Int> {
        let start = offset(
            of: BailiffDiagnostics.SourceLocation(file: source.file, line: item.location.line, column: 1), in: source)
        return
            start..<endOfBlock(
                at: BailiffDiagnostics.SourceLocation(
                    file: source.file, line: item.location.line, column: item.location.column - 2), source)
    }

    private static func endOfBlock(at place: BailiffDiagnostics.SourceLocation, _ source: SourceText) -> Int {
        var line = place.line + 1
        while let text = source.line(line), text.isEmpty || text.prefix(while: { $0 == " " }).count >= place.column {
            line += 1
        }
        return offset(of: BailiffDiagnostics.SourceLocation(file: source.file, line: line, column: 1), in: source)
    }

    private static func offset(of place: BailiffDiagnostics.SourceLocation, in source: SourceText) -> Int {
        var line = 1
        var column = 1
        for (offset, byte) in source.text.utf8.enumerated() {
            if line == place.line, column == place.column { return offset }
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return source.text.utf8.count
    }

    /// Removing a protection is an error, or a change that the diff calls weakening. Removing a narrowing condition of a
    /// step widens it; removing the condition of an approval asks always, which is stricter.
    @Test func nothingGoesUnnoticed() throws {
        let removals = try Self.removals()
        #expect(removals.count > 120)
        var refused = 0
        var weakened = 0
        for removal in removals {
            var files = try Repository.files(removal.folder)
            let index = try #require(files.firstIndex { $0.file == removal.file })
            let old = files[index]
            files[index] = SourceText(file: removal.file, text: removal.text)
            let loaded = PlaybookLibrary.load(files, environment: .complete())
            let errors = loaded.report.diagnostics.filter { $0.severity == .error }
            if !errors.isEmpty {
                refused += 1
                let names = errors.contains { Self.names(removal.key, $0) }
                #expect(names, "\(removal.testDescription)\n\(errors.map(\.description).joined(separator: "\n"))")
                continue
            }
            let changes = try PlaybookDiff.changes(from: old, to: files[index], environment: .complete()).get()
            let isStricter = removal.key == "when" && changes.worst == .tightens
            #expect(
                changes.worst == .weakens || isStricter,
                "\(removal.testDescription)\n\(changes.map(\.description).joined(separator: "\n"))")
            weakened += 1
        }
        #expect(refused > 80)
        #expect(weakened > 30)
    }

    /// Whether the error is about what was taken out.
    private static func names(_ key: String, _ diagnostic: Diagnostic) -> Bool {
        if diagnostic.code == "YAML013", diagnostic.message.contains("'\(key)'") { return true }
        let codes: [String: Set<String>] = [
            "a guard": ["PB020", "YAML014"], "enforce": ["YAML013"], "guards": ["YAML013", "PB020"], "use": ["YAML013"],
            "budget": ["PB021"], "approve": ["PB022", "PB024", "PB025", "PB026", "PB031", "YAML013"],
            "missing": ["CEL021"],
            "irreversible": ["PB023"], "auto": ["PB022", "PB026"], "rings": ["PB033"], "require": ["YAML013"],
            "when": ["YAML013"], "local": [],
        ]
        return codes[key]?.contains(diagnostic.code) ?? false
    }
}
