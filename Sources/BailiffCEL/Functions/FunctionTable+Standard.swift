extension FunctionTable {
    static let standard: [Entry] = general + texts + conversions

    private static let general: [Entry] = [
        Entry(
            function: .size,
            overloads: [
                global("size_string", [.string], .int), global("size_bytes", [.bytes], .int),
                global("size_list", [listOfA], .int), global("size_map", [mapOfAB], .int),
                member("string_size", [.string], .int), member("bytes_size", [.bytes], .int),
                member("list_size", [listOfA], .int), member("map_size", [mapOfAB], .int),
            ],
            summary: "Code points of a string, octets of bytes, elements of a list, entries of a map."),
        Entry(
            function: .type, overloads: [global("type", [a], .type(a))],
            summary: "The type of a value: `type(1) == int`."),
        Entry(
            function: .dyn, overloads: [global("to_dyn", [a], .dyn)],
            summary: "The value itself, with its type hidden from the checker."),
    ]

    private static let texts: [Entry] = [
        Entry(
            function: .contains, overloads: [member("contains_string", [.string, .string], .bool)],
            summary: "Whether the string contains the other."),
        Entry(
            function: .startsWith, overloads: [member("starts_with_string", [.string, .string], .bool)],
            summary: "Whether the string begins with the other."),
        Entry(
            function: .endsWith, overloads: [member("ends_with_string", [.string, .string], .bool)],
            summary: "Whether the string ends with the other."),
        Entry(
            function: .matches,
            overloads: [
                global("matches", [.string, .string], .bool), member("matches_string", [.string, .string], .bool),
            ],
            summary: "Whether the RE2 pattern is found anywhere in the string. Takes linear time."),
    ]

    private static func conversion(
        _ function: Builtin, to result: CELType, from sources: [CELType], _ summary: String
    ) -> Entry {
        Entry(
            function: function, overloads: sources.map { global("\($0)_to_\(result)", [$0], result) }, summary: summary)
    }

    private static let conversions: [Entry] = [
        conversion(
            .toBool, to: .bool, from: [.bool, .string],
            "A bool from `1 t T true TRUE True` or `0 f F false FALSE False`."),
        conversion(.toBytes, to: .bytes, from: [.bytes, .string], "The UTF-8 of a string."),
        conversion(
            .toDouble, to: .double, from: [.double, .int, .uint, .string],
            "The nearest double of a number or of a decimal text."),
        conversion(
            .toDuration, to: .duration, from: [.duration, .string],
            "A duration from a text such as `72h`, `1h30m` or `-1.5s`; units are h, m, s, ms, us, ns."),
        conversion(
            .toInt, to: .int, from: [.int, .uint, .double, .string, .timestamp],
            "A number truncated toward zero, a decimal text, or the Unix seconds of a timestamp."),
        conversion(
            .toString, to: .string, from: [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration],
            "The value as text."),
        conversion(
            .toTimestamp, to: .timestamp, from: [.timestamp, .string, .int],
            "A timestamp from an RFC 3339 text or from Unix seconds."),
        conversion(
            .toUInt, to: .uint, from: [.uint, .int, .double, .string],
            "A number truncated toward zero, or decimal digits; negative numbers are an error."),
    ]

    static let times: [Entry] = [
        field(.getFullYear, "The year."),
        field(.getMonth, "The month, 0 to 11."),
        field(.getDate, "The day of the month, 1 to 31."),
        field(.getDayOfMonth, "The day of the month, 0 to 30."),
        field(.getDayOfWeek, "The day of the week, 0 is Sunday."),
        field(.getDayOfYear, "The day of the year, 0 to 365."),
        field(.getHours, duration: true, "The hour, 0 to 23; of a duration all its whole hours."),
        field(.getMinutes, duration: true, "The minute, 0 to 59; of a duration all its whole minutes."),
        field(.getSeconds, duration: true, "The second, 0 to 59; of a duration all its whole seconds."),
        field(
            .getMilliseconds, duration: true,
            "The milliseconds within the second, 0 to 999; negative for a negative duration."),
    ]

    private static func field(_ function: Builtin, duration: Bool = false, _ summary: String) -> Entry {
        let name = function.rawValue
        var overloads = [
            member("timestamp_\(name)", [.timestamp], .int),
            member("timestamp_\(name)_with_tz", [.timestamp, .string], .int),
        ]
        if duration { overloads.append(member("duration_\(name)", [.duration], .int)) }
        return Entry(function: function, overloads: overloads, summary: summary)
    }
}
