/// A date and a time of day in the proleptic Gregorian calendar.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var microsecond: Int

    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }

    /// Whether every field is in its range and the day exists in its month. Years 1 to 9999.
    package var isValid: Bool {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second), (0...999_999).contains(microsecond)
        else { return false }
        return day <= CivilTime.days(inMonth: month, of: year)
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Timestamp {
    /// The instant of a UTC date and time; nil when a field is out of range.
    package init?(utc civil: CivilTime) {
        guard civil.isValid else { return nil }
        // Days from civil: years start in March, so that the leap day is the last of its year.
        let year = Int64(civil.month <= 2 ? civil.year - 1 : civil.year)
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let monthFromMarch = Int64((civil.month + 9) % 12)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(civil.day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * 86_400 + Int64(civil.hour * 3_600 + civil.minute * 60 + civil.second)
        self.init(microseconds: seconds * 1_000_000 + Int64(civil.microsecond))
    }

    /// The UTC date and time. Outside the years 1 to 9999 the nearest bound.
    package var utc: CivilTime {
        let lower: Int64 = -62_135_596_800  // 0001-01-01T00:00:00Z
        let upper: Int64 = 253_402_300_799  // 9999-12-31T23:59:59Z
        if seconds < lower { return CivilTime(year: 1, month: 1, day: 1) }
        if seconds > upper {
            return CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999)
        }
        let whole = seconds
        let micro = Int(microseconds - whole * 1_000_000)
        let days = (whole >= 0 ? whole : whole - 86_399) / 86_400
        let secondOfDay = Int(whole - days * 86_400)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return CivilTime(
            year: Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month: month,
            day: Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1), hour: secondOfDay / 3_600,
            minute: secondOfDay % 3_600 / 60, second: secondOfDay % 60, microsecond: micro)
    }

    /// RFC 3339 in UTC: `2026-11-20T23:40:51Z`, with as many fraction digits (up to six) as needed.
    package var rfc3339: String {
        let civil = utc
        var text: [UInt8] = []
        text.reserveCapacity(27)
        func digits(_ value: Int, _ width: Int) {
            var divisor = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(48 + value / divisor % 10))
                divisor /= 10
            }
        }
        digits(civil.year, 4)
        text.append(45)
        digits(civil.month, 2)
        text.append(45)
        digits(civil.day, 2)
        text.append(84)
        digits(civil.hour, 2)
        text.append(58)
        digits(civil.minute, 2)
        text.append(58)
        digits(civil.second, 2)
        if civil.microsecond != 0 {
            text.append(46)
            digits(civil.microsecond, 6)
            while text.last == 48 { text.removeLast() }
        }
        text.append(90)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 with `Z` or an offset. Fraction digits beyond six are cut. `t`, `z` and a space in place of `T` are
    /// taken too, as is a missing zone when `assumingUTC`. Nil for anything else, also for the leap second `:60`.
    package init?(rfc3339 text: String, assumingUTC: Bool = false) {
        let bytes = Array(text.utf8)
        func number(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[from..<from + count] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard bytes.count >= 19, bytes.count <= 64, bytes[4] == 45, bytes[7] == 45,
            bytes[10] == 84 || bytes[10] == 116 || bytes[10] == 32, bytes[13] == 58, bytes[16] == 58,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2)
        else { return nil }
        var position = 19
        var microsecond = 0
        if position < bytes.count, bytes[position] == 46 {
            position += 1
            let start = position
            var scale = 100_000
            while position < bytes.count, (48...57).contains(bytes[position]) {
                microsecond += Int(bytes[position] - 48) * scale
                scale /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        var offset = 0
        if position == bytes.count {
            guard assumingUTC else { return nil }
        } else if bytes[position] == 90 || bytes[position] == 122 {
            guard position + 1 == bytes.count else { return nil }
        } else {
            guard bytes[position] == 43 || bytes[position] == 45, position + 6 == bytes.count,
                bytes[position + 3] == 58,
                let hours = number(position + 1, 2), let minutes = number(position + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3_600 + minutes * 60) * (bytes[position] == 45 ? -1 : 1)
        }
        let civil = CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond)
        guard let local = Timestamp(utc: civil) else { return nil }
        self = local - .seconds(offset)
    }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { rfc3339 }
}
