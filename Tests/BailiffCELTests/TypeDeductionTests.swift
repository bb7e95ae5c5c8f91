import BailiffCEL
import Testing

/// The type the checker finds for an expression.
struct TypeDeductionTests {
    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.libraries.insert(.optionals)
        declarations.refusesCertainErrors = false
        declarations.variable("d", .dyn)
        declarations.variable("ls", .list(.string))
        declarations.variable("m", .map(.string, .list(.int)))
        declarations.variable("o", .optional(.map(.string, .int)))
        let (a, b) = (CELType.parameter("A"), CELType.parameter("B"))
        declarations.function(
            "pair", overloads: [.init(id: "pair", parameters: [a, b], result: .abstract("pair", [a, b]))])
        declarations.function(
            "swap",
            overloads: [
                .init(id: "swap", parameters: [.abstract("pair", [a, b])], result: .abstract("pair", [b, a]))
            ])
        declarations.function(
            "same", overloads: [.init(id: "same", parameters: [a, a], result: .list(a))])
        declarations.function(
            "pick",
            overloads: [
                .init(id: "pick_int", parameters: [.int], result: .string),
                .init(id: "pick_string", parameters: [.string], result: .bytes),
            ])
        return declarations
    }()

    static let isFoundRows: [(String, String)] = [
        ("1", "int"), ("1u", "uint"), ("1.0", "double"), ("''", "string"), ("b''", "bytes"), ("true", "bool"),
        ("null", "null_type"), ("[]", "list(dyn)"), ("{}", "map(dyn, dyn)"), ("[1, 2]", "list(int)"),
        ("[1, 'a']", "list(dyn)"), ("[1, dyn(2)]", "list(dyn)"), ("[dyn(1), 2]", "list(dyn)"),
        ("[1, null]", "list(dyn)"),
        ("[null, 1]", "list(dyn)"), ("[timestamp(0), null]", "list(timestamp)"),
        ("[null, timestamp(0)]", "list(timestamp)"),
        ("[duration('1s'), null]", "list(duration)"), ("[null, null]", "list(null_type)"),
        ("[[], [1]]", "list(list(int))"),
        ("[[1], []]", "list(list(int))"), ("[[], [[]]]", "list(list(list(dyn)))"),
        ("[[[]], []]", "list(list(list(dyn)))"),
        ("[[], [[]], [[[]]]]", "list(list(list(list(dyn))))"), ("[[1], ['a']]", "list(dyn)"),
        ("[[1], [dyn(1)]]", "list(list(dyn))"), ("[{}, {'a': 1}]", "list(map(string, int))"),
        ("{'a': 1, 'b': 2}", "map(string, int)"), ("{'a': 1, 'b': 2u}", "map(string, dyn)"),
        ("{'a': 1, 2: 2}", "map(dyn, int)"), ("{'a': []}", "map(string, list(dyn))"), ("[[1, 2]][0]", "list(int)"),
        ("[][0]", "dyn"), ("{}.a", "dyn"), ("{'a': [1u]}.a[0]", "uint"), ("m['a']", "list(int)"), ("m.a", "list(int)"),
        ("d.a.b[0]", "dyn"), ("ls[0]", "string"), ("ls + ['a']", "list(string)"), ("ls + []", "list(string)"),
        ("d + 1", "int"), ("1 + d", "int"), ("d + d", "dyn"), ("d == 1", "bool"), ("d ? 1 : 2", "int"),
        ("true ? 1 : d", "dyn"),
        ("true ? [] : [1]", "list(int)"), ("true ? null : timestamp(0)", "timestamp"), ("-d", "dyn"), ("!d", "bool"),
        ("type(1)", "type(int)"), ("int", "type(int)"), ("type(int)", "type(type(int))"),
        ("[int, uint]", "list(type(dyn))"),
        ("type([1])", "type(list(int))"), ("list", "type(list(dyn))"), ("map", "type(map(dyn, dyn))"),
        ("google.protobuf.Timestamp", "type(timestamp)"), ("type(d)", "type(dyn)"), ("dyn([1])", "dyn"),
        ("timestamp(0) - timestamp(1)", "duration"), ("timestamp(0) - duration('1s')", "timestamp"),
        ("timestamp(0) - d", "dyn"),
        ("d.size()", "int"), ("string(d)", "string"), ("d.getHours()", "int"),
        ("ls.map(x, size(x))", "list(int)"), ("ls.filter(x, true)", "list(string)"), ("m.map(k, k)", "list(string)"),
        ("m.filter(k, true)", "list(string)"), ("[].map(x, x)", "list(dyn)"), ("d.map(x, x)", "list(dyn)"),
        ("ls.transformList(i, v, i)", "list(int)"), ("ls.transformMap(i, v, v)", "map(int, string)"),
        ("m.transformMap(k, v, v[0])", "map(string, int)"), ("d.transformMap(k, v, 1)", "map(dyn, int)"),
        ("cel.bind(x, ls, x[0])", "string"), ("ls.exists(x, d)", "bool"), ("has(m.a)", "bool"),
        ("ls.split", ""), ("'a'.split('')", "list(string)"), ("'%s'.format([1])", "string"),
        // Functions with parameters
        ("pair(1, 'a')", "pair(int, string)"), ("swap(pair(1, 'a'))", "pair(string, int)"),
        ("swap(d)", "pair(dyn, dyn)"),
        ("pair([], {})", "pair(list(dyn), map(dyn, dyn))"), ("same(1, d)", "list(dyn)"), ("same(d, 1)", "list(dyn)"),
        ("same([], [1])", "list(list(int))"), ("same(1, 'a')", ""),
        ("[pair(1, 2), pair(1, dyn(2))]", "list(pair(int, dyn))"),
        ("[pair(dyn(1), dyn(2)), pair(1, 2)]", "list(pair(dyn, dyn))"),
        ("[pair(dyn(1), 2), pair(1, dyn(2))]", "list(pair(int, dyn))"),
        ("swap(same(pair(1, 2), pair(dyn(1), 2))[0])", "pair(int, dyn)"),
        ("[pair(1, 2), null]", "list(pair(int, int))"),
        ("pick(1)", "string"), ("pick('a')", "bytes"), ("pick(d)", "dyn"), ("pick(1u)", ""),
        // Optional values
        ("optional.none()", "optional_type(dyn)"), ("optional.of(1)", "optional_type(int)"),
        ("[optional.none(), optional.of(1)]", "list(optional_type(int))"),
        ("[optional.of(1), optional.of(dyn(1))]", "list(optional_type(dyn))"),
        ("[optional.of(dyn(1)), optional.of(1)]", "list(optional_type(dyn))"),
        ("true ? optional.of(1) : optional.none()", "optional_type(int)"),
        ("[optional.of(1), null]", "list(optional_type(int))"),
        ("{'a': optional.of(1), 'b': optional.none()}", "map(string, optional_type(int))"),
        ("optional.of(1).value()", "int"), ("optional.of(1).or(optional.none())", "optional_type(int)"),
        ("optional.none().orValue(1)", "int"), ("o.a", "optional_type(int)"), ("o.?a", "optional_type(int)"),
        ("o['a']", "optional_type(int)"), ("m.?a", "optional_type(list(int))"), ("m.?a[0]", "optional_type(int)"),
        ("m[?'a']", "optional_type(list(int))"), ("ls[?0]", "optional_type(string)"), ("d.?a", "optional_type(dyn)"),
        ("d[?0]", "optional_type(dyn)"), ("[?optional.of(1)]", "list(int)"), ("[?optional.of(1), 2u]", "list(dyn)"),
        ("{?'a': optional.of(1)}", "map(string, int)"),
        ("optional.of(1).optMap(x, string(x))", "optional_type(string)"),
        ("optional.of(1).optFlatMap(x, optional.of('a'))", "optional_type(string)"),
        ("ls.first()", "optional_type(string)"),
        ("[optional.of(1)].unwrapOpt()", "list(int)"), ("optional.ofNonZeroValue(1)", "optional_type(int)"),
    ]

    @Test(arguments: isFoundRows)
    func isFound(_ text: String, _ wanted: String) {
        let result = CELProgram.compile(
            CELSource(text: text, file: "expr"), declarations: Self.declarations, costLimit: .max)
        let found = try? result.get().resultType.description
        #expect(found ?? "" == wanted, "\(text)")
    }
}
