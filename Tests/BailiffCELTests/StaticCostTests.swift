import BailiffCEL
import BailiffDiagnostics
import Testing

/// The cost estimate before an expression runs.
struct StaticCostTests {
    private let facts = PlaybookFacts.declarations

    @Test func boundsHoldForTheLargestFacts() throws {
        let text =
            #"verdict.score >= 80 && machine.tags.exists(t, t.startsWith("protect:")) && !(machine.os in ["linux","macos"])"#
        let program = try compiled(text, facts, expecting: .bool)
        let largest = CELSlots(
            [
                "verdict.score": .int(100), "machine.os": .string(String(repeating: "x", count: 1_024)),
                "machine.tags": .strings((0..<100).map { _ in String(repeating: "t", count: 200) }),
            ], for: facts)
        let measured = program.measure(largest)
        #expect(try measured.result.get() == .bool(false))
        #expect(measured.cost <= program.estimatedCost.max)
        // Without the last operand, which the second one decides, nothing is overestimated.
        let exact = try compiled(#"machine.tags.exists(t, t.startsWith("protect:"))"#, facts)
        #expect(exact.measure(largest).cost == exact.estimatedCost.max)
    }

    static let estimatesRows: [(String, UInt64, UInt64)] = [
        ("true", 0, 0), ("verdict.score > 5", 2, 2), ("machine.onboarded && machine.os == 'linux'", 1, 3),
        ("machine.onboarded ? 1 : 2", 1, 1), ("[1, 2, 3].all(x, x > 0)", 16, 26), ("machine.tags.all(t, true)", 2, 302),
        ("machine.tags.filter(t, false)", 12, 1_324),
        ("machine.tags.map(t, 1)", 12, 1_212), ("machine.os + machine.os", 2, 207), ("[1, 2] + [3]", 21, 21),
        ("'a' in machine.tags", 1, 101), ("cel.bind(x, machine.os, x + x)", 13, 218),
    ]

    @Test(arguments: estimatesRows)
    func estimates(_ text: String, _ least: UInt64, _ most: UInt64) throws {
        let program = try compiled(text, facts)
        #expect(program.estimatedCost == (least, most))
    }

    @Test func whatMayCostTooMuchIsRefused() {
        let nested = "machine.tags.all(a, machine.tags.all(b, machine.tags.all(c, a + b != c)))"
        #expect(
            problems(nested, facts, costLimit: 1_000_000).hasPrefix(
                "expr:1:1: error: the expression may cost up to"))
        #expect(codes("machine.tags.all(a, machine.tags.all(b, a != b))", facts, costLimit: 1_000_000) == [])
        var unknown = CELDeclarations()
        unknown.variable("x", .dyn)
        #expect(codes("x.all(y, y == 1)", unknown, costLimit: 1_000_000) == ["CEL030"])
    }

    @Test func declaredSizesCount() throws {
        var declarations = CELDeclarations()
        declarations.variable("small", .list(.string), size: .init(count: 3, elementLength: 10))
        declarations.variable("word", .string, closedVocabulary: ["yes", "no"])
        #expect(
            try compiled("small.all(s, s.contains('x'))", declarations).estimatedCost.max == 1 + 3 * (3 + 1 + 1) + 1)
        #expect(try compiled("word.contains('x')", declarations).estimatedCost.max == 2)
    }
}
