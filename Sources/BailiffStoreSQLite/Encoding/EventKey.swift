import BailiffModel

/// A sender's event id as a key of bounded length: the bytes themselves, or their digest where they are many.
enum EventKey {
    private static let longest = 96

    static func bytes(_ id: String) -> [UInt8] {
        let bytes = Array(id.utf8)
        return bytes.count <= longest ? [0] + bytes : [1] + Digest.of(bytes).bytes
    }
}
