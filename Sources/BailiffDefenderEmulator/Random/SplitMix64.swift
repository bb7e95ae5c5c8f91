/// A small seeded generator: the same seed gives the same fleet, ids and faults everywhere.
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(state)
    }

    /// 0 up to, not including, `bound`; 0 for a bound below 1.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// 0 up to, not including, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func element<T>(of choices: [T], default fallback: T) -> T {
        choices.isEmpty ? fallback : choices[below(choices.count)]
    }

    /// A version 4 UUID in lower case.
    mutating func guid() -> String {
        let high = next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Array(SplitMix64.hex(high).utf8) + Array(SplitMix64.hex(low).utf8)
        var out: [UInt8] = []
        out.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { out.append(45) }
            out.append(digit)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `count` hexadecimal digits in lower case.
    mutating func hexDigits(_ count: Int) -> String {
        var out = ""
        while out.utf8.count < count { out += SplitMix64.hex(next()) }
        return String(decoding: out.utf8.prefix(count), as: UTF8.self)
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// FNV-1a over the bytes, mixed: the salt of an entity.
    static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mix(hash)
    }

    private static func hex(_ value: UInt64) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(16)
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift) & 15)
            out.append(digit < 10 ? 48 + digit : 87 + digit)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
