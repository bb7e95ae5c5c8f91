import BailiffModel

/// Writes JSON bodies straight into bytes: a page holds ten thousand machines.
///
/// In the awkward style it leaves out, retypes and invents what recorded bodies show; which entity shows what follows
/// from its salt, so that one entity always looks the same.
struct WireWriter {
    private(set) var bytes: [UInt8] = []
    private let isAwkward: Bool
    private var salt: UInt64 = 0
    private var needsComma = false

    init(_ style: EmulatorOptions.BodyStyle, capacity: Int = 1024) {
        isAwkward = style == .awkward
        bytes.reserveCapacity(capacity)
    }

    // MARK: Structure

    mutating func object(_ body: (inout WireWriter) -> Void) { nest(0x7B, 0x7D, body) }

    mutating func array(_ body: (inout WireWriter) -> Void) { nest(0x5B, 0x5D, body) }

    /// An object as an element or as the whole body, awkward in the way its id says.
    mutating func entity(_ id: String, _ body: (inout WireWriter) -> Void) {
        let outer = salt
        salt = isAwkward ? SplitMix64.hash(id) : 0
        nest(0x7B, 0x7D) { writer in
            body(&writer)
            if writer.chance("futureProperty", 3) {
                writer.key("futureProperty")
                writer.nest(0x7B, 0x7D) { $0.field("kind", "unheard-of") }
            }
        }
        salt = outer
    }

    mutating func field(_ name: StaticString, _ body: (inout WireWriter) -> Void) {
        key(name)
        body(&self)
    }

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ body: (inout WireWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    // MARK: Fields

    mutating func field(_ name: StaticString, _ value: String?) {
        guard let value else { return null(name) }
        key(name)
        write(value)
    }

    mutating func field(_ name: StaticString, _ value: Bool?) {
        guard let value else { return null(name) }
        key(name)
        literal(value ? "true" : "false")
    }

    mutating func field(_ name: StaticString, _ value: Int?) {
        guard let value else { return null(name) }
        key(name)
        literal(String(value))
    }

    mutating func field(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return null(name) }
        key(name)
        let digits = Int(truncatingIfNeeded: SplitMix64.mix(salt &+ 1) % 8)
        write(isAwkward && salt != 0 && digits < 7 ? WireTime.text(value, digits: digits) : WireTime.text(value))
    }

    mutating func field(_ name: StaticString, _ values: [String]) {
        field(name) { writer in
            writer.array { writer in
                for value in values { writer.element(value) }
            }
        }
    }

    mutating func field(_ name: StaticString, json value: JSONValue) {
        key(name)
        bytes += value.utf8()
        needsComma = true
    }

    /// A value from a documented vocabulary, which the service extends without notice.
    mutating func enumeration(_ name: StaticString, _ value: String?) {
        field(name, chance(name, 12) ? "Unforeseen" : value)
    }

    /// A property that some bodies leave empty although the documentation does not say so.
    mutating func spotty(_ name: StaticString, _ value: String?) {
        if chance(name, 6) { null(name) } else { field(name, value) }
    }

    /// A number that some bodies carry as text.
    mutating func loose(_ name: StaticString, _ value: Int?) {
        if let value, chance(name, 4) { field(name, String(value)) } else { field(name, value) }
    }

    /// A flag that some bodies carry as text.
    mutating func looseFlag(_ name: StaticString, _ value: Bool) {
        if chance(name, 3) { field(name, value ? "True" : "False") } else { field(name, value) }
    }

    private mutating func null(_ name: StaticString) {
        if chance(name, 2) { return }
        key(name)
        literal("null")
    }

    // MARK: Elements

    mutating func element(_ value: String) {
        separate()
        write(value)
    }

    mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    // MARK: Bytes

    /// One in `odds` entities, for this property.
    private func chance(_ name: StaticString, _ odds: UInt64) -> Bool {
        guard isAwkward, salt != 0 else { return false }
        var hash = salt
        name.withUTF8Buffer { buffer in
            for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return SplitMix64.mix(hash) % odds == 0
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(0x22)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0x22)
        bytes.append(0x3A)
        // The value behind the colon needs no comma, the next member does.
        needsComma = false
    }

    private mutating func literal(_ text: String) {
        bytes += text.utf8
        needsComma = true
    }

    private mutating func write(_ text: String) {
        needsComma = true
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0..<0x20, 0x7F:
                bytes += "\\u00".utf8
                bytes += Hex.encode(CollectionOfOne(byte)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
