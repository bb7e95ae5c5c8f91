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
