import BailiffCEL
import Testing

/// Expressions that are short, cost next to nothing by the usual prices, and would run for ever: the limit stops them.
@Suite(.serialized) struct BoundedTimeTests {
    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.refusesCertainErrors = false
        declarations.libraries.insert(.optionals)
        declarations.variable("l", .list(.int))
        declarations.variable("s", .string)
        declarations.variable("t", .string)
        declarations.variable("b", .bytes)
        declarations.variable("m", .map(.string, .int))
        return declarations
    }()

    private static let length = 1 << 20

    private static let bindings = CELSlots(
        [
            "l": .list((0..<2_000).map { .int($0) }), "s": .string(String(repeating: "a", count: length)),
            "t": .string(String(repeating: "a", count: length)), "b": .bytes(Array(repeating: 7, count: length)),
            "m": .map(stringKeyed: (0..<100).map { ("key\($0)", .int($0)) }),
        ], for: declarations)

    /// A value that holds the one before it twice, sixty times over.
    private static func doubled(_ core: String, _ pair: (String) -> String) -> String {
        var text = "v60"
        for level in (1...60).reversed() { text = "cel.bind(v\(level), \(pair("v\(level - 1)")), \(text))" }
        return "cel.bind(v0, \(core), \(text))"
    }

    static let endlessRows: [String] = [
        doubled("[0]") { "[\($0), \($0)]" } + " == " + doubled("[0]") { "[\($0), \($0)]" },
        doubled("{'a': 0}") { "{'a': \($0), 'b': \($0)}" } + " != "
            + doubled("{'a': 0}") { "{'a': \($0), 'b': \($0)}" },
        doubled("[0]") { "[\($0), \($0)]" } + " in [" + doubled("[0]") { "[\($0), \($0)]" } + "]",
        "cel.bind(x, \(doubled("optional.of([0])") { "optional.of([\($0), \($0)])" }), x == x)",
        "size('%s'.format([\(doubled("['']") { "[\($0), \($0)]" })])) > 0",
        "l.exists_one(a, l.exists_one(b, l.exists_one(c, false)))",
        "l.filter(a, l.filter(b, l.filter(c, false) != []) != []) == []",
        "l.map(a, l.map(b, l.map(c, false, c) != [], b) != [], a) == []",
        "l.all(a, l.all(b, s in [t, t, t, t, t, t, t, t]))", "l.all(a, [s, s, s, s] == [t, t, t, t])",
        "l.all(a, l.all(c, size(s) > 0))",
        "l.all(a, l.exists(b, s in m) || true)", "l.all(a, l.all(c, [b] == [b]))",
        "l.all(a, l.all(b, dyn(1) == s || true))",
        "l.all(a, l.all(c, !has({s: 1}.x)))", "l.all(a, l.exists(b, {'a': 1}[?s].hasValue()) || true)",
        "s.split(t).size() == 2",
        "(s + 'b').split(t + 'c').size() == 1", "(s + 'b').replace(t + 'c', '') == ''",
        "(s + s).indexOf(t + 'b') == -1",
        "(s + s).lastIndexOf('b' + t) == -1", "(s + s).contains(t + 'b')",
        "cel.bind(p, l.map(x, ''), l.all(a, l.all(c, p.join() == '')))",
        "l.all(a, l.exists(b, duration(s) == duration('1s')) || true)", "s.matches('(a?){1000}b')",
    ]

    @Test(arguments: endlessRows)
    func costsTooMuch(_ text: String) throws {
        let program = try compiled(text, Self.declarations)
        let error = try #require(throws: CELError.self) {
            try program.evaluate(Self.bindings, costLimit: 1_000_000)
        }
        #expect(error.code == .costExceeded || error.code == .memoryExceeded, "\(error)")
    }

    /// The analysis of an expression ends soon as well, also where nothing stops it but itself.
    @Test(arguments: endlessRows)
    func compilesWithAnyLimit(_ text: String) {
        #expect(codes(text, Self.declarations, costLimit: 1_000_000).allSatisfy { $0 == "CEL030" })
    }
}
