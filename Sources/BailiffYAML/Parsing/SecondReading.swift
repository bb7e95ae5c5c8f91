import BailiffDiagnostics
import Yams

/// Reads the document again with libyaml. Two independent readers rarely make the same mistake: where they differ, a
/// person might read the file in either way.
enum SecondReading {
    static func disagreement(with node: YAMLNode, of source: SourceText) -> Diagnostic? {
        do {
            let parser = try Yams.Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
            guard let second = try parser.singleRoot() else { return ambiguous(at: node.location) }
            return difference(node, second)
        } catch let error as YamlError {
            return ambiguous(at: place(of: error, in: source) ?? node.location)
        } catch {
            return ambiguous(at: node.location)
        }
    }

    private static func difference(_ first: YAMLNode, _ second: Yams.Node) -> Diagnostic? {
        switch (first.kind, second) {
        case (.scalar(let text, _), .scalar(let scalar)):
            return scalar.string.utf8.elementsEqual(text.utf8) ? nil : ambiguous(at: first.location)
        case (.sequence(let nodes), .sequence(let others)) where nodes.count == others.count:
            for (node, other) in zip(nodes, others) {
                if let found = difference(node, other) { return found }
            }
            return nil
        case (.mapping(let entries), .mapping(let others)) where entries.count == others.count:
            for (entry, other) in zip(entries, others) {
                if let found = difference(entry.key, other.key) ?? difference(entry.value, other.value) { return found }
            }
            return nil
        default: return ambiguous(at: first.location)
        }
    }

    private static func ambiguous(at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            code: "YAML019", "YAML readers differ about what is written here", at: place,
            hint: "quote the text, or use one line for each key")
    }

    private static func place(of error: YamlError, in source: SourceText) -> SourceLocation? {
        let mark: Mark
        switch error {
        case .scanner(_, _, let at, _), .parser(_, _, let at, _), .composer(_, _, let at, _): mark = at
        case .duplicatedKeysInMapping(_, let context): mark = context.mark
        default: return nil
        }
        return SourceLocation(file: source.file, line: mark.line, column: mark.column)
    }
}
