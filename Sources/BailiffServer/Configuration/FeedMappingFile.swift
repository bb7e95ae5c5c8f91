package import BailiffDiagnostics
package import BailiffIntake
import BailiffModel
import BailiffYAML

/// A mapping as people write it: YAML, with every fault told at its place in the file.
package enum FeedMappingFile {
    /// - Parameter file: The name to print, as the operator typed it.
    package static func load(file: String, bytes: [UInt8]) -> Result<FeedMapping, DiagnosticsError> {
        StrictYAML.source(file: file, bytes: bytes).flatMap { source in
            StrictYAML.parse(source).flatMap { root in
                do throws(FeedMappingError) {
                    return .success(try FeedMapping(value(of: root, holdsNumbers: false)))
                } catch {
                    let place = location(of: error, in: root)
                    return .failure(DiagnosticsError([Diagnostic(code: error.code.rawValue, error.message, at: place)]))
                }
            }
        }
    }

    /// Words stay words: `no` and `1` are what products write. Numbers are read where the format has numbers.
    private static func value(of node: YAMLNode, holdsNumbers: Bool) -> JSONValue {
        switch node.kind {
        case .scalar(let text, _):
            if node.isNull { return .null }
            if holdsNumbers, node.isPlain, let number = Double(text), number.isFinite { return .double(number) }
            return .string(text)
        case .sequence(let nodes): return .array(nodes.map { value(of: $0, holdsNumbers: holdsNumbers) })
        case .mapping(let entries):
            return .object(
                JSONObject(
                    entries.map { entry in
                        let isNumeric = holdsNumbers || entry.name == "scale" || entry.name == "bands"
                        return JSONObject.Member(entry.name, value(of: entry.value, holdsNumbers: isNumeric))
                    }))
        }
    }

    /// The key where the key is at fault, else the value; what has no place of its own is told at what should hold it.
    private static func location(of error: FeedMappingError, in root: YAMLNode) -> SourceLocation {
        var node = root
        var place = root.location
        for step in JSONPointer(error.pointer)?.steps ?? [] {
            guard case .mapping(let entries) = node.kind,
                let entry = entries.first(where: { $0.name.utf8.elementsEqual(step.utf8) })
            else { break }
            place = error.code == .unknownKey || entry.value.isNull ? entry.key.location : entry.value.location
            node = entry.value
        }
        return place
    }
}
