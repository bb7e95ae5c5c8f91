import BailiffCEL
import Testing

/// The run-time cost of expressions, against figures measured with cel-go.
struct RunTimeCostTests {
    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.variable("b", .bool)
        declarations.variable("m", .map(.string, .dyn))
        declarations.variable("l", .list(.int))
        declarations.variable("s", .string)
        declarations.variable("verdict", .map(.string, .dyn))
        declarations.variable("machine", .map(.string, .dyn))
        return declarations
    }()

    private static func bindings() throws -> CELSlots {
        CELSlots(
            [
                "b": .bool(true), "m": .map(stringKeyed: [("f", .int(80))]), "l": .list((0..<10).map { .int($0) }),
                "s": .string(String(repeating: "a", count: 100)),
                "verdict": .map(stringKeyed: [("score", .int(97))]),
                "machine": .map(stringKeyed: [
                    ("tags", .strings(["a", "b", "vip"])), ("os", .string("windows11")),
                ]),
            ], for: declarations)
    }

    static let costsWhatWasMeasuredRows: [(String, UInt64)] = [
        ("b && b", 2), ("!b", 2), ("m.f", 2), ("m.f >= 80", 3), ("l[0]", 2), ("5 in l", 11),
        ("'x' in ['a','b','c']", 13), ("s == s", 12), ("s + s", 22), ("s.contains('aaaaaaaaaaaaaaaaaaaa')", 21),
        ("s.matches('a+b')", 12), ("l.all(x, x >= 0)", 52), ("l.exists(x, x == 9)", 62), ("l.exists(x, x == 0)", 11),
        ("l.exists_one(x, x == 3)", 25), ("l.map(x, x * 2)", 152), ("l.filter(x, x > 4)", 97),
        ("l.all(x, l.all(y, true))", 352),
        (#"verdict.score >= 80 && machine.tags.exists(t, t == "vip") && !(machine.os in ["linux","macos"])"#, 39),
    ]

    @Test(arguments: costsWhatWasMeasuredRows)
    func costsWhatWasMeasured(_ text: String, _ cost: UInt64) throws {
        let program = try compiled(text, Self.declarations)
        let measured = program.measure(try Self.bindings())
        #expect(throws: Never.self) { try measured.result.get() }
        #expect(measured.cost == cost)
    }

    static let costsFollowTheModelRows: [(String, UInt64)] = [
        ("has(m.f)", 2), ("b ? l : [1]", 1), ("b ? l.map(x, x) : l", 143), ("[1, 2, 3]", 10), ("{'a': 1}", 30),
        ("cel.bind(x, s, x + x)", 33), ("s.startsWith('a')", 11), ("bytes(s)", 11), ("size(s)", 2), ("int('5')", 1),
        ("l + l", 3), ("'f' in m", 2), ("'' == s", 1), ("m == m", 3), ("l == l", 3), ("duration('1h')", 1),
        ("s < s", 12), ("l.all(i, v, v >= 0)", 52), ("l.transformList(i, v, v)", 142),
        ("m.transformMap(k, v, v)", 36), ("b || b", 1), ("1 + 2 + 3", 2),
    ]

    @Test(arguments: costsFollowTheModelRows)
    func costsFollowTheModel(_ text: String, _ cost: UInt64) throws {
        #expect(try compiled(text, Self.declarations).measure(try Self.bindings()).cost == cost)
    }

    @Test func limitStopsTheEvaluation() throws {
        let program = try compiled("l.all(x, l.all(y, true))", Self.declarations)
        #expect(try program.evaluate(try Self.bindings(), costLimit: 352) == .bool(true))
        #expect(throws: CELError.self) { try program.evaluate(try Self.bindings(), costLimit: 351) }
    }

    static let noOperatorAbsorbsTheLimitRows: [String] = [
        "l.all(x, l.all(y, true)) || true", "true || l.all(x, l.all(y, true)) || b",
        "l.all(x, l.all(y, true)) && false",
        "l.exists(x, l.all(y, true) || true)", "[1].all(z, l.all(x, l.all(y, true)) && false)",
    ]

    @Test(arguments: noOperatorAbsorbsTheLimitRows)
    func noOperatorAbsorbsTheLimit(_ text: String) throws {
        let program = try compiled(text, Self.declarations)
        let limit: UInt64 = 20
        let result = program.measure(try Self.bindings(), costLimit: limit)
        if text.hasPrefix("true") {
            // What decides before the limit is reached, decides.
            #expect(try result.result.get() == .bool(true))
        } else {
            let error = try #require(throws: CELError.self) { try result.result.get() }
            #expect(error.code == .costExceeded)
        }
    }

    @Test func memoryIsBounded() throws {
        var text = "s"
        for _ in 0..<30 { text = "cel.bind(v, \(text), v + v)" }
        let program = try compiled(text, Self.declarations)
        let error = try #require(throws: CELError.self) { try program.evaluate(try Self.bindings(), costLimit: .max) }
        #expect(error.code == .memoryExceeded)
        let absorbing = try compiled("size(\(text)) > 0 || true", Self.declarations)
        let second = try #require(throws: CELError.self) {
            try absorbing.evaluate(try Self.bindings(), costLimit: .max)
        }
        #expect(second.code == .memoryExceeded)
    }
}
