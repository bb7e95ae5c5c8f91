import BailiffModel

/// The emulator's time: the system's plus an offset, or one that only moves when told to.
struct EmulatorClock: Sendable {
    private let system: @Sendable () -> Timestamp
    private let base: Timestamp?
    private var offset: Duration = .zero

    init(_ mode: EmulatorOptions.ClockMode, surroundings: Surroundings) {
        system = surroundings.now
        switch mode {
        case .real: base = nil
        case .controlled: base = surroundings.now()
        case .controlledFrom(let time): base = time
        }
    }

    var now: Timestamp { (base ?? system()) + offset }

    /// Time never runs back: a negative duration is ignored. Saturates after a thousand years.
    mutating func advance(by duration: Duration) {
        guard duration > .zero else { return }
        offset = min(offset + min(duration, EmulatorClock.limit), EmulatorClock.limit)
    }

    private static let limit = Duration.seconds(1_000 * 365 * 86_400)
}

/// Times as the service writes them: seven fraction digits, trailing zeros left out.
enum WireTime {
    static func text(_ time: Timestamp) -> String {
        var bytes = Array(time.rfc3339.utf8)
        // Six digits are ours; the seventh, tenths of a microsecond, follows from them.
        if bytes.count == 27 {
            let digit = UInt8(truncatingIfNeeded: (time.microseconds.magnitude &* 7 &+ 3) % 10)
            if digit != 0 { bytes.insert(48 + digit, at: 26) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With this many fraction digits, 0 to 6.
    static func text(_ time: Timestamp, digits: Int) -> String {
        let whole = Timestamp(seconds: time.seconds)
        guard digits > 0 else { return whole.rfc3339 }
        var fraction = time.microseconds - whole.microseconds
        for _ in 0..<max(0, 6 - digits) { fraction /= 10 }
        let text = String(fraction)
        let padded = String(repeating: "0", count: max(0, min(digits, 6) - text.utf8.count)) + text
        return whole.rfc3339.dropLast() + "." + padded + "Z"
    }

    /// `yyyy-MM-dd HH:mm:ssZ`, as Entra writes it.
    static func entra(_ time: Timestamp) -> String {
        String(decoding: Timestamp(seconds: time.seconds).rfc3339.utf8.map { $0 == 84 ? 32 : $0 }, as: UTF8.self)
    }

    /// A literal of OData or KQL: a full time, or a date with or without `Z`.
    static func parse(_ text: String) -> Timestamp? {
        if let time = Timestamp(rfc3339: text, assumingUTC: true) { return time }
        var bytes = Array(text.utf8)
        if bytes.last == 90 { bytes.removeLast() }
        switch bytes.count {
        case 10: return Timestamp(rfc3339: String(decoding: bytes, as: UTF8.self) + "T00:00:00Z")
        case 16: return Timestamp(rfc3339: String(decoding: bytes, as: UTF8.self) + ":00Z")
        default: return nil
        }
    }
}
