package import BailiffModel

/// A value that stands in an entry as a salted commitment only, and the salt that opens it.
///
/// The store keeps it beside the log. Deleting salt and value makes the commitment meaningless for ever and leaves the log
/// verifiable; as long as both exist, anybody can check that they are what the entry committed to.
package struct Redactable: Sendable, Hashable {
    package static let saltLengthInBytes = 32

    /// Where the commitment stands in the entry, as a JSON Pointer (RFC 6901): `/machines/3/name`.
    package var path: String
    package var salt: [UInt8]
    package var value: String

    package init(path: String, salt: [UInt8], value: String) {
        self.path = path
        self.salt = salt
        self.value = value
    }

    /// SHA-256(salt ‖ UTF-8 of the value).
    package var commitment: Digest { Redactable.commitment(salt: salt, value: value) }

    package static func commitment(salt: [UInt8], value: String) -> Digest {
        var input = salt
        input.append(contentsOf: value.utf8)
        return Digest.of(input)
    }

    /// Whether the entry holds exactly this commitment at `path`.
    package func isCommitted(in entry: Entry) -> Bool {
        guard salt.count == Redactable.saltLengthInBytes,
            let root = try? StrictJSON.parse(entry.bytes, limits: .trusted),
            let text = root.value(atPointer: path)?["commitment"]?.string, let bytes = Base64.decode(text)
        else { return false }
        return bytes == commitment.bytes
    }
}

/// The members of a JSON Pointer.
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
