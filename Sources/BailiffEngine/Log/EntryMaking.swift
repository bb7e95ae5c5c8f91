package import BailiffAudit
package import BailiffCore
import BailiffModel

extension EntryDraft {
    /// The entry's bytes; each erasable value gets 32 fresh random bytes as its salt.
    package func built(randomBytes: (Int) -> [UInt8]) -> BuiltEntry {
        var builder = EntryBuilder(kind: kind, at: at, actor: actor)
        for member in fields.members { builder.set(member.key, .json(member.value)) }
        for value in erasable { builder.set(value.key, .committed(value.value, salt: randomBytes(32))) }
        return builder.build()
    }
}
