package import BailiffModel

/// What an entry says, for lists and searches; verification never needs it.
package struct EntryContents: Sendable, Hashable {
    package var version: Int64
    package var at: Timestamp
    package var kind: String
    package var actor: String
    /// Everything behind the envelope, in the order of the entry.
    package var fields: JSONObject

    /// Nil when the bytes are not an entry of a version this program knows; show such an entry as escaped bytes.
    package init?(_ entry: Entry) {
        guard case .object(let object)? = try? StrictJSON.parse(entry.bytes, limits: .trusted),
            let version = object["v"]?.int, version == EntryBuilder.version,
            let time = object["at"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let kind = object["kind"]?.string, let actor = object["actor"]?.string
        else { return nil }
        self.version = version
        at = time
        self.kind = kind
        self.actor = actor
        fields = JSONObject(object.members.filter { !["v", "at", "kind", "actor"].contains($0.key) })
    }
}
