import BailiffCEL
import Testing

/// Optional values: functions, macros and syntax.
struct OptionalTests {
    static let comesToRows: [(String, String)] = [
        ("optional.of(1)", "optional(1)"), ("optional.none()", "optional()"), ("optional.of(null)", "optional(null)"),
        ("optional.ofNonZeroValue(0)", "optional()"), ("optional.ofNonZeroValue('')", "optional()"),
        ("optional.ofNonZeroValue([])", "optional()"), ("optional.ofNonZeroValue({})", "optional()"),
        ("optional.ofNonZeroValue(false)", "optional()"), ("optional.ofNonZeroValue(null)", "optional()"),
        ("optional.ofNonZeroValue(0.0)", "optional()"), ("optional.ofNonZeroValue(b'')", "optional()"),
        ("optional.ofNonZeroValue(duration('0'))", "optional()"), ("optional.ofNonZeroValue(1u)", "optional(1u)"),
        ("optional.of(1).hasValue()", "true"), ("optional.none().hasValue()", "false"), ("optional.of(1).value()", "1"),
        ("optional.none().orValue(5)", "5"), ("optional.of(1).orValue(5)", "1"),
        ("optional.none().or(optional.of(2))", "optional(2)"), ("optional.of(1).or(optional.none())", "optional(1)"),
        ("optional.ofNonZeroValue('x').or(optional.none()).value()", "'x'"),
        ("optional.of(1) == optional.of(1)", "true"), ("optional.none() == optional.none()", "true"),
        ("optional.of(1) == optional.none()", "false"), ("optional.of(1) != optional.of(2)", "true"),
        ("type(optional.of(1))", "optional_type"),
        // The other operand is not evaluated where it is not needed.
        ("optional.of(1).orValue(1 / 0)", "1"), ("optional.of(1).or(optional.of(1 / 0))", "optional(1)"),
        // Lists
        ("[optional.of(1), optional.none(), optional.of(3)].unwrapOpt()", "[1, 3]"), ("[].unwrapOpt()", "[]"),
        ("optional.unwrap([optional.none(), optional.of('a')])", "['a']"), ("[1, 2].first()", "optional(1)"),
        ("[1, 2].last().value()", "2"), ("[].first().hasValue()", "false"), ("[].last()", "optional()"),
        // Selection
        ("{'a': 1}.?a", "optional(1)"), ("{'a': 1}.?b", "optional()"), ("{'a': null}.?a", "optional(null)"),
        ("{'a b': 1}.?`a b`", "optional(1)"), ("{'a': {'b': 2}}.?a.b", "optional(2)"),
        ("{'a': {'b': 2}}.?x.b", "optional()"), ("{'a': {'b': 2}}.?a.c", "optional()"),
        ("{'a': {'b': 2}}.?a.?b", "optional(2)"), ("{'a': {'b': {'c': 3}}}.?a.b.c", "optional(3)"),
        ("{'a': [1]}.?a[0]", "optional(1)"), ("{'a': [1]}.?a[5]", "optional()"), ("{'a': [1]}.?b[5]", "optional()"),
        ("dyn({'a': 1}).?a.orValue(2)", "1"), ("{'a': 1}.?b.orValue(2)", "2"),
        ("has({'a': {'b': 1}}.?a.b)", "true"), ("has({'a': {'b': 1}}.?x.b)", "false"),
        ("[1, 2][?0]", "optional(1)"), ("[1, 2][?2]", "optional()"), ("[1][?-1]", "optional()"),
        ("[1][?dyn(0.5)]", "optional()"), ("[1][?dyn(0u)]", "optional(1)"), ("{'a': 1}[?'a']", "optional(1)"),
        ("{1: 'x'}[?dyn(1.0)]", "optional('x')"), ("{'a': 1}[?'b'].orValue(5)", "5"),
        ("optional.of([7])[0]", "optional(7)"), ("optional.of([7])[?1]", "optional()"),
        ("true ? [1] : [2]", "[1]"), ("true?.5:1.5", "0.5"), ("[true ? 1 : 2]", "[1]"),
        // Literals
        ("[?optional.of(1), ?optional.none(), 3]", "[1, 3]"), ("[?optional.none()]", "[]"),
        ("[?{'a': 1}.?a, ?{'a': 1}.?b]", "[1]"),
        ("{?'a': optional.of(1), ?'b': optional.none(), 'c': 3}", "{'a': 1, 'c': 3}"),
        ("{?'a': optional.none()}", "{}"), ("{?'a': optional.none(), 'a': 2}", "{'a': 2}"),
        // Macros
        ("optional.of(2).optMap(x, x * 2)", "optional(4)"), ("optional.none().optMap(x, x * 2)", "optional()"),
        ("optional.of([5]).optFlatMap(l, l[?0])", "optional(5)"),
        ("optional.of([]).optFlatMap(l, l[?0])", "optional()"),
        ("optional.none().optFlatMap(x, optional.of(1 / 0))", "optional()"),
        ("optional.of(1).optMap(x, [2].map(y, x + y))", "optional([3])"),
        ("[optional.of(1)].map(o, o.optMap(x, x + 1).orValue(0))", "[2]"),
    ]

    @Test(arguments: comesToRows)
    func comesTo(_ text: String, _ wanted: String) throws {
        #expect(try value(text).shown == wanted)
    }

    static let endsInRows: [(String, CELError.Code)] = [
        ("optional.none().value()", CELError.Code.invalidArgument), ("dyn(1).?a", .noOverload),
        ("dyn(1)[?0]", .noOverload), ("[1][?dyn('a')]", .noOverload), ("[?dyn(1)]", .noOverload),
        ("{?'a': dyn(1)}", .noOverload), ("optional.none().orValue(1 / 0)", .divisionByZero),
        ("dyn(1).optMap(x, x)", .noOverload), ("optional.of(1).optFlatMap(x, dyn(x))", .noOverload),
        ("dyn(1).orValue(2)", .noOverload), ("optional.none().or(dyn(1))", .noOverload),
        ("[dyn(1)].unwrapOpt()", .noOverload), ("optional.of(dyn(1)).a", .noOverload),
        ("has(optional.of(dyn(1)).a)", .noOverload), ("optional.of(dyn(optional.of([1])))[?0]", .noOverload),
        ("{?'a': optional.of(1), 'a': 2}", .invalidArgument),
    ]

    @Test(arguments: endsInRows)
    func endsIn(_ text: String, _ code: CELError.Code) throws {
        #expect(try fault(text) == code)
    }

    static let isRefusedRows: [(String, String)] = [
        ("[?1]", "CEL015"), ("{?'a': 1}", "CEL015"), ("1.optMap(x, x)", "CEL015"),
        ("optional.of(1).optFlatMap(x, x)", "CEL015"), ("1.?a", "CEL013"), ("has({'a': 1}.?a)", "CEL004"),
        ("{'a': 1}.?a()", "CEL001"), ("{'a': 1}.?1", "CEL001"), ("optional.of(1).optMap(1, 2)", "CEL004"),
        ("optional.of(1).orValue('a')", "CEL012"), ("[?]", "CEL001"), ("?1", "CEL001"), ("[1][?]", "CEL001"),
    ]

    @Test(arguments: isRefusedRows)
    func isRefused(_ text: String, _ code: String) {
        var declarations = CELDeclarations()
        declarations.libraries.insert(.optionals)
        declarations.refusesCertainErrors = false
        #expect(codes(text, declarations).first == code)
    }

    @Test(arguments: ["{'a': 1}.?a", "[1][?0]", "[?1]", "{?'a': 1}", "optional.of(1)", "[1].first()"])
    func isOffUnlessAskedFor(_ text: String) {
        #expect(codes(text) != [])
    }
}
