import BailiffCEL
import BailiffDiagnostics
import Testing

/// The language, row by row: a text and the text of its value.
struct LanguageTests {
    static let comesToRows: [(String, String)] = [
        // Lexis
        ("01", "1"), ("0x7FFFFFFFFFFFFFFF", "9223372036854775807"), ("-0x8000000000000000", "-9223372036854775808"),
        ("0xFFu", "255u"), ("--1", "1"), ("- -1", "1"), ("!!true", "true"), (".5e1", "5.0"), ("1e3", "1000.0"),
        ("1.5E-1", "0.15"), ("{'if': 1}.if", "1"), ("1 // one", "1"), ("1 // one\n + 1", "2"), ("[1, 2,]", "[1, 2]"),
        ("[,]", "[]"), ("{,}", "{}"), ("{'a': 1,}", "{'a': 1}"), ("{'a b': 1}.`a b`", "1"), ("r'\\n'", "'\\\\n'"),
        ("'\\x41\\u0042\\U00000043\\104'", "'ABCD'"), ("'\\377'", "'\u{FF}'"), ("b'\\377'", "b'ff'"),
        ("b'\u{FF}'", "b'c3bf'"), ("'''a'b''c'''", "'a\\'b\\'\\'c'"), ("\"\"\"a\nb\"\"\"", "'a\\nb'"), ("''''''", "''"),
        ("R\"\\\"", "'\\\\'"), ("bR'\\x'", "b'5c78'"), ("Br'x'", "b'78'"), (" \t\r\n\u{0C}1", "1"),
        ("[1,2] . size ( )", "2"),
        // Precedence
        ("1 + 2 * 3", "7"), ("-2 - -3", "1"), ("1 < 2 == true", "true"), ("true || false && false", "true"),
        ("false ? 1 : true ? 2 : 3", "2"), ("true ? 1 : 2 + 10", "1"), ("-[1][0]", "-1"), ("!{'a': false}.a", "true"),
        ("1 in [1] == true", "true"), ("7 - 2 - 1", "4"), ("-5.0 / 2.0", "-2.5"), ("2 * 3 % 4", "2"),
        // Arithmetic
        ("-7 / 2", "-3"), ("-7 % 2", "-1"), ("7 % -2", "1"), ("1.0 / 0.0", "Infinity"), ("-1.0 / 0.0", "-Infinity"),
        ("0.0 / 0.0", "NaN"), ("5u / 2u", "2u"), ("'a' + 'b'", "'ab'"), ("b'a' + b'b'", "b'6162'"),
        ("[1] + [dyn('a')]", "[1, 'a']"), ("-(-0.0)", "0.0"), ("0u - 0u", "0u"),
        // Relations across types
        ("dyn(1) == 1u", "true"), ("dyn(1) == 1.0", "true"), ("dyn(-1) < 0u", "true"), ("dyn(1) < 1.5", "true"),
        ("dyn(9223372036854775807) == 9223372036854775808.0", "true"),
        ("dyn(9223372036854775807) < 9223372036854775808.0", "false"),
        ("dyn(9223372036854775807) < 9223372036854777857.0", "true"),
        ("dyn(18446744073709551615u) == 18446744073709551616.0", "true"),
        ("dyn(18446744073709551615u) < 18446744073709590000.0", "true"),
        ("dyn(-9223372036854775808) > -9223372036854777857.0", "true"), ("0.0 == -0.0", "true"),
        ("double('NaN') == double('NaN')", "false"), ("double('NaN') != double('NaN')", "true"),
        ("double('NaN') < 1.0", "false"), ("double('NaN') >= 1.0", "false"), ("dyn(double('NaN')) <= 1", "false"),
        ("[1] == [dyn(1.0)]", "true"), ("dyn({1: 'a'}) == {1u: 'a'}", "true"), ("{'a': 1} == {'a': dyn(1u)}", "true"),
        ("dyn('1') == 1", "false"), ("dyn(true) == 1", "false"), ("null == null", "true"), ("dyn([]) == {}", "false"),
        ("'\u{E9}' == 'e\u{301}'", "false"), ("'a' < 'B'", "false"), ("'\u{FFFF}' < '\u{10000}'", "true"),
        ("b'a' < b'ab'", "true"), ("false < true", "true"), ("dyn(1) != 'a'", "true"),
        ("[double('NaN')] == [double('NaN')]", "false"),
        // Aggregates
        ("{1: 'x'}[dyn(1.0)]", "'x'"), ("{1u: 'x'}[dyn(1)]", "'x'"), ("[1, 2][dyn(1u)]", "2"),
        ("[1, 2][dyn(1.0)]", "2"),
        ("dyn(1.5) in {1: 1}", "false"), ("dyn(1u) in [1, 2]", "true"), ("'a' in {'a': null}", "true"),
        ("has({'a': null}.a)", "true"),
        ("has({'a': 1}.b)", "false"), ("{true: 1, 2: 3, 'x': 4}[true]", "1"), ("size('e\u{301}')", "2"),
        ("'\u{1F431}'.size()", "1"),
        ("size(b'\u{1F431}')", "4"), ("size({1: 2})", "1"), ("1 in {1: 2}", "true"), ("dyn(b'') in {1: 2}", "false"),
        ("[[1]][0][0]", "1"), ("null in [1, null]", "true"), ("3 in [1u, 2.0, 3.0]", "true"),
        // Logic
        ("(1 / 0 > 0) || true", "true"), ("true || (1 / 0 > 0)", "true"), ("(1 / 0 > 0) && false", "false"),
        ("dyn('x') || true", "true"), ("false && dyn(3)", "false"), ("true ? 1 : 1 / 0", "1"),
        // Macros
        ("[1, 2].all(x, x > 0)", "true"), ("[].all(x, x > 0)", "true"), ("[].exists(x, x > 0)", "false"),
        ("[1, true].exists(x, dyn(x))", "true"), ("[0, 1].all(x, 1 / x > 5)", "false"),
        ("[0, 1].exists(x, 1 / x == 1)", "true"),
        ("{'a': 1}.all(k, k == 'a')", "true"), ("[1, 2, 3].exists_one(x, x == 2)", "true"),
        ("[1, 1].exists_one(x, x == 1)", "false"),
        ("[1, 2].map(x, x * 2)", "[2, 4]"), ("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"),
        ("[1, 2, 3].filter(x, x > 1)", "[2, 3]"),
        ("{'a': 1}.map(k, k)", "['a']"), ("{'a': 1}.filter(k, true)", "['a']"),
        ("[5, 6].all(i, v, v == i + 5)", "true"), ("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"),
        ("{'a': 1, 'b': 1}.existsOne(k, v, v == 1)", "false"), ("[5, 6].transformList(i, v, i + v)", "[5, 7]"),
        ("{'a': 1}.transformList(k, v, k)", "['a']"), ("[5].transformMap(i, v, v * 2)", "{0: 10}"),
        ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2)", "{'b': 4}"), ("[1].map(x, [2].map(x, x))", "[[2]]"),
        ("cel.bind(x, 5, x * x)", "25"), ("cel.bind(x, 1, cel.bind(x, x + 1, x))", "2"),
        ("[1, 2].map(x, cel.bind(y, x, y))", "[1, 2]"),
        ("[1].exists(size, size([size]) == 1)", "true"),
        // Types
        ("type(1) == int", "true"), ("type([1]) == type(['a'])", "true"), ("type(type(1)) == type", "true"),
        ("type(null)", "null_type"),
        ("type(timestamp(0))", "google.protobuf.Timestamp"),
        ("google.protobuf.Duration == type(duration('1s'))", "true"),
        ("type(dyn(1u))", "uint"), ("type(1) == type(1u)", "false"), ("[int, string][1]", "string"),
    ]

    @Test(arguments: comesToRows)
    func comesTo(_ text: String, _ wanted: String) throws {
        #expect(try value(text).shown == wanted)
    }

    static let endsInRows: [(String, CELError.Code)] = [
        ("1 / 0", CELError.Code.divisionByZero), ("1 % 0", .divisionByZero), ("1u / 0u", .divisionByZero),
        ("9223372036854775807 + 1", .overflow), ("-9223372036854775808 - 1", .overflow),
        ("-(-9223372036854775808)", .overflow),
        ("-9223372036854775808 / -1", .overflow), ("-9223372036854775808 % -1", .overflow),
        ("-9223372036854775808 * -1", .overflow),
        ("0u - 1u", .overflow), ("18446744073709551615u * 2u", .overflow), ("[1][1]", .indexOutOfRange),
        ("[1][-1]", .indexOutOfRange),
        ("[1][dyn(0.5)]", .indexOutOfRange), ("[1][dyn('0')]", .noOverload),
        ("[1][dyn(18446744073709551615u)]", .indexOutOfRange),
        ("{'a': 1}.b", .noSuchKey), ("{1: 1}[2]", .noSuchKey), ("{1: 1}[dyn(b'')]", .noSuchKey),
        ("{1: 1}[dyn(1.5)]", .noSuchKey),
        ("dyn(null).f", .noOverload), ("has(dyn(1).f)", .noOverload), ("has({'a': {}}.b.c)", .noSuchKey),
        ("dyn(1) + 1u", .noOverload),
        ("dyn(1.0) % dyn(1.0)", .noOverload), ("-dyn(1u)", .noOverload), ("!dyn(1)", .noOverload),
        ("dyn(1) ? 2 : 3", .noOverload),
        ("dyn(null) < null", .noOverload), ("dyn([1]) < dyn([1])", .noOverload), ("dyn(1) < 'a'", .noOverload),
        ("1 in dyn('a')", .noOverload),
        ("dyn('x') && true", .noOverload), ("(1 / 0 > 0) || false", .divisionByZero),
        ("true && (1 / 0 > 0)", .divisionByZero),
        ("{1: 1, 1: 2}", .invalidArgument), ("{0: 1, 0u: 2}", .invalidArgument), ("{dyn(1.0): 1}", .invalidArgument),
        ("{null: 1}", .invalidArgument),
        ("dyn(1).all(x, true)", .noOverload), ("[0, 1].all(x, 1 / x > 0)", .divisionByZero),
        ("[1, 0].exists_one(x, 1 / x == 1)", .divisionByZero),
        ("[0].map(x, 1 / x)", .divisionByZero), ("[0].filter(x, 1 / x > 0)", .divisionByZero),
        ("[1].all(x, dyn(x))", .noOverload),
        ("[1].exists_one(x, dyn(x))", .noOverload), ("dyn('a')[0]", .noOverload), ("dyn(b'a')[0]", .noOverload),
        ("size(dyn(1))", .noOverload),
    ]

    @Test(arguments: endsInRows)
    func endsIn(_ text: String, _ code: CELError.Code) throws {
        #expect(try fault(text) == code)
    }

    static let isRefusedRows: [(String, String)] = [
        ("", "CEL001"), ("1 +", "CEL001"), ("(1", "CEL001"), ("1.", "CEL001"), ("a.1", "CEL001"), ("!-1", "CEL001"),
        ("-!true", "CEL001"),
        ("9223372036854775808", "CEL002"), ("-9223372036854775809", "CEL002"), ("0x8000000000000000", "CEL002"),
        ("18446744073709551616u", "CEL002"), ("1e400", "CEL002"), ("'a\nb'", "CEL002"), ("'a", "CEL002"),
        ("'\\z'", "CEL002"),
        ("'\\ud800'", "CEL002"), ("'\\ud83d\\ude00'", "CEL002"), ("'\\U00110000'", "CEL002"), ("'\\x4'", "CEL002"),
        ("'\\18'", "CEL002"),
        ("'\\400'", "CEL002"), ("b'\\u0041'", "CEL002"), ("rb'a'", "CEL001"), ("if", "CEL005"),
        ("package(1)", "CEL005"), ("{'a':1}.in", "CEL001"),
        ("{'a':1}.true", "CEL001"), ("`a`", "CEL001"), ("{'a':1}.``", "CEL001"), ("f(1,)", "CEL001"),
        ("[,1]", "CEL001"), ("a ? b ? c : d : e", "CEL001"),
        ("1 2", "CEL001"), ("a = 1", "CEL001"), ("a & b", "CEL001"), ("/* */ 1", "CEL001"), ("has(1)", "CEL004"),
        ("has({'a': 1}['a'])", "CEL004"),
        ("[1].all(1, true)", "CEL004"), ("[1].map(a.b, true)", "CEL004"), ("[1].all(i, i, true)", "CEL004"),
        ("cel.bind(1, 2, 3)", "CEL004"),
        ("[1].all(if, true)", "CEL005"), ("1 == 1.0", "CEL012"), ("1 == null", "CEL012"), ("1 + 1u", "CEL012"),
        ("1.0 % 2.0", "CEL012"),
        ("-1u", "CEL012"), ("1 < 1.0", "CEL012"), ("x", "CEL010"), ("f(1)", "CEL011"), ("'a'.f()", "CEL011"),
        ("[1].all(x)", "CEL011"),
        ("contains('a', 'b')", "CEL012"), ("'a'.contains(1)", "CEL012"), ("1.f", "CEL013"), ("[1].f", "CEL013"),
        ("1.all(x, true)", "CEL014"),
        ("[1].all(x, x)", "CEL015"), ("[1].filter(x, 1)", "CEL015"), ("1 && true", "CEL012"), ("1 ? 2 : 3", "CEL012"),
        ("true ? 1 : 'a'", "CEL012"),
        ("M{a: 1}", "CEL016"), ("dyn", "CEL010"), ("'a' in 'abc'", "CEL012"), ("{}.a.b", ""), ("[][0]", ""),
        ("[1, 'a'][0] + 1", ""),
        ("null.f", "CEL013"), ("optional.of(1)", "CEL010"), ("'\u{201C}a'", ""), ("\u{201C}a\u{201D}", "CEL001"),
        ("1 == 1 ? 1 : 1u", "CEL012"),
    ]

    @Test(arguments: isRefusedRows)
    func isRefused(_ text: String, _ code: String) {
        var declarations = CELDeclarations()
        declarations.refusesCertainErrors = false
        #expect(codes(text, declarations).first ?? "" == code)
    }

    @Test func expectedTypes() {
        #expect(codes("1", expecting: .bool) == ["CEL015"])
        #expect(codes("dyn(1)", expecting: .bool) == [])
        #expect(codes("true", expecting: .bool) == [])
    }

    @Test func aConditionIsVerifiedAtRunTime() throws {
        let program = try compiled("dyn(1)", expecting: .bool)
        let error = try #require(throws: CELError.self) { try program.evaluateCondition(CELSlots([])) }
        #expect(error.code == .noOverload)
    }

    @Test func errorsKnowTheirPlace() throws {
        var declarations = CELDeclarations()
        declarations.variable("n", .int)
        let program = try compiled("true &&\n  10 / n > 1", declarations)
        let error = try #require(throws: CELError.self) { try program.evaluate(CELSlots([.int(0)])) }
        #expect(error.location?.line == 2)
        #expect(error.location?.column == 6)
        #expect(error.code == .divisionByZero)
    }

    @Test func diagnosticsPointAtTheOperator() {
        #expect(
            problems("1 +\n 2 * 'a'") == """
                expr:2:4: error: '*' does not take (int, string) [CEL012]
                     2 * 'a'
                       ^
                """)
        #expect(
            problems("'a' == 1 || [1].al(x, x > 0)") == """
                expr:1:5: error: '==' does not take (string, int) [CEL012]
                    'a' == 1 || [1].al(x, x > 0)
                        ^
                expr:1:17: error: no function is named 'al' [CEL011]
                    'a' == 1 || [1].al(x, x > 0)
                                    ^
                expr:1:20: error: nothing is named 'x' [CEL010]
                    'a' == 1 || [1].al(x, x > 0)
                                       ^
                expr:1:23: error: nothing is named 'x' [CEL010]
                    'a' == 1 || [1].al(x, x > 0)
                                          ^
                """)
        #expect(
            problems("true = false") == """
                expr:1:6: error: unexpected '=' [CEL001]
                    true = false
                         ^
                hint: equality is '=='
                """)
    }
}

extension CELValue {
    /// A value in short, for rows of a table.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value):
            value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
        case .string(let text):
            "'" + text.unicodeScalars.map { ["\n": "\\n", "'": "\\'", "\\": "\\\\"][$0] ?? String($0) }.joined() + "'"
        case .bytes(let bytes):
            "b'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
        case .list(let elements): "[" + elements.map(\.shown).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + zip(map.keys, map.values).map { "\($0.shown): \($1.shown)" }.joined(separator: ", ") + "}"
        case .timestamp(let instant): instant.description
        case .duration(let length): length.description
        case .type(let name): name
        case .optional(let optional): optional.value.map { "optional(\($0.shown))" } ?? "optional()"
        }
    }
}
