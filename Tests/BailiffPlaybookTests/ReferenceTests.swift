import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import BailiffYAML
import Foundation
import Testing

/// The reference says what the code does.
@Suite struct ReferenceTests {
    private static let catalog = Repository.root.appendingPathComponent("Sources/BailiffPlaybook/BailiffPlaybook.docc")

    /// Set `BAILIFF_WRITE_REFERENCE` to bring the pages up to date.
    @Test(arguments: ReferencePages.all.map(\.file))
    func pagesAreUpToDate(_ file: String) throws {
        let page = try #require(ReferencePages.all.first { $0.file == file }?.text)
        let place = Self.catalog.appendingPathComponent(file)
        if ProcessInfo.processInfo.environment["BAILIFF_WRITE_REFERENCE"] != nil {
            try Data(page.utf8).write(to: place)
        }
        #expect(try String(contentsOf: place, encoding: .utf8) == page, "run the test with BAILIFF_WRITE_REFERENCE=1")
    }

    /// Every record that the reader knows, with exactly its keys.
    @Test func everyKeyIsListed() throws {
        var known: [String: Set<String>] = [:]
        for text in Self.files {
            let asked = PlaybookLibrary.keysAsked(by: SourceText(file: "all.yaml", text: text))
            for (what, keys) in asked { known[what, default: []].formUnion(keys) }
        }
        // Steps of the file are keys of `expect` and `not_possible`, too.
        known["not_possible"] = nil
        known["expect"]?.subtract(["all", "tenant"])
        let listed = Dictionary(
            uniqueKeysWithValues: LanguageReference.records.map { ($0.what, Set($0.keys.map(\.name))) })
        for record in listed.keys.sorted() {
            if listed[record]?.isEmpty == true, known[record] == nil { continue }
            #expect(known[record] == listed[record], "\(record)")
        }
        #expect(Set(known.keys).subtracting(listed.keys) == [])
    }

    @Test func everyYAMLCodeIsListed() throws {
        let folder = Repository.root.appendingPathComponent("Sources/BailiffYAML")
        var used: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files
        where file.pathExtension == "swift" && file.lastPathComponent != "YAMLDiagnosticCode.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"(YAML[0-9]{3})"/) { used.insert(String(match.1)) }
        }
        #expect(used == Set(YAMLDiagnosticCode.allCases.map(\.rawValue)))
    }

    /// Files that visit every record.
    private static let files: [String] = [
        """
        bailiff: policy/v1
        roles: { a: {} }
        guards: [{}]
        budgets: { a: {} }
        breaker: {}
        isolation: {}
        """,
        """
        bailiff: approvals/v1
        policies:
          a: { require: [{}], on_expiry: { ask: a } }
        """,
        """
        bailiff: playbook/v1
        valid: {}
        trigger: { corroborate: {}, dedupe: {} }
        targets: {}
        guards: { local: [{}] }
        budget: {}
        rings: [{}]
        steps:
          - { id: all, action: isolate, auto: x, approve: [{}], offline: {}, lease: {}, with: {} }
        \(ActionKind.allCases.map { "  - { id: x, action: \($0.rawValue), with: {} }" }.joined(separator: "\n"))
        after: { verdict_reversed: {}, notify: [{}] }
        """,
        """
        bailiff: playbook/v1
        steps: [{ id: all, action: tag, with: { value: x } }]
        tests:
          - given: { verdict: {}, file: {}, machines: [{}], defender: {} }
            expect: { approvals: [{}], not_possible: {} }
          - given: { machines: { workstations: 1 } }
        """,
    ]
}

@Suite struct SchemaTests {
    @Test func hasEveryRecord() throws {
        let schema = PlaybookSchema.document
        let definitions = try #require(schema["$defs"]?.object)
        #expect(definitions.count == LanguageReference.records.count)
        #expect(schema["oneOf"]?.array?.count == 3)
        for record in LanguageReference.records {
            let definition = try #require(definitions[record.what.replacing(" ", with: "_")])
            #expect(definition["properties"]?.object?.keys == record.keys.map(\.name))
        }
    }

    @Test func everyReferenceResolves() throws {
        let schema = PlaybookSchema.document
        let definitions = try #require(schema["$defs"]?.object)
        var references: Set<String> = []
        func visit(_ value: JSONValue) {
            switch value {
            case .array(let elements): for element in elements { visit(element) }
            case .object(let object):
                for member in object.members {
                    if member.key == "$ref", let name = member.value.string { references.insert(name) }
                    visit(member.value)
                }
            default: break
            }
        }
        visit(schema)
        #expect(references.count > 20)
        for reference in references {
            #expect(definitions[String(reference.dropFirst("#/$defs/".count))] != nil, "\(reference)")
        }
    }
}
