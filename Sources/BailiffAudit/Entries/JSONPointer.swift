import BailiffModel

/// Paths into JSON documents (RFC 6901).
enum JSONPointer {
    static func escape(_ name: String) -> String {
        var out: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x7E: out += "~0".utf8
            case 0x2F: out += "~1".utf8
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil unless the pointer is empty or begins with a slash, and for a tilde that escapes nothing.
    static func members(of pointer: String) -> [String]? {
        if pointer.utf8.isEmpty { return [] }
        let parts = Array(pointer.utf8).split(separator: 0x2F, omittingEmptySubsequences: false)
        guard let first = parts.first, first.isEmpty else { return nil }
        var out: [String] = []
        for part in parts.dropFirst() {
            guard let member = unescape(part) else { return nil }
            out.append(member)
        }
        return out
    }

    private static func unescape(_ part: ArraySlice<UInt8>) -> String? {
        var out: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped {
                guard byte == 0x30 || byte == 0x31 else { return nil }
                out.append(byte == 0x30 ? 0x7E : 0x2F)
                isEscaped = false
            } else if byte == 0x7E {
                isEscaped = true
            } else {
                out.append(byte)
            }
        }
        return isEscaped ? nil : String(decoding: out, as: UTF8.self)
    }
}

extension JSONValue {
    func value(atPointer pointer: String) -> JSONValue? {
        guard let members = JSONPointer.members(of: pointer) else { return nil }
        var current = self
        for member in members {
            switch current {
            case .object(let object):
                guard let next = object[member] else { return nil }
                current = next
            case .array(let elements):
                guard let index = StrictDecimal.parse(Array(member.utf8)), index < Int64(elements.count) else {
                    return nil
                }
                current = elements[Int(index)]
            default: return nil
            }
        }
        return current
    }
}
