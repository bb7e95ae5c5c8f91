/// The yearly rule at the end of a zone file, as POSIX's TZ variable spells it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Hashable {
    /// A day and time of a year, by local time.
    struct Change: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// 1 to 365; February 29 is never counted.
            case julian(Int64)
            /// 0 to 365
            case ordinal(Int64)
            /// Day of the week (0 Sunday) in a week (1 to 5, 5 the last) of a month.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        var day: Day
        var seconds: Int64

        /// Seconds since 1970, by the clock on the wall.
        func localSeconds(in year: Int64) -> Int64 {
            let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
            let days: Int64
            switch day {
            case .julian(let number): days = newYear + number - 1 + (CivilDate.isLeap(year) && number > 59 ? 1 : 0)
            case .ordinal(let number): days = newYear + number
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1).daysSince1970
                let toWeekday = weekday - CivilDate.dayOfWeek(daysSince1970: first)
                let earliest = first + (toWeekday < 0 ? toWeekday + 7 : toWeekday)
                let found = earliest + (week - 1) * 7
                days = found >= first + CivilDate.days(inMonth: month, year: year) ? found - 7 : found
            }
            return days * 86_400 + seconds
        }
    }

    var standardOffset: Int64
    var summer: Summer?

    struct Summer: Sendable, Hashable {
        var offset: Int64
        var start: Change
        var end: Change
    }

    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standardOffset }
        let local = seconds + standardOffset
        let year = CivilDate(daysSince1970: local.flooredQuotient(86_400)).year
        let start = summer.start.localSeconds(in: year) - standardOffset
        let end = summer.end.localSeconds(in: year) - summer.offset
        let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
        return isSummer ? summer.offset : standardOffset
    }

    /// Reads the text of a rule; nil if it is none.
    init?(_ text: some Sequence<UInt8>) {
        var scanner = RuleScanner(bytes: Array(text))
        guard scanner.name(), let standard = scanner.time() else { return nil }
        standardOffset = -standard
        guard !scanner.isAtEnd else { return }
        guard scanner.name() else { return nil }
        var offset = standardOffset + 3_600
        if !scanner.isAt(",") {
            guard let summer = scanner.time() else { return nil }
            offset = -summer
        }
        guard scanner.skip(","), let start = scanner.change(), scanner.skip(","), let end = scanner.change(),
            scanner.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }
}

private struct RuleScanner {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && UInt32(bytes[position]) == character.value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        position += 1
        return true
    }

    /// The abbreviation of an offset: letters, or anything in angle brackets.
    mutating func name() -> Bool {
        if skip("<") {
            while !isAtEnd, !isAt(">") { position += 1 }
            return skip(">")
        }
        let start = position
        while position < bytes.count, bytes[position].isIdentifierStart { position += 1 }
        return position > start
    }

    mutating func number(upTo limit: Int64) -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position].isDigit, position - start < 4 {
            value = value * 10 + Int64(bytes[position] - 0x30)
            position += 1
        }
        return position > start && value <= limit ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int64? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard var seconds = number(upTo: 167).map({ $0 * 3_600 }) else { return nil }
        if skip(":") {
            guard let minutes = number(upTo: 59) else { return nil }
            seconds += minutes * 60
            if skip(":") {
                guard let rest = number(upTo: 59) else { return nil }
                seconds += rest
            }
        }
        return isNegative ? -seconds : seconds
    }

    mutating func change() -> ZoneRule.Change? {
        let day: ZoneRule.Change.Day
        if skip("M") {
            guard let month = number(upTo: 12), month > 0, skip("."), let week = number(upTo: 5), week > 0, skip("."),
                let weekday = number(upTo: 6)
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if skip("J") {
            guard let number = number(upTo: 365), number > 0 else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(upTo: 365) else { return nil }
            day = .ordinal(number)
        }
        guard skip("/") else { return ZoneRule.Change(day: day, seconds: 7_200) }
        return time().map { ZoneRule.Change(day: day, seconds: $0) }
    }
}
