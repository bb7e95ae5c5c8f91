import BailiffCEL
import Foundation
import Testing

/// The reference pages list exactly what the code declares.
struct DocumentationTests {
    private static func page(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/BailiffCEL/BailiffCEL.docc")
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// The rows of all tables of a page, without their heads.
    private static func rows(of page: String) -> [String] {
        var rows: [String] = []
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, line) in lines.enumerated() where line.hasPrefix("| ") {
            let isHead = index + 1 < lines.count && lines[index + 1].hasPrefix("| ---")
            if !isHead, !line.hasPrefix("| ---") { rows.append(line) }
        }
        return rows
    }

    private static func cell(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }

    static func functionRows(library: String?) -> [String] {
        CELReference.functions.filter { $0.library == library }.map { function in
            let signatures = function.signatures.map { "`\(cell($0))`" }.joined(separator: ", ")
            return "| `\(cell(function.name))` | \(signatures) | \(cell(function.summary)) |"
        }
    }

    static func macroRows() -> [String] {
        CELReference.macros.map { "| `\($0.form)` | \($0.library ?? "") | \($0.summary) |" }
    }

    static func typeRows() -> [String] { CELReference.types.map { "| `\($0.name)` | \($0.summary) |" } }

    @Test func everyFunctionMacroAndTypeIsListed() throws {
        let libraries = Set(CELReference.functions.map(\.library))
        let wanted = Self.typeRows() + Self.macroRows() + libraries.flatMap { Self.functionRows(library: $0) }
        let rows = Self.rows(of: try Self.page("Functions.md"))
        #expect(Set(wanted).subtracting(rows).sorted() == [], "missing")
        #expect(Set(rows).subtracting(wanted).sorted() == [], "not in the code")
        #expect(rows.count == wanted.count)
    }

    @Test func everyCodeIsListed() throws {
        let wanted = CELReference.codes.map { "| \($0.code) | \($0.summary) |" }
        #expect(Self.rows(of: try Self.page("Diagnostics.md")) == wanted)
    }

    @Test func codesAreDistinct() {
        #expect(Set(CELReference.codes.map(\.code)).count == CELReference.codes.count)
    }
}
