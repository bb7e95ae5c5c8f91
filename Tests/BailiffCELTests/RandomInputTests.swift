import BailiffCEL
import BailiffDiagnostics
import Testing

/// Input made from seeds: nothing crashes, hangs or grows without bound, and what must agree agrees.
@Suite(.serialized) struct RandomInputTests {
    private static let declarations: CELDeclarations = {
        var declarations = CELDeclarations()
        declarations.refusesCertainErrors = false
        declarations.libraries.insert(.optionals)
        declarations.variable("b", .bool)
        declarations.variable("i", .int)
        declarations.variable("u", .uint)
        declarations.variable("d", .double)
        declarations.variable("s", .string, size: .init(count: 30))
        declarations.variable("l", .list(.int), size: .init(count: 5))
        declarations.variable("m", .map(.string, .int), size: .init(count: 3, elementLength: 5))
        declarations.variable("t", .timestamp)
        declarations.variable("q", .duration)
        declarations.variable("x0", .dyn)
        return declarations
    }()

    private static let bindings = CELSlots([
        .bool(true), .int(7), .uint(7), .double(0.5), .string("the quick br\u{F6}wn fox"),
        .list([.int(3), .int(1), .int(4), .int(1), .int(5)]), .map(stringKeyed: [("a", .int(1)), ("b", .int(-2))]),
        .timestamp(microsecondsSince1970: 1_700_000_000_123_456), .duration(microseconds: 90_000_000), .string("x"),
    ])

    private static let runLimit: UInt64 = 100_000

    private static func compile(_ text: String, isChecked: Bool = true) -> CELProgram? {
        let source = CELSource(text: text, file: "expr")
        let result =
            isChecked
            ? CELProgram.compile(
                source, declarations: declarations, expecting: nil, costLimit: .max, runLimit: runLimit)
            : CELProgram.compileUnchecked(source, declarations: declarations, runLimit: runLimit)
        return try? result.get()
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func grammaticalExpressions(_ seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed)
        var checked = 0
        var succeeded = 0
        for _ in 0..<1_500 {
            let text = generator.expression(generator.pick([.bool, .bool, .int, .string, .list, .map]), depth: 5)
            guard let free = Self.compile(text, isChecked: false) else {
                Issue.record("does not parse: \(text)")
                continue
            }
            let loose = free.measure(Self.bindings)
            #expect(loose.cost <= Self.runLimit + 1_000_000)
            guard let program = Self.compile(text) else { continue }
            checked += 1
            // The checker may only refuse.
            let strict = program.measure(Self.bindings)
            #expect(Self.agree(strict.result, loose.result), "\(text)")
            #expect(strict.cost == loose.cost, "\(text)")
            guard case .success(let value) = strict.result else { continue }
            succeeded += 1
            #expect(strict.cost <= program.estimatedCost.max, "\(program.estimatedCost) \(strict.cost) \(text)")
            // An error that is absorbed ends its part early.
            if !["||", "&&", "all(", "exists("].contains(where: text.contains) {
                #expect(strict.cost >= program.estimatedCost.min, "\(program.estimatedCost) \(strict.cost) \(text)")
            }
            if let constant = program.constantResult { #expect(constant == value, "\(text)") }
        }
        // The generator must not degenerate.
        #expect(checked > 300)
        #expect(succeeded > 150)
    }

    private static func agree(_ left: Result<CELValue, CELError>, _ right: Result<CELValue, CELError>) -> Bool {
        switch (left, right) {
        case (.success(let left), .success(let right)): left == right
        case (.failure(let left), .failure(let right)): left.code == right.code
        default: false
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func andAndOrAreCommutative(_ seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed &+ 1_000)
        for _ in 0..<800 {
            let first = generator.expression(.bool, depth: 3)
            let second = generator.expression(.bool, depth: 3)
            for symbol in ["&&", "||"] {
                guard let one = Self.compile("\(first) \(symbol) \(second)", isChecked: false),
                    let other = Self.compile("\(second) \(symbol) \(first)", isChecked: false)
                else {
                    Issue.record("does not parse: \(first) \(second)")
                    continue
                }
                let left = try? one.measure(Self.bindings).result.get()
                let right = try? other.measure(Self.bindings).result.get()
                #expect(left == right, "\(first) \(symbol) \(second)")
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func garbage(_ seed: UInt64) {
        var generator = ExpressionGenerator(seed: seed)
        for _ in 0..<2_000 {
            let text = generator.garbage(length: 1 + generator.number(below: 40))
            _ = Self.compile(text)?.measure(Self.bindings)
            _ = Self.compile(text, isChecked: false)?.measure(Self.bindings)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func bytes(_ seed: UInt64) {
        var generator = ExpressionGenerator(seed: seed)
        for _ in 0..<2_000 {
            let length = generator.number(below: 60)
            let text = String(decoding: generator.bytes(length: length), as: UTF8.self)
            _ = Self.compile(text)
            _ = CELTimestamp(text)
            _ = CELDuration(text)
        }
    }

    /// A good expression with a few bytes changed, cut or doubled.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func mutations(_ seed: UInt64) {
        var generator = ExpressionGenerator(seed: seed)
        for _ in 0..<1_500 {
            var bytes = Array(generator.expression(.bool, depth: 4).utf8)
            for _ in 0..<1 + generator.number(below: 4) where !bytes.isEmpty {
                let at = generator.number(below: bytes.count)
                switch generator.number(below: 3) {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.remove(at: at)
                default: bytes.insert(bytes[at], at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = Self.compile(text)?.measure(Self.bindings)
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func patterns(_ seed: UInt64) throws {
        var generator = ExpressionGenerator(seed: seed)
        let pieces = [
            "a", "b", ".", "*", "+", "?", "{2}", "{1,3}", "{0,}", "(", ")", "(?:", "(?i)", "|", "[a-c]", "[^b]", "\\d",
            "\\w", "\\b", "^", "$", "\\pL", "\u{E9}", "[", "]", "\\", "-", "(?s:", "(a|b)*", "\\Q", "\\E", "{1000}",
        ]
        var declarations = CELDeclarations()
        declarations.variable("s", .string)
        declarations.variable("p", .string)
        let program = try compiled("s.matches(p)", declarations)
        var valid = 0
        for _ in 0..<3_000 {
            let pattern = (0..<1 + generator.number(below: 12)).map { _ in generator.pick(pieces) }.joined()
            let text = (0..<generator.number(below: 30)).map { _ in
                generator.pick(["a", "b", "c", "\n", "\u{E9}", "1", " "])
            }.joined()
            if (try? program.evaluate(CELSlots([.string(text), .string(pattern)]))) != nil { valid += 1 }
        }
        #expect(valid > 300)
    }

    @Test func hostileExpressionsEndSoon() throws {
        let list = "[1,2,3,4,5,6,7,8,9,10]"
        var nested = "true"
        for depth in 0..<12 { nested = "\(list).all(x\(depth), \(nested))" }
        let program = try compiled(nested, costLimit: .max)
        let error = try #require(throws: CELError.self) { try program.evaluate(CELSlots([]), costLimit: 1_000_000) }
        #expect(error.code == .costExceeded)
        #expect(codes(nested, costLimit: 1_000_000) == ["CEL030"])
        // Types that double with every level.
        var declarations = CELDeclarations()
        declarations.function(
            "pair",
            overloads: [
                .init(
                    id: "pair", parameters: [.parameter("A")],
                    result: .abstract("pair", [.parameter("A"), .parameter("A")]))
            ])
        var pairs = "1"
        for _ in 0..<60 { pairs = "pair(\(pairs))" }
        #expect(codes(pairs, declarations) == ["CEL003"])
    }
}
