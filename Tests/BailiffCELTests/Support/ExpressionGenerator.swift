/// Makes expressions from a seed: well-formed ones that follow the grammar and mostly the types, and garbage.
struct ExpressionGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(below: elements.count)] }

    enum Kind: CaseIterable { case bool, int, uint, double, string, list, map, time, duration, any }

    /// An expression meant to be of a kind; now and then it is of another one.
    mutating func expression(_ kind: Kind, depth: Int, locals: [String] = []) -> String {
        if number(below: 24) == 0 { return leaf(pick(Kind.allCases), locals) }
        guard depth > 0 else { return leaf(kind, locals) }
        func make(_ kind: Kind, _ extra: [String] = []) -> String {
            var copy = self
            defer { self = copy }
            return copy.expression(kind, depth: depth - 1, locals: locals + extra)
        }
        let variable = pick(["x", "y", "z"])
        switch kind {
        case .bool:
            switch number(below: 20) {
            case 0: return "(\(make(.bool)) && \(make(.bool)) && \(make(.bool)))"
            case 1: return "(\(make(.bool)) || \(make(.bool)))"
            case 2: return "!(\(make(.bool)))"
            case 3: return "(\(make(.int)) \(pick(["<", "<=", ">", ">=", "==", "!="])) \(make(.int)))"
            case 4: return "(\(make(.string)) \(pick(["<", "==", "!=", ">="])) \(make(.string)))"
            case 5: return "(\(make(.int)) in \(make(.list)))"
            case 6: return "(\(make(.string)) in \(make(.map)))"
            case 7:
                return
                    "\(make(.list)).\(pick(["all", "exists", "exists_one"]))(\(variable), \(make(.bool, [variable])))"
            case 8: return "\(make(.map)).\(pick(["all", "exists", "existsOne"]))(k, v, \(make(.bool, ["k", "v"])))"
            case 9: return "\(make(.string)).\(pick(["contains", "startsWith", "endsWith"]))(\(make(.string)))"
            case 10:
                return "\(make(.string)).matches('\(pick(["a+", "(a|b)*c", "^[a-c]{1,3}$", "(?i)A.", "\\\\\\\\d"]))')"
            case 11: return "has(\(make(.map)).\(pick(["a", "b"])))"
            case 12: return "(\(make(.bool)) ? \(make(.bool)) : \(make(.bool)))"
            case 13: return "cel.bind(\(variable), \(make(.int)), \(make(.bool, [variable])))"
            case 14: return "(\(make(.list)) == \(make(.list)))"
            case 15: return "(\(make(.time)) < \(make(.time)))"
            case 16:
                return pick([
                    "(\(make(.any)) == \(make(.any)))", "\(make(.map)).?a.hasValue()",
                    "has(optional.of(\(make(.map))).\(pick(["a", "c"])))",
                ])
            case 17: return "(type(\(make(.any))) == \(pick(["int", "string", "list", "type"])))"
            case 18: return "(\(make(.double)) < \(make(.double)))"
            default: return leaf(.bool, locals)
            }
        case .int:
            switch number(below: 10) {
            case 0...2: return "(\(make(.int)) \(pick(["+", "-", "*", "/", "%"])) \(make(.int)))"
            case 3: return "size(\(make(pick([.string, .list, .map]))))"
            case 4: return "\(make(.list))[\(make(.int))]"
            case 5: return "\(make(.map)).\(pick(["a", "b"]))"
            case 6:
                return pick([
                    "-(\(make(.int)))", "\(make(.list))[?\(make(.int))].orValue(\(make(.int)))",
                    "\(make(.map)).?b.optMap(\(variable), \(make(.int, [variable]))).orValue(\(make(.int)))",
                ])
            case 7: return "int(\(make(pick([.string, .uint, .double, .time]))))"
            case 8: return "\(make(.string)).\(pick(["indexOf", "lastIndexOf"]))(\(make(.string)))"
            default:
                return
                    "\(make(.time)).\(pick(["getHours", "getDayOfYear", "getFullYear"]))(\(pick(["", "'UTC'", "'Europe/Oslo'", make(.string)])))"
            }
        case .uint:
            return pick([
                "uint(\(make(.int)))", "(\(make(.uint)) + \(make(.uint)))", "(\(make(.uint)) - \(make(.uint)))",
            ])
        case .double:
            return pick([
                "double(\(make(.int)))", "(\(make(.double)) / \(make(.double)))",
                "(\(make(.double)) * \(make(.double)))",
            ])
        case .string:
            switch number(below: 12) {
            case 0, 1: return "(\(make(.string)) + \(make(.string)))"
            case 2: return "string(\(make(pick([.int, .double, .bool, .uint, .time, .duration]))))"
            case 3: return "\(make(.string)).replace(\(make(.string)), \(make(.string)))"
            case 4: return "\(make(.string)).substring(\(make(.int)))"
            case 5: return "\(make(.string)).\(pick(["lowerAscii", "upperAscii", "trim", "reverse"]))()"
            case 6: return "\(make(.string)).charAt(\(make(.int)))"
            case 7: return "'\(pick(["%s", "%d-%s", "%.3f", "%x", "%%"]))'.format([\(make(.any)), \(make(.any))])"
            case 8: return "\(make(.string)).split(\(make(.string))).join(\(make(.string)))"
            case 9: return "strings.quote(\(make(.string)))"
            default: return "(\(make(.bool)) ? \(make(.string)) : \(make(.string)))"
            }
        case .list:
            switch number(below: 8) {
            case 0: return "[\(make(.int)), \(make(.int))]"
            case 1: return "(\(make(.list)) + \(make(.list)))"
            case 2: return "\(make(.list)).map(\(variable), \(make(.int, [variable])))"
            case 3: return "\(make(.list)).filter(\(variable), \(make(.bool, [variable])))"
            case 4:
                return
                    "\(make(.list)).transformList(i, \(variable), \(make(.bool, ["i", variable])), \(make(.int, ["i", variable])))"
            case 5: return "\(make(.map)).map(k, \(make(.int)))"
            case 6: return "[\(make(.int)), ?\(make(.map)).?a, ?\(make(.list)).last()]"
            default: return leaf(.list, locals)
            }
        case .map:
            switch number(below: 3) {
            case 0: return "{'a': \(make(.int)), \(make(.string)): \(make(.int))}"
            case 1: return "\(make(.map)).transformMap(k, v, \(make(.int, ["v"])))"
            default: return leaf(.map, locals)
            }
        case .time:
            return pick([
                "timestamp(\(make(.int)))", "(\(make(.time)) + \(make(.duration)))",
                "(\(make(.time)) - \(make(.duration)))",
            ])
        case .duration:
            return pick([
                "(\(make(.time)) - \(make(.time)))", "(\(make(.duration)) + \(make(.duration)))", "duration('90m')",
            ])
        case .any: return "dyn(\(make(pick(Kind.allCases))))"
        }
    }

    private mutating func leaf(_ kind: Kind, _ locals: [String]) -> String {
        if !locals.isEmpty, number(below: 2) == 0 { return pick(locals) }
        switch kind {
        case .bool: return pick(["true", "false", "b"])
        case .int: return pick(["0", "1", "2", "-1", "i", "9223372036854775807", "-9223372036854775808", "80"])
        case .uint: return pick(["0u", "1u", "u", "18446744073709551615u"])
        case .double: return pick(["0.0", "-1.5", "1e300", "d", "double('NaN')"])
        case .string: return pick(["''", "'a'", "'abc'", "s", "'e\u{301}\u{1F431}'", "'12'"])
        case .list: return pick(["[]", "[1, 2, 3]", "l", "[1, 'a', null]"])
        case .map: return pick(["{}", "{'a': 1}", "m", "{1: 2, 'b': 0}"])
        case .time: return pick(["timestamp(0)", "t", "timestamp('2026-01-31T12:00:00Z')"])
        case .duration: return pick(["duration('1h')", "duration('-0.5s')", "q"])
        case .any: return pick(["null", "x0", "b'\\xff'", "int", "optional.none()", "i"])
        }
    }

    /// Words of the language and odd characters in any order.
    mutating func garbage(length: Int) -> String {
        let words = [
            "(", ")", "[", "]", "{", "}", ",", ".", ":", "?", "+", "-", "*", "/", "%", "!", "=", "==", "!=", "<", ">=",
            "&&", "||", " in ", "a", "b.c", "1", "1.5", "0x", "1u", "'", "\"", "'''", "'a'",
            "r'", "b'", "\\", "`", "`a`", "//", "\n", " ", "true", "null", "has(", ".all(x,", ".map(", "cel.bind(",
            "\u{0}", "\u{301}", "\u{1F431}", "e9", "9999999999999999999", "@", "#", "$", "~", "^", "&", "|",
            "if", "\\u", "\\x4", "\u{FEFF}",
        ]
        return (0..<length).map { _ in pick(words) }.joined()
    }

    mutating func bytes(length: Int) -> [UInt8] { (0..<length).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
