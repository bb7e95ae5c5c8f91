import BailiffCEL
import BailiffDiagnostics
import Testing

/// Nesting is bounded, and what is within the bound fits a small stack; chains are not nesting.
struct DepthTests {
    /// One shape of nesting: what is repeated to the left and right of a core.
    struct Nest: Sendable, CustomTestStringConvertible {
        var left: String
        var core: String
        var right: String
        /// Levels each repetition adds.
        var levels = 1
        var testDescription: String { "\(left)…\(right)" }

        func text(_ count: Int) -> String {
            String(repeating: left, count: count) + core + String(repeating: right, count: count)
        }
    }

    static let nests = [
        Nest(left: "(", core: "1", right: ")"), Nest(left: "[", core: "1", right: "]"),
        Nest(left: "{1: ", core: "1", right: "}"), Nest(left: "-(", core: "1", right: ")"),
        Nest(left: "!(", core: "true", right: ")"), Nest(left: "int(", core: "1", right: ")"),
        Nest(left: "[1, 2, ", core: "3", right: "].map(x, x)", levels: 2),
        Nest(left: "[1].all(x, ", core: "true", right: ")"), Nest(left: "[1].map(x, ", core: "1", right: ")"),
        Nest(left: "[[1]].exists(x, x.exists(y, ", core: "true", right: "))", levels: 2),
        Nest(left: "{'a': 1}.transformMap(k, v, ", core: "1", right: ")"),
        Nest(left: "cel.bind(x, 1, ", core: "x", right: ")"), Nest(left: "cel.bind(x, ", core: "1", right: ", x)"),
        Nest(left: "true ? (", core: "1", right: ") : 1"), Nest(left: "true && (", core: "true", right: ")"),
        Nest(left: "(", core: "true", right: " || false && true)"), Nest(left: "1 + (", core: "1", right: ")"),
        Nest(left: "1 * (1 + (", core: "1", right: "))", levels: 2),
        Nest(left: "'a'.replace('a', ", core: "'b'", right: ")"),
        Nest(left: "1 in [", core: "1", right: "] ? [1] : [1]", levels: 3), Nest(left: "", core: "v", right: ".f"),
        Nest(left: "", core: "v", right: "[0]"), Nest(left: "", core: "'a'", right: ".trim()"),
        Nest(left: "v[", core: "0", right: "]"),
        Nest(left: "false || true && 1 < 1 + 1 * -v[", core: "0", right: "]", levels: 7),
        Nest(left: "x.y(", core: "1", right: ")"), Nest(left: "f(", core: "1", right: ")"),
        Nest(left: "m{a: ", core: "1", right: "}"),
    ]

    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.variable("v", .dyn)
        declarations.refusesCertainErrors = false
        return declarations
    }()

    /// The codes of what is wrong, after every phase has run on a small stack.
    private static func outcome(_ text: String) -> Set<String> {
        onSmallStack {
            let source = CELSource(text: text, file: "expr")
            var codes: Set<String> = []
            switch CELProgram.compile(source, declarations: declarations, costLimit: .max) {
            case .failure(let error): codes = Set(error.diagnostics.map(\.code))
            case .success(let program): _ = try? program.evaluate(CELSlots([.int(1)]))
            }
            if case .success(let program) = CELProgram.compileUnchecked(source, declarations: declarations) {
                _ = try? program.evaluate(CELSlots([.int(1)]))
            }
            return codes
        } ?? []
    }

    @Test(arguments: nests)
    func fitsASmallStackWithinTheBound(_ nest: Nest) {
        #expect(!Self.outcome(nest.text(90 / nest.levels)).contains("CEL003"))
    }

    @Test(arguments: nests)
    func isRefusedBeyondTheBound(_ nest: Nest) {
        for count in [101, 1_000, 20_000] { #expect(Self.outcome(nest.text(count)) == ["CEL003"]) }
    }

    @Test(arguments: [
        "true", "1", "v.f", "'a'", "(1)", "!true",
    ])
    func chainsAreNotNesting(_ operand: String) throws {
        let count = 10_000
        let isBool = operand.hasSuffix("true")
        let operators = isBool ? [" && ", " || "] : [" + ", " == "]
        for symbol in operators {
            let text = Array(repeating: operand, count: count).joined(separator: symbol)
            #expect(Self.outcome(text).isDisjoint(with: ["CEL003"]), "\(operand)\(symbol)")
        }
        let signs = String(repeating: "-", count: 50_000) + "(1)"
        #expect(Self.outcome(signs) == [])
        let choices = String(repeating: "true ? 1 : ", count: 8_000) + "1"
        #expect(Self.outcome(choices) == [])
    }

    @Test func chainsComputeFromTheLeft() throws {
        let sum = Array(repeating: "1", count: 10_000).joined(separator: " + ")
        #expect(try value(sum) == .int(10_000))
        #expect(try value("3 - 2 - 1") == .int(0))
        #expect(try value("100 / 5 / 2 * 3 % 7") == .int(2))
        #expect(try value("'a' + 'b' + 'c'") == .string("abc"))
    }

    @Test func sourcesAreBounded() {
        #expect(codes(String(repeating: " ", count: 100_000) + "1") == ["CEL003"])
        #expect(codes(String(repeating: " ", count: 99_999) + "1") == [])
        #expect(codes("'" + String(repeating: "é", count: 99_998) + "'") == [])
    }
}
