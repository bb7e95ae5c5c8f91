extension FunctionTable {
    private static func text(
        _ function: Builtin, _ overloads: [CELDeclarations.Overload], _ summary: String
    ) -> Entry {
        Entry(function: function, library: .strings, overloads: overloads, summary: summary)
    }

    static let strings: [Entry] = [
        text(
            .charAt, [member("string_char_at_int", [.string, .int], .string)],
            "The character at a position; empty at the end of the string."),
        text(
            .format, [member("string_format", [.string, .list(.dyn)], .string)],
            "Fills `%s %d %f %e %x %X %o %b` of the string from the list; `%%` is a percent sign."),
        text(
            .indexOf,
            [
                member("string_index_of_string", [.string, .string], .int),
                member("string_index_of_string_int", [.string, .string, .int], .int),
            ],
            "The first position of the other string, from a position on; -1 if there is none."),
        text(
            .join,
            [
                member("list_join", [.list(.string)], .string),
                member("list_join_string", [.list(.string), .string], .string),
            ],
            "The strings of a list, with a separator between them."),
        text(
            .lastIndexOf,
            [
                member("string_last_index_of_string", [.string, .string], .int),
                member("string_last_index_of_string_int", [.string, .string, .int], .int),
            ],
            "The last position of the other string, up to a position; -1 if there is none."),
        text(
            .lowerAscii, [member("string_lower_ascii", [.string], .string)],
            "The string with the letters A to Z in lower case."),
        text(
            .upperAscii, [member("string_upper_ascii", [.string], .string)],
            "The string with the letters a to z in upper case."),
        text(
            .replace,
            [
                member("string_replace_string_string", [.string, .string, .string], .string),
                member("string_replace_string_string_int", [.string, .string, .string, .int], .string),
            ],
            "The string with every (or at most the given number of) occurrence replaced."),
        text(.reverse, [member("string_reverse", [.string], .string)], "The string with its code points reversed."),
        text(
            .split,
            [
                member("string_split_string", [.string, .string], .list(.string)),
                member("string_split_string_int", [.string, .string, .int], .list(.string)),
            ],
            "The pieces between separators, at most the given number."),
        text(
            .substring,
            [
                member("string_substring_int", [.string, .int], .string),
                member("string_substring_int_int", [.string, .int, .int], .string),
            ],
            "The characters from a position on, up to but without another position."),
        text(
            .trim, [member("string_trim", [.string], .string)], "The string without white space at its ends."),
        text(
            .quote, [global("strings_quote", [.string], .string)],
            "The string in double quotation marks, with escapes."),
    ]

    private static func optional(
        _ function: Builtin, _ overload: CELDeclarations.Overload, _ summary: String
    ) -> Entry {
        Entry(function: function, library: .optionals, overloads: [overload], summary: summary)
    }

    private static let optionalOfA = CELType.optional(.parameter("A"))

    static let optionals: [Entry] = [
        optional(.optionalOf, global("optional_of", [a], optionalOfA), "An optional that holds the value."),
        optional(
            .optionalOfNonZeroValue, global("optional_of_non_zero_value", [a], optionalOfA),
            "An optional that holds the value, empty if it is the zero value of its type."),
        optional(.optionalNone, global("optional_none", [], optionalOfA), "An empty optional."),
        optional(.hasValue, member("optional_has_value", [optionalOfA], .bool), "Whether the optional holds a value."),
        optional(.value, member("optional_value", [optionalOfA], a), "The value; an error if there is none."),
        optional(
            .orOptional, member("optional_or_optional", [optionalOfA, optionalOfA], optionalOfA),
            "The optional itself if it holds a value, else the other one."),
        optional(
            .orValue, member("optional_or_value", [optionalOfA, a], a), "The value, or the other one if there is none."),
        optional(
            .optionalUnwrap, global("optional_unwrap", [.list(optionalOfA)], listOfA),
            "What the optionals of a list hold, without the empty ones."),
        optional(
            .unwrapOpt, member("optional_unwrapOpt", [.list(optionalOfA)], listOfA),
            "What the optionals of a list hold, without the empty ones."),
        optional(
            .first, member("list_first", [listOfA], optionalOfA), "The first element of a list, if there is one."),
        optional(.last, member("list_last", [listOfA], optionalOfA), "The last element of a list, if there is one."),
    ]
}
