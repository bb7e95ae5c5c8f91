import BailiffCEL
import Testing

/// `format`: every clause with every type.
struct FormatTests {
    static let comesToRows: [(String, String)] = [
        // The text around clauses
        ("''.format([])", "''"), ("'no clause'.format([])", "'no clause'"), ("'%%'.format([])", "'%'"),
        ("'%%%d%%'.format([5])", "'%5%'"), ("'100%%'.format([1])", "'100%'"), ("'%s%s%s'.format([1, 2, 3])", "'123'"),
        ("'\u{E9}%s\u{1F431}'.format(['\u{301}'])", "'\u{E9}\u{301}\u{1F431}'"), ("'a'.format([1])", "'a'"),
        ("'%s %d %f %e'.format(['x', 1, 1.5, 1052.032911275])", "'x 1 1.500000 1.052033e+03'"),
        // s
        ("'%s'.format([true])", "'true'"), ("'%s'.format([-5])", "'-5'"),
        ("'%s'.format([18446744073709551615u])", "'18446744073709551615'"), ("'%s'.format([1.0])", "'1'"),
        ("'%s'.format([-0.5])", "'-0.5'"), ("'%s'.format([1234567.0])", "'1234567'"),
        ("'%s'.format([1e20])", "'100000000000000000000'"), ("'%s'.format([1e-7])", "'0.0000001'"),
        ("'%s'.format([-0.0])", "'-0'"), ("'%s'.format([double('NaN')])", "'NaN'"),
        ("'%s'.format([double('-inf')])", "'-Infinity'"), ("'%s'.format(['a%sb'])", "'a%sb'"),
        ("'%s'.format([b'abc'])", "'abc'"), ("'%s'.format([b'a\\xff\\xfeb\\xffc'])", "'a\u{FFFD}b\u{FFFD}c'"),
        ("'%s'.format([b'\\xe2\\x82'])", "'\u{FFFD}'"), ("'%s'.format([null])", "'null'"),
        ("'%s'.format([duration('1.5s')])", "'1.5s'"), ("'%s'.format([duration('2h')])", "'7200s'"),
        ("'%s'.format([duration('-1ms')])", "'-0.001s'"), ("'%s'.format([timestamp(0)])", "'1970-01-01T00:00:00Z'"),
        ("'%s'.format([timestamp('2024-01-01T00:00:00.25+01:00')])", "'2023-12-31T23:00:00.25Z'"),
        ("'%s'.format([type(1)])", "'int'"), ("'%s'.format([type(timestamp(0))])", "'google.protobuf.Timestamp'"),
        ("'%s'.format([[]])", "'[]'"), ("'%s'.format([{}])", "'{}'"),
        ("'%s'.format([[1, 'a', null, [2u], 0.5]])", "'[1, a, null, [2], 0.5]'"),
        ("'%s'.format([{'b': 1, 'a': [true]}])", "'{a: [true], b: 1}'"),
        ("'%s'.format([{true: 'x', 10: 'y', 9u: 'z', 'k': null}])", "'{10: y, 9: z, k: null, true: x}'"),
        ("'%.2s'.format(['abc'])", "'abc'"),
        // d
        ("'%d'.format([-9223372036854775808])", "'-9223372036854775808'"), ("'%d'.format([0u])", "'0'"),
        ("'%d'.format([double('NaN')])", "'NaN'"), ("'%d'.format([double('Infinity')])", "'Infinity'"),
        ("'%d'.format([3.14])", "'3.14'"), ("'%.3d'.format([5])", "'5'"),
        // f
        ("'%f'.format([2])", "'2.000000'"), ("'%f'.format([2u])", "'2.000000'"), ("'%.2f'.format([2.675])", "'2.67'"),
        ("'%.0f'.format([0.5])", "'0'"), ("'%.0f'.format([1.5])", "'2'"), ("'%.0f'.format([-2.5])", "'-2'"),
        ("'%.3f'.format([123.4999])", "'123.500'"), ("'%.1f'.format([-0.01])", "'-0.0'"),
        ("'%f'.format([1e20])", "'100000000000000000000.000000'"), ("'%f'.format([double('-inf')])", "'-Infinity'"),
        ("size('%.1000f'.format([0.1]))", "1002"), ("size('%f'.format([1.7976931348623157e308]))", "316"),
        // e
        ("'%e'.format([1])", "'1.000000e+00'"), ("'%e'.format([3u])", "'3.000000e+00'"),
        ("'%.1e'.format([-3.14])", "'-3.1e+00'"), ("'%.0e'.format([2.5])", "'2e+00'"),
        ("'%e'.format([1e-300])", "'1.000000e-300'"), ("'%e'.format([0.0])", "'0.000000e+00'"),
        ("'%e'.format([double('-Infinity')])", "'-Infinity'"), ("'%e'.format([double('NaN')])", "'NaN'"),
        // x, X, o, b
        ("'%x %X %o %b'.format([255, 255, 8, 5])", "'ff FF 10 101'"), ("'%x'.format([-16])", "'-10'"),
        ("'%X'.format([18446744073709551615u])", "'FFFFFFFFFFFFFFFF'"), ("'%x'.format(['Hi\u{E9}'])", "'4869c3a9'"),
        ("'%x'.format([''])", "''"), ("'%X'.format([b'\\x0a\\xab'])", "'0AAB'"), ("'%o'.format([-8])", "'-10'"),
        ("'%o'.format([65535u])", "'177777'"), ("'%b'.format([-5])", "'-101'"), ("'%b'.format([64u])", "'1000000'"),
        ("'%b'.format([true])", "'1'"), ("'%b'.format([false])", "'0'"),
        ("size('%b'.format([-9223372036854775808]))", "65"),
    ]

    @Test(arguments: comesToRows)
    func comesTo(_ text: String, _ wanted: String) throws {
        #expect(try value(text).shown == wanted)
    }

    static let isRefusedRows: [String] = [
        // Clauses that are none
        "'%'.format([1])", "'a%'.format([1])", "'%a'.format([1])", "'%E'.format([1.0])", "'%S'.format(['a'])",
        "'%5d'.format([1])", "'%-d'.format([1])", "'% d'.format([1])", "'%.'.format([1])", "'%.f'.format([1.0])",
        "'%.-1f'.format([1.0])", "'%.1001f'.format([1.0])", "'%.99999999999999999999f'.format([1.0])",
        "'%\u{E9}'.format([1])", "'%.2'.format([1])",
        // Too few values
        "'%d'.format([])", "'%d %d %d'.format([0, 1])", "'%s'.format([])",
        // Types a clause does not take
        "'%d'.format(['x'])", "'%d'.format([null])", "'%d'.format([true])", "'%d'.format([duration('1s')])",
        "'%f'.format(['1'])", "'%f'.format([null])", "'%f'.format([true])", "'%e'.format([b'1'])",
        "'%e'.format([null])",
        "'%x'.format([1.5])", "'%X'.format([null])", "'%x'.format([true])", "'%o'.format([null])",
        "'%o'.format([true])",
        "'%o'.format([1.0])", "'%b'.format(['1'])", "'%b'.format([1.0])", "'%b'.format([null])",
        "'%s'.format([optional.of(1)])", "'%s'.format([[optional.none()]])", "'%d'.format([[1]])", "'%d'.format([{}])",
    ]

    @Test(arguments: isRefusedRows)
    func isRefused(_ text: String) throws {
        #expect(try fault(text) == .invalidArgument)
    }

    @Test func largeResultsAreBounded() throws {
        var declarations = CELDeclarations()
        declarations.variable("s", .string)
        let program = try compiled("s.format([s, s, s, s, s, s, s, s]) != '' || true", declarations)
        let text = String(repeating: "%s", count: 8) + String(repeating: "x", count: 12 << 20)
        let error = try #require(throws: CELError.self) {
            try program.evaluate(CELSlots([.string(text)]), costLimit: .max)
        }
        #expect(error.code == .memoryExceeded)
    }
}
