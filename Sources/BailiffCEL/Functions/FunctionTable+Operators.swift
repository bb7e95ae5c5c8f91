extension FunctionTable {
    static let operators: [Entry] = arithmetic + relations + access

    private static let arithmetic: [Entry] = [
        Entry(
            function: .add,
            overloads: [
                global("add_int64", [.int, .int], .int), global("add_uint64", [.uint, .uint], .uint),
                global("add_double", [.double, .double], .double), global("add_string", [.string, .string], .string),
                global("add_bytes", [.bytes, .bytes], .bytes), global("add_list", [listOfA, listOfA], listOfA),
                global("add_duration_duration", [.duration, .duration], .duration),
                global("add_timestamp_duration", [.timestamp, .duration], .timestamp),
                global("add_duration_timestamp", [.duration, .timestamp], .timestamp),
            ],
            summary: "Sum of numbers of one type, of times and durations; strings, bytes and lists are joined."),
        Entry(
            function: .subtract,
            overloads: [
                global("subtract_int64", [.int, .int], .int), global("subtract_uint64", [.uint, .uint], .uint),
                global("subtract_double", [.double, .double], .double),
                global("subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration),
                global("subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
                global("subtract_duration_duration", [.duration, .duration], .duration),
            ],
            summary: "Difference of numbers of one type, of times and durations."),
        Entry(
            function: .multiply,
            overloads: [
                global("multiply_int64", [.int, .int], .int), global("multiply_uint64", [.uint, .uint], .uint),
                global("multiply_double", [.double, .double], .double),
            ],
            summary: "Product of numbers of one type."),
        Entry(
            function: .divide,
            overloads: [
                global("divide_int64", [.int, .int], .int), global("divide_uint64", [.uint, .uint], .uint),
                global("divide_double", [.double, .double], .double),
            ],
            summary: "Quotient; of integers truncated toward zero. An integer divided by zero is an error."),
        Entry(
            function: .remainder,
            overloads: [
                global("modulo_int64", [.int, .int], .int), global("modulo_uint64", [.uint, .uint], .uint),
            ],
            summary: "Remainder of integers, with the sign of the dividend."),
        Entry(
            function: .negate,
            overloads: [global("negate_int64", [.int], .int), global("negate_double", [.double], .double)],
            summary: "The number with its sign changed."),
    ]

    private static func ordering(_ function: Builtin, _ id: String, _ summary: String) -> Entry {
        let types: [(String, CELType)] = [
            ("bool", .bool), ("int64", .int), ("uint64", .uint), ("double", .double), ("string", .string),
            ("bytes", .bytes), ("timestamp", .timestamp), ("duration", .duration),
        ]
        return Entry(
            function: function, overloads: types.map { global("\(id)_\($0.0)", [$0.1, $0.1], .bool) }, summary: summary)
    }

    private static let relations: [Entry] = [
        Entry(
            function: .equal, overloads: [global("equals", [a, a], .bool)],
            summary: "Whether two values are equal; numbers of different types compare by value."),
        Entry(
            function: .notEqual, overloads: [global("not_equals", [a, a], .bool)],
            summary: "Whether two values are not equal."),
        ordering(.less, "less", "Order of numbers, strings, bytes, bools, times and durations."),
        ordering(.lessOrEqual, "less_equals", "Order or equality."),
        ordering(.greater, "greater", "Reverse order."),
        ordering(.greaterOrEqual, "greater_equals", "Reverse order or equality."),
        Entry(
            function: .isIn,
            overloads: [global("in_list", [a, listOfA], .bool), global("in_map", [a, mapOfAB], .bool)],
            summary: "`x in list`: whether an element equals x. `x in map`: whether x is a key."),
        Entry(
            function: .not, overloads: [global("logical_not", [.bool], .bool)], summary: "The opposite of a bool."),
        Entry(
            function: .and, overloads: [global("logical_and", [.bool, .bool], .bool)],
            summary: "Whether both are true; a false on either side absorbs an error on the other."),
        Entry(
            function: .or, overloads: [global("logical_or", [.bool, .bool], .bool)],
            summary: "Whether one is true; a true on either side absorbs an error on the other."),
    ]

    private static let access: [Entry] = [
        Entry(
            function: .index,
            overloads: [global("index_list", [listOfA, .int], a), global("index_map", [mapOfAB, a], b)],
            summary: "An element of a list by position, a value of a map by key."),
        Entry(
            function: .conditional, overloads: [global("conditional", [.bool, a, a], a)],
            summary: "`c ? x : y`: x where c is true, else y; the other one is not evaluated."),
    ]
}
