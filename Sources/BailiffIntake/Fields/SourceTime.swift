import BailiffModel

/// The ways in which products write times. A time without a zone is taken as UTC, or in a zone named beside it.
enum SourceTime {
    /// Reads every documented way of writing a date with a time of day; nil for anything else, and for epoch numbers.
    ///
    /// - Parameter zone: The name of the zone that holds where the text itself names none: an offset or an IANA name.
    static func parse(_ text: String, zone: String? = nil) -> Timestamp? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count <= 64 else { return nil }
            var scanner = TimeScanner(bytes)
            guard let reading = scanner.reading() else { return nil }
            return timestamp(reading, zone: zone)
        }
    }

    /// Seconds since 1970, fractions cut. Nil outside the years 1970 to 9999.
    static func epochSeconds(_ number: Double?) -> Timestamp? {
        guard let number, number >= 0, number < 253_402_300_800 else { return nil }
        return Timestamp(seconds: Int64(number))
    }

    /// Milliseconds since 1970, cut to seconds.
    static func epochMilliseconds(_ number: Double?) -> Timestamp? { epochSeconds(number.map { $0 / 1_000 }) }

    /// A text in any known way, or an epoch number in seconds or, where it can be no other, milliseconds.
    static func any(_ value: JSONValue?, zone: String? = nil) -> Timestamp? {
        guard let value else { return nil }
        if let number = value.fieldNumber {
            return number >= 100_000_000_000 ? epochMilliseconds(number) : epochSeconds(number)
        }
        return value.string.flatMap { parse($0, zone: zone) }
    }

    /// The instant, cut to whole seconds: the precision in which verdicts are told apart.
    static func seconds(_ time: Timestamp?) -> Timestamp? { time.map { Timestamp(seconds: $0.seconds) } }

    private static func timestamp(_ reading: TimeScanner.Reading, zone: String?) -> Timestamp? {
        guard let local = Timestamp(utc: reading.civil) else { return nil }
        if let offset = reading.offset { return local - .seconds(offset) }
        guard let zone else { return local }
        return local - .seconds(ZoneOffset.seconds(of: zone, at: local) ?? 0)
    }
}

/// Reads one time, byte by byte.
struct TimeScanner {
    struct Reading {
        var civil: CivilTime
        /// Seconds east of Greenwich; nil where the text names no zone.
        var offset: Int?
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func reading() -> Reading? {
        skipSpace()
        guard let first = peek() else { return nil }
        let result: Reading?
        if first.isASCIIDigit {
            result =
                isAt(offset: 4, oneOf: [0x2D, 0x2F]) ? yearFirst() : isAt(offset: 2, oneOf: [0x2F]) ? american() : nil
        } else {
            result = nameFirst()
        }
        skipSpace()
        return position == bytes.count ? result : nil
    }

    /// `2026-01-23T15:55:51.123+01:00`, `2018/02/12 13:17:16`, `2025-07-22 08:25:39 +0000`.
    private mutating func yearFirst() -> Reading? {
        guard let year = digits(4), let separator = next(), let month = digits(2), next() == separator,
            let day = digits(2)
        else { return nil }
        if position == bytes.count { return Reading(civil: CivilTime(year: year, month: month, day: day), offset: nil) }
        guard let between = next(), [0x54, 0x74, 0x20].contains(between) else { return nil }
        skipSpace()
        guard let time = timeOfDay() else { return nil }
        return finish(year, month, day, time)
    }

    /// `10/19/2023, 16:17:05`: month first.
    private mutating func american() -> Reading? {
        guard let month = digits(2), next() == 0x2F, let day = digits(2), next() == 0x2F, let year = digits(4) else {
            return nil
        }
        if peek() == 0x2C { position += 1 }
        skipSpace()
        guard let time = timeOfDay() else { return nil }
        return finish(year, month, day, time)
    }

    /// `Mon Oct 16 22:55:48 2023`, `Tue, 22 Feb 2022 07:41:53 GMT`, `Sep 05 2023 16:28:42 UTC`, `Feb 12 13:17:17 2018`.
    private mutating func nameFirst() -> Reading? {
        guard var name = letters() else { return nil }
        if TimeScanner.isWeekday(name) {
            if peek() == 0x2C { position += 1 }
            skipSpace()
            if peek()?.isASCIIDigit == true {
                guard let day = shortNumber() else { return nil }
                skip([0x20, 0x2D])
                guard let word = letters(), let month = TimeScanner.month(word) else { return nil }
                skip([0x20, 0x2D])
                guard let year = digits(4) else { return nil }
                skipSpace()
                guard let time = timeOfDay() else { return nil }
                return finish(year, month, day, time)
            }
            guard let word = letters() else { return nil }
            name = word
        }
        guard let month = TimeScanner.month(name) else { return nil }
        skipSpace()
        guard let day = shortNumber() else { return nil }
        if peek() == 0x2C { position += 1 }
        skipSpace()
        if isAt(offset: 2, oneOf: [0x3A]) {
            guard let time = timeOfDay() else { return nil }
            skipSpace()
            var offset: Int?
            if let byte = peek(), !byte.isASCIIDigit {
                guard let zone = zone() else { return nil }
                offset = zone
                skipSpace()
            }
            guard let year = digits(4) else { return nil }
            return Reading(civil: time.on(year, month, day), offset: offset)
        }
        guard let year = digits(4) else { return nil }
        skipSpace()
        guard let time = timeOfDay() else { return nil }
        return finish(year, month, day, time)
    }

    private mutating func finish(_ year: Int, _ month: Int, _ day: Int, _ time: TimeOfDay) -> Reading? {
        skipSpace()
        let civil = time.on(year, month, day)
        if position == bytes.count { return Reading(civil: civil, offset: nil) }
        guard let offset = zone() else { return nil }
        return Reading(civil: civil, offset: offset)
    }

    private struct TimeOfDay {
        var hour: Int
        var minute: Int
        var second: Int
        var microsecond: Int

        func on(_ year: Int, _ month: Int, _ day: Int) -> CivilTime {
            CivilTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                microsecond: microsecond)
        }
    }

    private mutating func timeOfDay() -> TimeOfDay? {
        guard let hour = digits(2), next() == 0x3A, let minute = digits(2), next() == 0x3A, let second = digits(2)
        else {
            return nil
        }
        var microsecond = 0
        if let point = peek(), point == 0x2E || point == 0x2C, position + 1 < bytes.count,
            bytes[position + 1].isASCIIDigit
        {
            position += 1
            var scale = 100_000
            while let byte = peek(), byte.isASCIIDigit {
                microsecond += Int(byte - 0x30) * scale
                scale /= 10
                position += 1
            }
        }
        return TimeOfDay(hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    /// `Z`, `UTC`, `GMT`, `+01:00`, `-0500`, `+02`, `GMT+00:00`. Other names are no reading.
    mutating func zone() -> Int? {
        if let name = letters() {
            guard
                name.equalsIgnoringASCIICase("z") || name.equalsIgnoringASCIICase("utc")
                    || name.equalsIgnoringASCIICase("gmt")
            else { return nil }
            guard let sign = peek(), sign == 0x2B || sign == 0x2D else { return 0 }
        }
        guard let sign = next(), sign == 0x2B || sign == 0x2D, let hours = digits(2) ?? shortNumber(), hours < 24 else {
            return nil
        }
        if peek() == 0x3A { position += 1 }
        var minutes = 0
        if let byte = peek(), byte.isASCIIDigit {
            guard let number = digits(2), number < 60 else { return nil }
            minutes = number
        }
        return (hours * 3_600 + minutes * 60) * (sign == 0x2D ? -1 : 1)
    }

    var isAtEnd: Bool { position == bytes.count }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    private func isAt(offset: Int, oneOf wanted: [UInt8]) -> Bool {
        position + offset < bytes.count && wanted.contains(bytes[position + offset])
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isASCIISpace { position += 1 }
    }

    private mutating func skip(_ set: [UInt8]) {
        while position < bytes.count, set.contains(bytes[position]) { position += 1 }
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + count {
            guard bytes[index].isASCIIDigit else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        position += count
        return value
    }

    /// One or two digits.
    private mutating func shortNumber() -> Int? {
        guard let first = peek(), first.isASCIIDigit else { return nil }
        position += 1
        guard let second = peek(), second.isASCIIDigit else { return Int(first - 0x30) }
        position += 1
        return Int(first - 0x30) * 10 + Int(second - 0x30)
    }

    private mutating func letters() -> Slice<UnsafeBufferPointer<UInt8>>? {
        let start = position
        while position < bytes.count, bytes[position].isASCIILetter { position += 1 }
        return position > start ? bytes[start..<position] : nil
    }

    private static let months: [StaticString] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays: [StaticString] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func month(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let short = name.prefix(3)
        return months.firstIndex { short.equalsIgnoringASCIICase($0) }.map { $0 + 1 }
    }

    private static func isWeekday(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let short = name.prefix(3)
        return weekdays.contains { short.equalsIgnoringASCIICase($0) }
    }
}
