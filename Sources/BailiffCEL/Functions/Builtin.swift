/// The functions and operators the evaluator can carry out.
enum Builtin: String, CaseIterable, Sendable {
    // Operators
    case add = "_+_"
    case subtract = "_-_"
    case multiply = "_*_"
    case divide = "_/_"
    case remainder = "_%_"
    case negate = "-_"
    case not = "!_"
    case equal = "_==_"
    case notEqual = "_!=_"
    case less = "_<_"
    case lessOrEqual = "_<=_"
    case greater = "_>_"
    case greaterOrEqual = "_>=_"
    case isIn = "@in"
    case index = "_[_]"
    case and = "_&&_"
    case or = "_||_"
    case conditional = "_?_:_"

    // Standard functions
    case size, contains, startsWith, endsWith, matches
    case type, dyn
    case toBool = "bool"
    case toBytes = "bytes"
    case toDouble = "double"
    case toDuration = "duration"
    case toInt = "int"
    case toString = "string"
    case toTimestamp = "timestamp"
    case toUInt = "uint"
    case getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getFullYear, getHours, getMilliseconds, getMinutes
    case getMonth, getSeconds

    // Strings
    case charAt, format, indexOf, join, lastIndexOf, lowerAscii, replace, reverse, split, substring, trim, upperAscii
    case quote = "strings.quote"

    // Optional values
    case optionalOf = "optional.of"
    case optionalOfNonZeroValue = "optional.ofNonZeroValue"
    case optionalNone = "optional.none"
    case optionalUnwrap = "optional.unwrap"
    case hasValue, value, unwrapOpt, first, last
    case orOptional = "or"
    case orValue
}
