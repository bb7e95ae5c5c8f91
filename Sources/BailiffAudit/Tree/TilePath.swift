/// The name of a tile or of an entry bundle in a tlog-tiles folder.
package struct TilePath: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// 0...63.
        case hashes(level: Int)
        case entries
    }

    package let kind: Kind
    package let index: Int64
    /// 1...256; 256 is a full tile.
    package let width: Int

    /// Nil for a level, an index or a width that no tile has.
    package init?(_ kind: Kind, index: Int64, width: Int = TileLayout.fullWidth) {
        if case .hashes(let level) = kind, !(0...63).contains(level) { return nil }
        guard index >= 0, (1...TileLayout.fullWidth).contains(width) else { return nil }
        self.kind = kind
        self.index = index
        self.width = width
    }

    package var isFull: Bool { width == TileLayout.fullWidth }

    /// `tile/0/x001/x234/067`, `tile/entries/273.p/112`.
    package var text: String { isFull ? base : "\(base).p/\(width)" }

    /// The folder of the partial forms of this tile.
    package var partialsFolder: String { base + ".p" }

    private var base: String {
        let first =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1_000)
            let group = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            groups.append(groups.isEmpty ? group : "x" + group)
            rest /= 1_000
        } while rest > 0
        return "tile/\(first)/" + groups.reversed().joined(separator: "/")
    }

    /// Whether a log of so many entries has this tile, in this width or a greater one.
    package func isWithin(size: Int64) -> Bool {
        let level = if case .hashes(let level) = kind { level } else { 0 }
        let full = TileLayout.fullTiles(level: level, size: size)
        return index < full || (index == full && width <= TileLayout.partialWidth(level: level, size: size))
    }

    /// Reads a path in its one canonical form; nil for everything else.
    package init?(text: String) {
        var parts = Array(text.utf8).split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst().elementsEqual("tile".utf8) else { return nil }
        let first = parts.removeFirst()
        let kind: Kind
        if first.elementsEqual("entries".utf8) {
            kind = .entries
        } else {
            guard let level = StrictDecimal.parse(first), level <= 63 else { return nil }
            kind = .hashes(level: Int(level))
        }
        var width = TileLayout.fullWidth
        if parts.count >= 2, parts[parts.count - 2].suffix(2).elementsEqual(".p".utf8) {
            guard let partial = StrictDecimal.parse(parts.removeLast()), (1...255).contains(partial) else { return nil }
            width = Int(partial)
            parts[parts.count - 1] = parts[parts.count - 1].dropLast(2)
        }
        guard let index = TilePath.index(ofGroups: parts), let path = TilePath(kind, index: index, width: width),
            path.text.utf8.elementsEqual(text.utf8)
        else { return nil }
        self = path
    }

    private static func index(ofGroups groups: [ArraySlice<UInt8>]) -> Int64? {
        var index: Int64 = 0
        for group in groups {
            for digit in group.suffix(3) {
                guard (0x30...0x39).contains(digit) else { return nil }
                let (product, tooLarge) = index.multipliedReportingOverflow(by: 10)
                let (sum, stillTooLarge) = product.addingReportingOverflow(Int64(digit - 0x30))
                if tooLarge || stillTooLarge { return nil }
                index = sum
            }
        }
        return index
    }
}
