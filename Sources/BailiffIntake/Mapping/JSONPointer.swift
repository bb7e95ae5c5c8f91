package import BailiffModel

/// A place in a JSON document: RFC 6901.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    package let steps: [String]

    /// Reads `/file/hashes/0`; the empty text is the whole document. Nil without a leading slash, for a `~` that is not
    /// `~0` or `~1`, and for more than 16 steps.
    package init?(_ text: String) {
        guard !text.isEmpty else {
            steps = []
            return
        }
        let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.first?.isEmpty == true, parts.count <= 17 else { return nil }
        var steps: [String] = []
        for part in parts.dropFirst() {
            guard let step = JSONPointer.unescaped(part) else { return nil }
            steps.append(step)
        }
        self.steps = steps
    }

    private static func unescaped(_ part: Substring.UTF8View) -> String? {
        var out: [UInt8] = []
        var isEscape = false
        for byte in part {
            if isEscape {
                guard byte == 0x30 || byte == 0x31 else { return nil }
                out.append(byte == 0x30 ? 0x7E : 0x2F)
                isEscape = false
            } else if byte == 0x7E {
                isEscape = true
            } else {
                out.append(byte)
            }
        }
        return isEscape ? nil : String(decoding: out, as: UTF8.self)
    }

    /// What stands there; nil where nothing does, and for null. Array indices are digits without a leading zero.
    package func value(in document: JSONValue) -> JSONValue? {
        var value = document
        for step in steps {
            switch value {
            case .object(let object):
                guard let next = object[step] else { return nil }
                value = next
            case .array(let elements):
                guard let index = JSONPointer.index(step), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        if value.isNull { return nil }
        return value
    }

    private static func index(_ step: String) -> Int? {
        guard (1...9).contains(step.utf8.count), step.utf8.allSatisfy(\.isASCIIDigit),
            step.utf8.count == 1 || step.utf8.first != 0x30
        else { return nil }
        return Int(step)
    }

    package var description: String { Pointer.escaped(steps) }
}
