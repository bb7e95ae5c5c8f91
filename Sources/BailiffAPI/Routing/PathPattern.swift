import BailiffModel

/// The shape of an address: `/v1/cases/{id}`, `/audit/tile/{path...}`.
struct PathPattern: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal(String)
        /// One segment, percent-decoded.
        case parameter(String)
        /// All that follows, at least one segment, as sent.
        case rest(String)
    }

    let text: String
    let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = text.utf8.split(separator: UInt8(ascii: "/")).map { part in
            let segment = String(Substring(part))
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return .literal(segment) }
            let name = String(segment.dropFirst().dropLast())
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(name)
        }
    }

    var parameterNames: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    /// What stands in place of the parameters; nil where the address has another shape.
    func match(_ parts: [Substring]) -> [(name: String, raw: Substring)]? {
        var found: [(name: String, raw: Substring)] = []
        for (index, segment) in segments.enumerated() {
            guard index < parts.count else { return nil }
            switch segment {
            case .literal(let literal):
                guard parts[index].utf8.elementsEqual(literal.utf8) else { return nil }
            case .parameter(let name):
                guard !parts[index].isEmpty else { return nil }
                found.append((name, parts[index]))
            case .rest(let name):
                found.append((name, Substring(parts[index...].joined(separator: "/"))))
                return found
            }
        }
        return parts.count == segments.count ? found : nil
    }
}
