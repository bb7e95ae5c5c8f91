import BailiffCEL
import Testing

/// What names stand for: containers, dotted variables, variables of macros.
struct NamespaceTests {
    private static func evaluate(_ text: String, container: String, isChecked: Bool) throws -> String {
        var declarations = CELDeclarations()
        declarations.container = container
        declarations.refusesCertainErrors = false
        let values: [(String, CELValue)] = [
            ("x", .int(1)), ("a.x", .int(2)), ("a.b.x", .int(3)), ("y", .string("y")),
            ("a.b.m", .map(stringKeyed: [("x", .int(4)), ("n", .map(stringKeyed: [("k", .int(5))]))])),
            ("a.b.m.x", .int(6)), ("v.w", .map(stringKeyed: [("z", .int(7))])), ("int.x", .int(8)),
        ]
        for (name, _) in values { declarations.variable(name, .dyn) }
        let source = CELSource(text: text, file: "expr")
        let compiled =
            isChecked
            ? CELProgram.compile(source, declarations: declarations, costLimit: .max)
            : CELProgram.compileUnchecked(source, declarations: declarations)
        guard case .success(let program) = compiled else { return "refused" }
        let slots = CELSlots(Dictionary(values, uniquingKeysWith: { $1 }), for: declarations)
        switch program.measure(slots).result {
        case .success(let value): return value.shown
        case .failure(let error): return error.code.rawValue
        }
    }

    static let comesToRows: [(String, String, String)] = [
        // The container and its parents
        ("x", "", "1"), ("x", "a", "2"), ("x", "a.b", "3"), ("x", "a.b.c", "3"), ("x", "q", "1"), (".x", "a.b", "1"),
        ("b.x", "a", "3"), ("a.x", "a.b", "2"), (".a.x", "a.b", "2"), ("y", "a.b", "'y'"), ("a.b.x", "", "3"),
        // The longest name wins, then fields
        ("a.b.m.x", "", "6"), ("a.b.m.n.k", "", "5"), ("m.x", "a.b", "6"), ("m.n", "a.b", "{'k': 5}"),
        ("a.b.m['x']", "", "4"), ("(a.b.m).x", "", "6"), ("v.w.z", "", "7"), ("has(v.w.z)", "", "true"),
        ("has(v.w.q)", "", "false"), ("has(a.b.m.x)", "", "true"), ("has(a.b.m.y)", "", "false"),
        // Variables of macros come first
        ("[9].map(x, x)", "a.b", "[9]"), ("[9].map(x, .x)", "a.b", "[1]"), ("[{'x': 9}].map(a, a.x)", "", "[9]"),
        ("[{'x': 9}].map(a, a.x)", "a", "[9]"), ("[{'b': {'x': 9}}].map(a, a.b.x)", "", "[9]"),
        ("[{'x': 9}].map(a, .a.x)", "", "[2]"), ("cel.bind(x, 9, x + .x)", "a", "10"),
        ("[1].map(x, [2].map(x, x))", "", "[[2]]"), ("[1].map(y, [2].map(x, x + y))", "", "[[3]]"),
        ("[x].map(x, x)", "a", "[2]"), ("[{'m': 1}].exists(v, has(v.m))", "", "true"),
        ("[[1, 2]].map(x, x[0])", "", "[1]"),
        // Types and functions have their own names
        ("int", "a.b", "int"), ("int.x", "", "8"), ("type(1) == int", "a.b", "true"), ("size([1])", "a.b", "1"),
        ("[1].map(size, size([size]))", "", "[1]"), ("[1].map(int, type(int))", "", "[int]"),
        ("strings.quote('a')", "a.b", "'\"a\"'"), (".size('ab')", "a.b", "2"),
        ("google.protobuf.Duration", "google", "google.protobuf.Duration"),
        ("protobuf.Duration", "google", "google.protobuf.Duration"),
        ("Duration", "google.protobuf", "google.protobuf.Duration"),
    ]

    @Test(arguments: comesToRows)
    func comesTo(_ text: String, _ container: String, _ wanted: String) throws {
        #expect(try Self.evaluate(text, container: container, isChecked: true) == wanted)
        #expect(try Self.evaluate(text, container: container, isChecked: false) == wanted)
    }

    /// Unknown names are refused by the checker and are errors, which can be absorbed, without it.
    static let uncheckedNamesRows: [(String, String)] = [
        ("q", "unknownVariable"), ("q.r", "unknownVariable"), ("f(1)", "unknownFunction"),
        ("x.f(1)", "unknownFunction"),
        ("f.g(1)", "unknownFunction"), ("q || true", "true"), ("true || q", "true"), ("q && false", "false"),
        ("f(1) || true", "true"), ("q ? 1 : 2", "unknownVariable"), ("true ? 1 : q", "1"), ("[q]", "unknownVariable"),
        ("[1, 2].exists(i, q || i == 2)", "true"), ("[1].all(i, q)", "unknownVariable"),
        ("has(q.r)", "unknownVariable"),
        ("size(1, 2)", "noOverload"), ("'a'.size(1)", "noOverload"), ("contains('a', 'b')", "noOverload"),
        ("M{a: 1}", "unknownFunction"), ("1 + 1u", "noOverload"), ("1.f", "noOverload"), ("1 == 1.0", "true"),
        ("1 && true", "noOverload"), ("[1].all(i, i)", "noOverload"), ("1 < 1.5", "true"), ("1 == null", "false"),
    ]

    @Test(arguments: uncheckedNamesRows)
    func uncheckedNames(_ text: String, _ wanted: String) throws {
        #expect(try Self.evaluate(text, container: "", isChecked: true) == "refused")
        #expect(try Self.evaluate(text, container: "", isChecked: false) == wanted)
    }

    /// A word that is reserved can be a field or a member function, not a variable or a function.
    @Test(arguments: [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ])
    func reservedWords(_ word: String) throws {
        #expect(try value("{'\(word)': 1}.\(word)") == .int(1))
        #expect(try value("has({'\(word)': 1}.\(word))") == .bool(true))
        for text in [word, "\(word)(1)", "[1].map(\(word), 1)", "cel.bind(\(word), 1, 1)"] {
            #expect(codes(text) == ["CEL005"])
        }
        #expect(codes("'a'.\(word)()") == ["CEL011"])
    }
}
