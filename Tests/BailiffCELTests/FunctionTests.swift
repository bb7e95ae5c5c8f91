import BailiffCEL
import Testing

/// The functions, row by row.
struct FunctionTests {
    static let comesToRows: [(String, String)] = [
        // Conversions
        ("int(1u)", "1"), ("int(-1.9)", "-1"), ("int('+5')", "5"), ("int('-5')", "-5"),
        ("int(timestamp('1970-01-01T00:01:00.9Z'))", "60"),
        ("int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"), ("int(double(9223372036854774784))", "9223372036854774784"),
        ("uint(1)", "1u"), ("uint(1.9)", "1u"), ("uint('300')", "300u"),
        ("uint(18446744073709549568.0)", "18446744073709549568u"),
        ("double(9223372036854775807)", "9.223372036854776e+18"), ("double('-1.5e2')", "-150.0"),
        ("double('Infinity')", "Infinity"),
        ("double('-inf')", "-Infinity"), ("double('.5')", "0.5"), ("string(true)", "'true'"), ("string(-5)", "'-5'"),
        ("string(5u)", "'5'"),
        ("string(1e20)", "'1e+20'"), ("string(1234567.0)", "'1.234567e+06'"), ("string(100000.0)", "'100000'"),
        ("string(1.0)", "'1'"),
        ("string(-0.0)", "'-0'"), ("string(123.456)", "'123.456'"), ("string(0.0001)", "'0.0001'"),
        ("string(0.00001)", "'1e-05'"),
        ("string(1e-100)", "'1e-100'"), ("string(999999.0)", "'999999'"), ("string(1e6)", "'1e+06'"),
        ("string(b'abc')", "'abc'"),
        ("string(0.1)", "'0.1'"), ("string(5e-324)", "'5e-324'"),
        ("string(1.7976931348623157e308)", "'1.7976931348623157e+308'"),
        ("string(timestamp('2009-02-13T23:31:30.500Z'))", "'2009-02-13T23:31:30.5Z'"),
        ("string(duration('1h'))", "'3600s'"),
        ("string(duration('-1500ms'))", "'-1.5s'"), ("string(duration('1ns'))", "'0.000000001s'"),
        ("bytes('\u{FF}')", "b'c3bf'"),
        ("bool('True')", "true"), ("bool('0')", "false"), ("bool(true)", "true"), ("bytes(b'x')", "b'78'"),
        ("string('x')", "'x'"),
        ("duration('1h2m3s4ms5us6ns')", "3723.004005006s"), ("duration('-1.5h')", "-5400s"), ("duration('0')", "0s"),
        ("duration('+1s')", "1s"),
        ("duration('.5s')", "0.5s"), ("duration('1.000000000000000001h')", "3600s"),
        ("duration('0.1us')", "0.0000001s"),
        ("timestamp(0)", "1970-01-01T00:00:00Z"),
        ("timestamp('2024-02-29T23:59:59.123456789-01:30')", "2024-03-01T01:29:59.123456789Z"),
        ("timestamp('0001-01-01T00:00:00Z')", "0001-01-01T00:00:00Z"),
        ("timestamp(253402300799)", "9999-12-31T23:59:59Z"),
        ("timestamp(-62135596800)", "0001-01-01T00:00:00Z"),
        ("timestamp('1582-10-10T00:00:00Z')", "1582-10-10T00:00:00Z"),
        // Times
        ("timestamp('2009-02-13T23:31:30Z') + duration('240s')", "2009-02-13T23:35:30Z"),
        ("duration('1ns') + timestamp(0)", "1970-01-01T00:00:00.000000001Z"),
        ("timestamp(0) - duration('1ns')", "1969-12-31T23:59:59.999999999Z"),
        ("timestamp(10) - timestamp('1970-01-01T00:00:00.5Z')", "9.5s"), ("duration('1s') - duration('2s')", "-1s"),
        ("timestamp('2009-02-13T23:31:30Z').getDayOfYear()", "43"),
        ("timestamp('2009-02-13T23:31:30Z').getDayOfWeek()", "5"),
        ("timestamp('0001-01-01T00:00:00Z').getDayOfWeek()", "1"),
        ("timestamp('2000-12-31T00:00:00Z').getDayOfYear()", "365"),
        ("timestamp('2009-02-13T23:31:30Z').getDate('Australia/Sydney')", "14"),
        ("timestamp('2009-02-13T23:31:30Z').getHours('+01:00')", "0"),
        ("timestamp('2009-02-13T23:31:30Z').getHours('-02:30')", "21"),
        ("timestamp('2009-02-13T23:31:30Z').getHours('02:00')", "1"),
        ("timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu')", "16"),
        ("timestamp('2009-02-13T02:00:00Z').getDayOfMonth('US/Central')", "11"),
        ("timestamp('2009-02-13T23:31:30Z').getFullYear('UTC')", "2009"),
        ("timestamp('2100-07-01T12:00:00Z').getHours('Europe/Oslo')", "14"),
        ("timestamp('2100-01-01T12:00:00Z').getHours('Europe/Oslo')", "13"),
        ("timestamp('2100-07-01T12:00:00Z').getHours('Australia/Sydney')", "22"),
        ("timestamp('2100-01-01T12:00:00Z').getHours('Australia/Sydney')", "23"),
        ("timestamp('2026-03-29T00:59:59Z').getHours('Europe/Oslo')", "1"),
        ("timestamp('2026-03-29T01:00:00Z').getHours('Europe/Oslo')", "3"),
        ("timestamp('2026-10-25T00:59:59Z').getHours('Europe/Oslo')", "2"),
        ("timestamp('1800-01-01T00:00:00Z').getFullYear('America/New_York')", "1799"),
        ("duration('3730s').getMinutes()", "62"),
        ("duration('-3730s').getHours()", "-1"), ("duration('123.321456789s').getMilliseconds()", "321"),
        ("duration('-1.5s').getMilliseconds()", "-500"),
        ("duration('90m').getSeconds()", "5400"), ("timestamp('9999-12-31T23:59:59Z').getFullYear('+14:00')", "10000"),
        // Strings
        ("'hello'.contains('')", "true"), ("''.endsWith('')", "true"), ("'ab'.startsWith('abc')", "false"),
        ("'tacocat'.charAt(7)", "''"),
        ("'\u{A9}\u{3B1}T'.charAt(1)", "'\u{3B1}'"), ("'tacocat'.indexOf('a', 7)", "-1"),
        ("'tacocat'.indexOf('', 3)", "3"),
        ("'tacocat'.lastIndexOf('', 3)", "3"), ("'tacocat'.lastIndexOf('')", "7"),
        ("'tacocat'.lastIndexOf('a', 5)", "5"),
        ("'tacocat'.lastIndexOf('a', 4)", "1"), ("'e\u{301}e'.lastIndexOf('e')", "2"),
        ("'tacocat'.substring(0)", "'tacocat'"), ("'tacocat'.substring(7)", "''"),
        ("'ta\u{A9}o\u{A9}\u{3B1}T'.substring(2, 6)", "'\u{A9}o\u{A9}\u{3B1}'"),
        ("'aaa'.replace('a', 'b', 2)", "'bba'"), ("'aaa'.replace('a', 'b', 0)", "'aaa'"),
        ("'abc'.replace('', '-')", "'-a-b-c-'"), ("'abc'.replace('', '-', 2)", "'-a-bc'"),
        ("'aaaa'.replace('aa', 'b')", "'bb'"), ("''.replace('', 'x')", "'x'"),
        ("'a,b,c'.split(',')", "['a', 'b', 'c']"), ("'a,b,c'.split(',', 2)", "['a', 'b,c']"),
        ("'a,b,c'.split(',', 1)", "['a,b,c']"), ("'a,b'.split(',', 0)", "[]"),
        ("'abc'.split('')", "['a', 'b', 'c']"), ("'abc'.split('', 2)", "['a', 'bc']"), ("''.split(',')", "['']"),
        ("''.split('')", "[]"), ("'a,b,c'.split(',', -1)", "['a', 'b', 'c']"),
        ("'a,,b'.split(',')", "['a', '', 'b']"), ("['a', 'b'].join()", "'ab'"), ("['a', 'b'].join('-')", "'a-b'"),
        ("[].join('-')", "''"),
        ("'TacoC\u{C6}t'.lowerAscii()", "'tacoc\u{C6}t'"), ("'@[`{'.upperAscii()", "'@[`{'"),
        ("'\u{85}\u{3000} x\u{180E} '.trim()", "'x\u{180E}'"),
        ("'ab\u{1F431}'.reverse()", "'\u{1F431}ba'"), ("strings.quote('a\\\"\\n\\\\')", "'\"a\\\\\"\\\\n\\\\\\\\\"'"),
        ("''.trim()", "''"),
    ]

    @Test(arguments: comesToRows)
    func comesTo(_ text: String, _ wanted: String) throws {
        #expect(try value(text).shown == wanted)
    }

    static let endsInRows: [(String, CELError.Code)] = [
        ("int(9223372036854775808.0)", CELError.Code.overflow), ("int(-9223372036854775808.0)", .overflow),
        ("int(double('NaN'))", .overflow),
        ("int(9223372036854775808u)", .overflow), ("int('1.0')", .invalidArgument), ("int('0x5')", .invalidArgument),
        ("int(' 5')", .invalidArgument), ("int('')", .invalidArgument),
        ("uint(-1)", .overflow), ("uint(-0.5)", .overflow), ("uint(18446744073709551616.0)", .overflow),
        ("uint('-1')", .invalidArgument), ("uint('+1')", .invalidArgument),
        ("double('0x1p3')", .invalidArgument), ("double('1e400')", .invalidArgument), ("double('')", .invalidArgument),
        ("double('1e')", .invalidArgument),
        ("bool('tRue')", .invalidArgument), ("bool('yes')", .invalidArgument), ("string(b'\\xff')", .invalidArgument),
        ("duration('7d')", .invalidArgument),
        ("duration('')", .invalidArgument), ("duration('1')", .invalidArgument),
        ("duration('1h-1m')", .invalidArgument), ("duration('1.2.3s')", .invalidArgument),
        ("duration('320000000000s')", .invalidArgument), ("timestamp('2024-02-30T00:00:00Z')", .invalidArgument),
        ("timestamp('2023-02-29T00:00:00Z')", .invalidArgument),
        ("timestamp('2024-01-01T24:00:00Z')", .invalidArgument), ("timestamp('2024-01-01T00:00:00')", .invalidArgument),
        ("timestamp('2024-01-01')", .invalidArgument),
        ("timestamp('0000-01-01T00:00:00Z')", .invalidArgument),
        ("timestamp('0001-01-01T00:00:00+01:00')", .invalidArgument),
        ("timestamp('2024-01-01T00:00:60Z')", .invalidArgument),
        ("timestamp('2024-01-01T00:00:00.1234567890Z')", .invalidArgument), ("timestamp(253402300800)", .overflow),
        ("timestamp(-62135596801)", .overflow),
        ("timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')", .overflow),
        ("timestamp('0001-01-01T00:00:00Z') - duration('1ns')", .overflow),
        ("timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", .overflow),
        ("duration('2500000h') + duration('2500000h')", .overflow),
        ("timestamp(0).getHours('Mars/Olympus')", .invalidArgument),
        ("timestamp(0).getHours('../passwd')", .invalidArgument), ("timestamp(0).getHours('+25:00')", .invalidArgument),
        ("timestamp(0).getHours('')", .invalidArgument), ("timestamp(0).getHours('+1:00')", .invalidArgument),
        ("'tacocat'.charAt(8)", .indexOutOfRange), ("'tacocat'.charAt(-1)", .indexOutOfRange),
        ("'tacocat'.indexOf('a', 8)", .indexOutOfRange), ("'tacocat'.indexOf('a', -1)", .indexOutOfRange),
        ("'tacocat'.lastIndexOf('a', 8)", .indexOutOfRange), ("'tacocat'.substring(8)", .indexOutOfRange),
        ("'tacocat'.substring(3, 2)", .indexOutOfRange), ("'tacocat'.substring(0, 8)", .indexOutOfRange),
        ("dyn([1]).join()", .noOverload),
        ("'a'.matches('(')", .invalidArgument), ("dyn(1).startsWith('a')", .noOverload),
    ]

    @Test(arguments: endsInRows)
    func endsIn(_ text: String, _ code: CELError.Code) throws {
        #expect(try fault(text) == code)
    }

    @Test func libraries() {
        var bare = CELDeclarations()
        bare.libraries = []
        for text in ["'a'.charAt(0)", "cel.bind(x, 1, x)", "[1].all(i, v, true)", "optional.of(1)"] {
            #expect(!codes(text, bare).isEmpty, "\(text)")
        }
        #expect(codes("'a'.charAt(0) == cel.bind(x, 'a', x) && [1].all(i, v, true)") == [])
    }

    @Test func zonesCanBeGiven() throws {
        var declarations = CELDeclarations()
        declarations.variable("t", .timestamp)
        declarations.zones = CELZones { $0 == "Test/Zone" ? CELZone(fixedOffset: 3_600) : nil }
        let program = try compiled("t.getHours('Test/Zone')", declarations)
        #expect(try program.evaluate(CELSlots([.timestamp(microsecondsSince1970: 0)])) == .int(1))
        #expect(codes("t.getHours('Europe/Oslo') == 1", declarations) == ["CEL023"])
    }

    @Test func microsecondsAreClampedToTheRange() {
        #expect(CELValue.timestamp(microsecondsSince1970: -1).shown == "1969-12-31T23:59:59.999999Z")
        #expect(CELValue.timestamp(microsecondsSince1970: .max).shown == "9999-12-31T23:59:59.999999Z")
        #expect(CELValue.timestamp(microsecondsSince1970: .min).shown == "0001-01-01T00:00:00Z")
        #expect(CELValue.duration(microseconds: 1_500_000).shown == "1.5s")
        #expect(CELValue.duration(microseconds: .min) == .duration(CELDuration(nanoseconds: .min)))
    }
}
