/// Where time zones come from.
package struct CELZones: Sendable {
    package let lookup: @Sendable (_ name: String) -> CELZone?

    package init(lookup: @escaping @Sendable (_ name: String) -> CELZone?) { self.lookup = lookup }

    /// The zones of this machine: compiled zone files below `/usr/share/zoneinfo`, read once each. Where a machine has no such
    /// files, `UTC` and offsets are all there is, and the compiler refuses every other name.
    package static let system = CELZones { ZoneFiles.system.zone(named: $0) }

    /// The zone an accessor's argument names: an IANA name, `UTC`, or a fixed offset `+HH:MM`, `-HH:MM` or `HH:MM`.
    func zone(_ name: String) -> CELZone? {
        if let offset = Self.fixedOffset(name) { return CELZone(fixedOffset: offset) }
        return lookup(name)
    }

    private static func fixedOffset(_ name: String) -> Int64? {
        if name.hasSameBytes(as: "UTC") { return 0 }
        var bytes = Array(name.utf8)[...]
        var sign: Int64 = 1
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            bytes = bytes.dropFirst()
        }
        let digits = bytes.map { Int64($0) - 0x30 }
        guard digits.count == 5, digits[2] == 10, [0, 1, 3, 4].allSatisfy({ 0...9 ~= digits[$0] }) else { return nil }
        let hours = digits[0] * 10 + digits[1]
        let minutes = digits[3] * 10 + digits[4]
        guard hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

/// The rules of one time zone.
package struct CELZone: Sendable, Hashable {
    /// Unix seconds from which on the offset of the same position holds.
    var transitions: [Int64] = []
    /// Seconds east of UTC after each transition.
    var offsets: [Int64] = []
    /// Before the first transition.
    var firstOffset: Int64
    /// Behind the last transition, if the offset goes on changing.
    var rule: ZoneRule?

    package init(fixedOffset: Int64) { firstOffset = fixedOffset }

    init(transitions: [Int64], offsets: [Int64], firstOffset: Int64, rule: ZoneRule?) {
        self.transitions = transitions
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.rule = rule
    }

    /// Seconds east of UTC at an instant.
    package func offset(at seconds: Int64) -> Int64 {
        guard let last = transitions.last else { return rule?.offset(at: seconds) ?? firstOffset }
        if seconds >= last, let rule { return rule.offset(at: seconds) }
        var low = 0
        var high = transitions.count
        // The first transition after the instant.
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }
}
