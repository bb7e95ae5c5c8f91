import BailiffCEL
import BailiffDiagnostics
import BailiffModel

/// Evaluates expressions given as lines of JSON: what `bailiff expression eval` does with its input.
///
/// A line is `{"id", "expr", "bindings", …}`; further keys are `container`, `disable_check`, `check_only` and `type_env`.
/// Bound variables that are not declared count as `dyn`. The answer to every line is one line:
/// `{"id", "value", "deduced_type"}`, `{"id", "deduced_type"}` for `check_only`, or
/// `{"id", "error": {"phase", "message"}}` with the phase `parse`, `check` or `evaluate`.
package struct ExpressionEvaluator: Sendable {
    /// What one evaluation may cost.
    package var costLimit: UInt64 = 10_000_000

    package init() {}

    private enum Phase: String { case parse, check, evaluate }

    private struct Refusal: Error {
        var phase: Phase
        var message: String
    }

    /// The answer to one line, without a line break. Any text has an answer.
    package func evaluate(line: String) -> String {
        var id = JSONValue.null
        do throws(Refusal) {
            let request = try read(line)
            id = request["id"] ?? .null
            var answer = try answer(request)
            answer.members.insert(JSONObject.Member("id", id), at: 0)
            return JSONValue.object(answer).text(.compact)
        } catch {
            let refusal: JSONValue = [
                "id": id, "error": ["phase": .string(error.phase.rawValue), "message": .string(error.message)],
            ]
            return refusal.text(.compact)
        }
    }

    private static let limits: JSONLimits = {
        var limits = JSONLimits.trusted
        // Strings of the language may hold U+0000.
        limits.tolerated = [.nulCharacter]
        return limits
    }()

    private func read(_ line: String) throws(Refusal) -> JSONValue {
        do {
            return try StrictJSON.parse(line, limits: Self.limits)
        } catch {
            throw Refusal(phase: .parse, message: error.description)
        }
    }

    private func answer(_ request: JSONValue) throws(Refusal) -> JSONObject {
        guard let expression = request["expr"]?.string else {
            throw Refusal(phase: .parse, message: "the line has no 'expr'")
        }
        let isChecked = request["disable_check"]?.bool != true
        let (declarations, bindings) = try environment(request, isChecked: isChecked)
        let source = CELSource(text: expression, file: "expr")
        let program = try compile(source, declarations, isChecked: isChecked)
        let type = ConformanceCodec.json(program.resultType)
        if request["check_only"]?.bool == true { return ["deduced_type": type] }
        let value: CELValue
        do {
            value = try program.evaluate(bindings)
        } catch {
            throw Refusal(phase: .evaluate, message: error.description)
        }
        do {
            return ["value": try ConformanceCodec.json(value), "deduced_type": type]
        } catch {
            throw Refusal(phase: .evaluate, message: error.message)
        }
    }

    private func compile(
        _ source: CELSource, _ declarations: CELDeclarations, isChecked: Bool
    ) throws(Refusal) -> CELProgram {
        let result =
            isChecked
            ? CELProgram.compile(
                source, declarations: declarations, expecting: nil, costLimit: .max, runLimit: costLimit)
            : CELProgram.compileUnchecked(source, declarations: declarations, runLimit: costLimit)
        do {
            return try result.get()
        } catch {
            let isSyntax = error.diagnostics.contains { CELProgram.isSyntax($0) }
            throw Refusal(phase: isSyntax ? .parse : .check, message: error.description)
        }
    }

    private func environment(
        _ request: JSONValue, isChecked: Bool
    ) throws(Refusal) -> (CELDeclarations, CELSlots) {
        var declarations = CELDeclarations()
        declarations.libraries = [.strings, .bindings, .twoVariableMacros, .optionals]
        declarations.refusesCertainErrors = false
        declarations.container = request["container"]?.string ?? ""
        var values: [(name: String, value: CELValue)] = []
        do throws(ConformanceCodec.Problem) {
            if isChecked {
                for declaration in request["type_env"]?.array ?? [] {
                    try ConformanceCodec.declare(declaration, in: &declarations)
                }
            }
            for binding in request["bindings"]?.object?.members ?? [] {
                values.append((binding.key, try ConformanceCodec.value(binding.value)))
                if declarations.slot(of: binding.key) == nil { declarations.variable(binding.key, .dyn) }
            }
        } catch {
            throw Refusal(phase: .parse, message: error.message)
        }
        var slots = CELSlots(for: declarations)
        for (name, value) in values {
            if let slot = declarations.slot(of: name) { slots.values[slot] = value }
        }
        return (declarations, slots)
    }
}
