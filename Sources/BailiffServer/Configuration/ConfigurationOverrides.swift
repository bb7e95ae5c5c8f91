import BailiffDiagnostics
import BailiffYAML

/// Lays environment variables over a configuration: `BAILIFF__SERVER__API=0.0.0.0:8480` sets `server.api`.
///
/// The names of keys are compared without case, `-` counting as `_`; the value is one YAML value, so that lists and mappings
/// can be given in flow style. The variables are taken in the order of their names: a section first, its keys later.
struct ConfigurationOverrides {
    static let prefix = "BAILIFF__"

    private(set) var diagnostics: [Diagnostic] = []
    private(set) var sources: [SourceText] = []

    mutating func apply(_ environment: [String: String], to root: YAMLNode) -> YAMLNode {
        let names = environment.keys.filter { $0.utf8.starts(with: Self.prefix.utf8) }
        var result = root
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let file = "environment variable \(name.escapedForDisplay(limit: 120))"
            let path = Self.segments(of: String(name.dropFirst(Self.prefix.count)))
            guard !path.isEmpty, path.allSatisfy({ !$0.isEmpty }), path.count <= 12 else {
                report("the variable's name is no path of keys", file, hint: "BAILIFF__SECTION__KEY")
                continue
            }
            guard let value = parse(environment[name] ?? "", file: file) else { continue }
            guard let changed = set(path[...], to: value, in: result, file: file) else {
                report("the path leads through something that is no mapping", file)
                continue
            }
            result = changed
        }
        return result
    }

    /// The path's last key becomes `value`; mappings on the way are made where they are absent.
    private mutating func set(
        _ path: ArraySlice<String>, to value: YAMLNode, in node: YAMLNode, file: String
    ) -> YAMLNode? {
        guard let first = path.first, case .mapping(let entries) = node.kind else { return nil }
        let existing = entries.first { Self.folded($0.name) == Self.folded(first) }
        guard let key = existing?.key ?? parse(first.lowercased(), file: file) else { return nil }
        if path.count == 1 { return node.setting(key, to: value) }
        var inner = existing?.value
        if inner?.isNull ?? true { inner = parse("{}", file: file) }
        guard let inner, let changed = set(path.dropFirst(), to: value, in: inner, file: file) else { return nil }
        return node.setting(key, to: changed)
    }

    private mutating func parse(_ text: String, file: String) -> YAMLNode? {
        let source = SourceText(file: file, text: text)
        if !sources.contains(where: { $0.file == file }) { sources.append(source) }
        switch StrictYAML.parse(source) {
        case .success(let node): return node
        case .failure(let error):
            diagnostics += error.diagnostics
            return nil
        }
    }

    private mutating func report(_ message: String, _ file: String, hint: String? = nil) {
        diagnostics.append(
            Diagnostic(
                code: ConfigurationCode.override.rawValue, message, at: SourceLocation(file: file, line: 1, column: 1),
                hint: hint))
    }

    private static func segments(of name: String) -> [String] {
        var parts: [String] = []
        var current: [UInt8] = []
        var underscores = 0
        for byte in name.utf8 {
            if byte == 0x5F {
                underscores += 1
                if underscores == 2 {
                    parts.append(String(decoding: current, as: UTF8.self))
                    current = []
                    underscores = 0
                }
                continue
            }
            if underscores == 1 { current.append(0x5F) }
            underscores = 0
            current.append(byte)
        }
        if underscores == 1 { current.append(0x5F) }
        return parts + [String(decoding: current, as: UTF8.self)]
    }

    private static func folded(_ name: String) -> [UInt8] {
        name.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 == 0x2D ? 0x5F : $0 }
    }
}
