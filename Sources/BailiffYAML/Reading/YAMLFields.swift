package import BailiffDiagnostics

/// The keys of one mapping while they are being read. Every key that is asked for counts as known.
package final class YAMLFields {
    package let location: SourceLocation
    package let what: String
    package let reader: YAMLReader
    private let entries: [YAMLNode.Entry]
    private(set) var asked: [String] = []
    private var missing: [String] = []

    init(entries: [YAMLNode.Entry], location: SourceLocation, what: String, reader: YAMLReader) {
        self.entries = entries
        self.location = location
        self.what = what
        self.reader = reader
    }

    /// The value of a key that must be there; nil when it is absent or wrong, which has been reported then.
    package func required<Value>(_ key: String, _ shape: YAMLShape<Value>) -> Value? {
        guard let node = node(key) else {
            missing.append(key)
            return nil
        }
        return shape.read(node, reader)
    }

    /// The value of a key that may be left out; nil when it is absent, or wrong, which has been reported then.
    package func optional<Value>(_ key: String, _ shape: YAMLShape<Value>) -> Value? {
        node(key).flatMap { shape.read($0, reader) }
    }

    /// The raw value of a key; asking makes the key known.
    package func node(_ key: String) -> YAMLNode? {
        if !asked.contains(key) { asked.append(key) }
        return entry(key)?.value
    }

    /// Whether the key is there, without making it known.
    package func contains(_ key: String) -> Bool { entry(key) != nil }

    /// Where the key stands; the mapping's own place where it is absent.
    package func locationOfKey(_ key: String) -> SourceLocation { entry(key)?.key.location ?? location }

    /// Reports an absent key at the end, unless it turns out that another key is a misspelling of it.
    package func reportMissing(_ key: String) { missing.append(key) }

    package func error(_ code: String, _ message: String, at place: SourceLocation? = nil, hint: String? = nil) {
        reader.error(code, message, at: place ?? location, hint: hint)
    }

    private func entry(_ key: String) -> YAMLNode.Entry? {
        entries.first { $0.name.utf8.elementsEqual(key.utf8) }
    }

    func finish() {
        var misspelt: Set<String> = []
        let absent = asked.filter { entry($0) == nil }
        let known = asked.map { "'\($0)'" }.joined(separator: ", ")
        for entry in entries where !asked.contains(where: { $0.utf8.elementsEqual(entry.name.utf8) }) {
            let name = entry.name.escapedForDisplay(limit: 64)
            let guess = closestMatch(to: entry.name, among: absent) ?? closestMatch(to: entry.name, among: asked)
            if let guess { misspelt.insert(guess) }
            reader.error(
                "YAML012", "unknown key '\(name)' in \(what)", at: entry.key.location,
                hint: guess.map { "did you mean '\($0)'?" } ?? (asked.isEmpty ? nil : "the keys are \(known)"))
        }
        for key in missing where !misspelt.contains(key) {
            reader.error("YAML013", "\(what) lacks the key '\(key)'", at: location)
        }
    }
}
