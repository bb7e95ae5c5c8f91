/// Simple case folding: which code points count as the same letter under `(?i)`.
///
/// Swift's Unicode tables give full mappings. Upper case, then lower case, and only where each is one code point, comes to
/// simple folding for all letters but the dotted and the dotless i, which fold to nothing else.
enum CaseFolding {
    /// The code points of one letter, itself included.
    static func orbit(of scalar: UInt32) -> [UInt32] {
        table.orbitOf[scalar].map { table.orbits[$0] } ?? [scalar]
    }

    /// All letters of more than one code point.
    static var orbits: [[UInt32]] { table.orbits }

    private static let table = Table()

    private struct Table: Sendable {
        var orbits: [[UInt32]] = []
        var orbitOf: [UInt32: Int] = [:]

        init() {
            var members: [UInt32: [UInt32]] = [:]
            for range in CaseFolding.casedRanges {
                for value in range {
                    guard let scalar = Unicode.Scalar(value) else { continue }
                    let folded = CaseFolding.fold(scalar)
                    // Only letters that fold to another one, and those they fold to, form orbits.
                    if folded != value { members[folded, default: [folded]].append(value) }
                }
            }
            for orbit in members.values.sorted(by: { $0[0] < $1[0] }) {
                for member in orbit { orbitOf[member] = orbits.count }
                orbits.append(orbit.sorted())
            }
        }
    }

    private static func fold(_ scalar: Unicode.Scalar) -> UInt32 {
        if scalar.value == 0x130 || scalar.value == 0x131 { return scalar.value }
        let properties = scalar.properties
        let upper =
            single(properties.uppercaseMapping) ?? single(properties.titlecaseMapping) ?? scalar
        return (single(upper.properties.lowercaseMapping) ?? scalar).value
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, scalars.count == 1 else { return nil }
        return first
    }

    /// Where Unicode has cased letters; scanning all planes would take a thousand times longer.
    private static let casedRanges: [ClosedRange<UInt32>] = [
        0x41...0x58F, 0x10A0...0x10FF, 0x13A0...0x13FF, 0x1C80...0x1CBF, 0x1D79...0x1D8E, 0x1E00...0x1FFF,
        0x2126...0x2188, 0x24B6...0x24E9, 0x2C00...0x2D2D, 0xA640...0xA7FF, 0xAB30...0xABBF, 0xFF21...0xFF5A,
        0x10400...0x104FF, 0x10570...0x105BC, 0x10C80...0x10CFF, 0x10D50...0x10D8F, 0x118A0...0x118DF,
        0x16E40...0x16E7F, 0x1E900...0x1E943,
    ]
}
