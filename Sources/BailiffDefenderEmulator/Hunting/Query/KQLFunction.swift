import BailiffModel

/// The scalar functions the emulator knows.
enum KQLFunction: String, Sendable, CaseIterable {
    case tostring, tolower, toupper, strcat, strlen, substring, split, trim, indexof
    case replaceString = "replace_string"
    case isempty, isnotempty, isnull, isnotnull, not
    case iff, iif, `case`, coalesce
    case bin, floor, startofday, startofhour
    case todatetime, totimespan, tolong, toint, toreal, todouble, tobool
    case parseJSON = "parse_json"
    case todynamic
    case arrayLength = "array_length"
    case setHasElement = "set_has_element"
    case packArray = "pack_array"
    case pack
    case bagPack = "bag_pack"
    case decodeBase64 = "base64_decode_tostring"
    case encodeBase64 = "base64_encode_tostring"
    case strcatArray = "strcat_array"
    case maxOf = "max_of"
    case minOf = "min_of"
    case datetimeDiff = "datetime_diff"

    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .strcat, .packArray, .coalesce, .maxOf, .minOf: 1...64
        case .pack, .bagPack: 0...64
        case .substring: 2...3
        case .split, .trim, .indexof, .bin, .floor, .setHasElement, .strcatArray: 2...2
        case .replaceString, .iff, .iif, .datetimeDiff: 3...3
        case .case: 3...63
        default: 1...1
        }
    }

    func type(_ arguments: [KQLType]) -> KQLType {
        switch self {
        case .tostring, .tolower, .toupper, .strcat, .substring, .trim, .replaceString, .decodeBase64, .encodeBase64,
            .strcatArray:
            .string
        case .strlen, .indexof, .tolong, .toint, .arrayLength, .datetimeDiff: .long
        case .isempty, .isnotempty, .isnull, .isnotnull, .not, .tobool, .setHasElement: .bool
        case .iff, .iif, .case: arguments.count > 1 ? arguments[1] : .string
        case .coalesce, .bin, .floor, .maxOf, .minOf: arguments.first ?? .string
        case .startofday, .startofhour, .todatetime: .datetime
        case .totimespan: .timespan
        case .toreal, .todouble: .real
        case .split, .parseJSON, .todynamic, .packArray, .pack, .bagPack: .dynamic
        }
    }

    /// - Precondition: As many arguments as ``arity`` says; the compiler sees to that.
    func value(_ arguments: [KQLExpression], _ row: [KQLValue]) -> KQLValue {
        switch self {
        case .iff, .iif: return arguments[arguments[0].value(row).isTrue ? 1 : 2].value(row)
        case .case:
            for index in stride(from: 0, to: arguments.count - 1, by: 2) where arguments[index].value(row).isTrue {
                return arguments[index + 1].value(row)
            }
            return arguments[arguments.count - 1].value(row)
        case .coalesce:
            return arguments.lazy.map { $0.value(row) }.first { !$0.isNull && $0 != .string("") } ?? .null
        default: return value(arguments.map { $0.value(row) })
        }
    }

    private func value(_ values: [KQLValue]) -> KQLValue {
        let first = values.first ?? .null
        switch self {
        case .iff, .iif, .case, .coalesce: return .null
        case .tostring: return .string(first.text)
        case .tolower: return .string(KQLText.lowered(first.text))
        case .toupper: return .string(KQLText.raised(first.text))
        case .strcat: return .string(values.map(\.text).joined())
        case .strlen: return .long(Int64(first.text.unicodeScalars.count))
        case .substring: return KQLFunction.substring(values)
        case .split: return KQLFunction.split(first.text, values[1].text)
        case .trim: return KQLFunction.trim(values[1].text, first.text)
        case .indexof: return KQLFunction.index(of: values[1].text, in: first.text)
        case .replaceString: return .string(KQLFunction.replace(first.text, values[1].text, values[2].text))
        case .isempty: return .bool(first.text.isEmpty)
        case .isnotempty: return .bool(!first.text.isEmpty)
        case .isnull: return .bool(first.isNull)
        case .isnotnull: return .bool(!first.isNull)
        case .not: return .bool(!first.isTrue)
        case .bin, .floor: return KQLFunction.bin(first.plain, values[1].plain)
        case .startofday: return KQLFunction.bin(first.plain, .timespan(86_400_000_000))
        case .startofhour: return KQLFunction.bin(first.plain, .timespan(3_600_000_000))
        case .todatetime: return KQLFunction.datetime(first.plain)
        case .totimespan: return KQLFunction.timespan(first.plain)
        case .tolong, .toint: return KQLFunction.long(first.plain)
        case .toreal, .todouble: return KQLFunction.real(first.plain)
        case .tobool: return KQLFunction.bool(first.plain)
        case .parseJSON, .todynamic: return KQLFunction.json(first)
        case .arrayLength: return KQLFunction.elements(first).map { .long(Int64($0.count)) } ?? .null
        case .setHasElement:
            return .bool(
                (KQLFunction.elements(first) ?? []).contains { KQLExpression.equal(.dynamic($0), values[1]) })
        case .packArray: return .dynamic(.array(values.map(\.json)))
        case .pack, .bagPack: return KQLFunction.bag(values)
        case .decodeBase64:
            let bytes = Base64.decode(first.text)
            return bytes.flatMap { String(validating: $0, as: UTF8.self) }.map(KQLValue.string) ?? .null
        case .encodeBase64: return .string(Base64.encode(Array(first.text.utf8)))
        case .strcatArray:
            let texts = (KQLFunction.elements(first) ?? []).map { KQLValue.dynamic($0).text }
            return .string(texts.joined(separator: values[1].text))
        case .maxOf: return values.reduce(first) { ($0.order($1) ?? 0) < 0 ? $1 : $0 }
        case .minOf: return values.reduce(first) { ($0.order($1) ?? 0) > 0 ? $1 : $0 }
        case .datetimeDiff: return KQLFunction.difference(first.text, values[1].plain, values[2].plain)
        }
    }
}
