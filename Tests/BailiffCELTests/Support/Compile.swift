import BailiffCEL
import BailiffDiagnostics
import Testing

/// Compiles a text that must be fine.
func compiled(
    _ text: String, _ declarations: CELDeclarations = CELDeclarations(), expecting: CELType? = nil,
    costLimit: UInt64 = .max, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> CELProgram {
    do {
        return try CELProgram.compile(
            CELSource(text: text, file: "expr"), declarations: declarations, expecting: expecting, costLimit: costLimit
        ).get()
    } catch {
        Issue.record("\(text): \(error)", sourceLocation: sourceLocation)
        throw error
    }
}

/// What is wrong with a text, as people see it; empty if nothing is.
func problems(
    _ text: String, _ declarations: CELDeclarations = CELDeclarations(), expecting: CELType? = nil,
    costLimit: UInt64 = .max
) -> String {
    let source = SourceText(file: "expr", text: text)
    switch CELProgram.compile(
        CELSource(text: text, file: "expr"), declarations: declarations, expecting: expecting, costLimit: costLimit)
    {
    case .success: return ""
    case .failure(let error): return error.diagnostics.map { $0.rendered(in: source) }.joined(separator: "\n")
    }
}

/// The codes of what is wrong with a text.
func codes(
    _ text: String, _ declarations: CELDeclarations = CELDeclarations(), expecting: CELType? = nil,
    costLimit: UInt64 = .max
) -> [String] {
    switch CELProgram.compile(
        CELSource(text: text, file: "expr"), declarations: declarations, expecting: expecting, costLimit: costLimit)
    {
    case .success: []
    case .failure(let error): error.diagnostics.map(\.code)
    }
}

/// The value of a text without variables.
func value(
    _ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> CELValue {
    var declarations = CELDeclarations()
    declarations.refusesCertainErrors = false
    declarations.libraries.insert(.optionals)
    return try compiled(text, declarations, sourceLocation: sourceLocation).evaluate(CELSlots([]))
}

/// The code of the error a text without variables ends in; nil if it has a value.
func fault(
    _ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> CELError.Code? {
    do {
        _ = try value(text, sourceLocation: sourceLocation)
        return nil
    } catch let error as CELError {
        return error.code
    }
}

/// The facts of a small playbook.
enum PlaybookFacts {
    static let declarations: CELDeclarations = {
        var facts = CELDeclarations()
        facts.variable("verdict.level", .string, closedVocabulary: ["malicious", "suspicious", "benign", "unknown"])
        facts.variable("verdict.score", .int, range: 0...100)
        facts.variable("verdict.family", .string, presence: .optional)
        facts.variable("machine.id", .string)
        facts.variable("machine.os", .string)
        facts.variable("machine.tags", .list(.string))
        facts.variable("machine.onboarded", .bool)
        facts.variable("machine.name", .string, presence: .hidden(reason: "names are for guards only"))
        facts.variable("machine.last_report", .timestamp)
        facts.variable("machine.sighting.first", .timestamp, presence: .optional)
        facts.variable("machine.sighting.last", .timestamp, presence: .optional)
        facts.variable("file.org_machines", .int, presence: .optional)
        facts.variable("file.signer_trusted", .bool, presence: .optional)
        facts.variable("fleet.size", .int)
        facts.variable("now", .timestamp)
        return facts
    }()
}
