import BailiffCEL
import BailiffDiagnostics
import BailiffModel
import BailiffYAML

/// Reads one file of a set: nodes to typed values, conditions compiled. What needs the other files is checked later.
final class FileReader {
    let source: SourceText
    let yaml = YAMLReader()
    let environment: CheckEnvironment
    /// The roles a machine can have where this file's conditions are evaluated; nil where they are not known.
    let roles: [String]?
    private var declarations: [String: CELDeclarations] = [:]
    /// Conditions that did not compile.
    private var brokenConditions = 0

    /// Diagnostics behind so many others have no hint.
    static let hintLimit = 50

    init(_ source: SourceText, environment: CheckEnvironment, roles: [String]?) {
        self.source = source
        self.environment = environment
        self.roles = roles
    }

    // MARK: Reporting

    func report(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation,
        hint: @autoclosure () -> String? = nil, severity: Diagnostic.Severity? = nil
    ) {
        // Looking for similar names takes time, and nobody reads the fiftieth hint.
        let hint = yaml.diagnostics.count < Self.hintLimit ? hint() : nil
        yaml.report(Diagnostic(severity ?? code.severity, code: code.rawValue, message, at: location, hint: hint))
    }

    /// Notes that the file uses a part of the language; refused where the engine is going to act by the file and does not
    /// carry the part out.
    func use(_ key: LanguageKey, at location: SourceLocation) {
        guard !environment.carriedOut.keys.contains(key) else { return }
        report(
            .keyNotCarriedOut, "'\(key.rawValue)' is not carried out by this version of Bailiff", at: location,
            hint: environment.purpose == .activation ? "remove it to activate the file" : nil, severity: severity)
    }

    func use(_ action: ActionKind, at location: SourceLocation) {
        guard !environment.carriedOut.actions.contains(action) else { return }
        report(
            .actionNotCarriedOut, "the action '\(action.rawValue)' is not carried out by this version of Bailiff",
            at: location, hint: environment.purpose == .activation ? "remove the step to activate the file" : nil,
            severity: severity)
    }

    private var severity: Diagnostic.Severity { environment.purpose == .activation ? .error : .note }

    /// Notes the use of a key of `fields` if it is there.
    func use(_ key: LanguageKey, _ name: String, in fields: YAMLFields) {
        if fields.contains(name) { use(key, at: fields.locationOfKey(name)) }
    }

    // MARK: Conditions

    /// Reads and compiles a condition. What is plain `true` in YAML is an expression here, too.
    func condition(_ node: YAMLNode, _ scope: FactScope, allowsMissing: Bool = false) -> Condition? {
        guard let text = node.text, !node.isNull else {
            yaml.error("YAML014", "a condition is expected here, not \(node.kindName)", at: node.location)
            return nil
        }
        // The file is refused already, with more errors than are shown.
        if brokenConditions >= DiagnosticReport.limit { return nil }
        let source = CELSource(text: text) { node.locate($0) }
        switch CELProgram.compile(source, declarations: declarations(scope, allowsMissing), expecting: .bool) {
        case .failure(let error):
            brokenConditions += 1
            yaml.report(error.diagnostics)
            return nil
        case .success(let program):
            yaml.report(program.warnings)
            if case .bool(let value)? = program.constantResult {
                report(
                    .constantCondition, "the condition is always \(value)", at: node.location,
                    hint: "types and constants alone decide it")
                return nil
            }
            if let value = ScoreBands.result(of: program) {
                report(
                    .constantCondition, "the condition is always \(value)", at: node.location,
                    hint: Self.bandsHint)
                return nil
            }
            checkParts(of: text, node, scope)
            return Condition(text: text, scope: scope, location: node.location, program: program)
        }
    }

    func requiredCondition(_ fields: YAMLFields, _ key: String, _ scope: FactScope) -> Condition? {
        guard let node = fields.node(key) else {
            fields.reportMissing(key)
            return nil
        }
        return condition(node, scope)
    }

    func optionalCondition(_ fields: YAMLFields, _ key: String, _ scope: FactScope) -> Condition? {
        fields.node(key).flatMap { condition($0, scope) }
    }

    /// A part that is always true or always false was meant to say something.
    private func checkParts(of text: String, _ node: YAMLNode, _ scope: FactScope) {
        for part in ConditionParts.operands(of: text).prefix(64) {
            let source = CELSource(text: part.text) { node.locate(part.offset + $0) }
            let result = CELProgram.compile(source, declarations: declarations(scope, true), expecting: .bool)
            guard case .success(let program) = result else { continue }
            if case .bool(let value)? = program.constantResult {
                report(
                    .constantCondition, "this part of the condition is always \(value)", at: node.locate(part.offset),
                    hint: "types and constants alone decide it")
                return
            }
            if let value = ScoreBands.result(of: program) {
                report(
                    .constantCondition, "this part of the condition is always \(value)", at: node.locate(part.offset),
                    hint: Self.bandsHint)
                return
            }
        }
    }

    private static let bandsHint =
        "the level bounds the score: malicious 85 to 100, suspicious 40 to 84, benign 0 to 19, unknown 0"

    /// The parts of a condition joined by `&&`, for saying which of them is false. Empty where it can't be taken apart.
    func conjuncts(of condition: Condition) -> [Condition] {
        let parts = ConditionParts.conjuncts(of: condition.text)
        guard parts.count > 1 else { return [] }
        var compiled: [Condition] = []
        for part in parts {
            let source = CELSource(text: part.text) { _ in condition.location }
            let result = CELProgram.compile(source, declarations: declarations(condition.scope, true), expecting: .bool)
            guard case .success(let program) = result else { return [] }
            compiled.append(
                Condition(text: part.text, scope: condition.scope, location: condition.location, program: program))
        }
        return compiled
    }

    private func declarations(_ scope: FactScope, _ allowsMissing: Bool) -> CELDeclarations {
        let key = "\(scope.rawValue) \(allowsMissing)"
        if let known = declarations[key] { return known }
        let made = scope.declarations(roles: roles, allowsMissing: allowsMissing)
        declarations[key] = made
        return made
    }

    // MARK: Names

    /// A name of a playbook, policy or approvals file: `org/baseline`.
    var name: YAMLShape<String> { identifier("a name", allowsSlash: true) }

    /// An id of a step or guard, or a name of a role, class, approval policy, notifier.
    var word: YAMLShape<String> { identifier("a name", allowsSlash: false) }

    private func identifier(_ what: String, allowsSlash: Bool) -> YAMLShape<String> {
        YAMLShape<String>.text.map { text, node, _ in
            let bytes = Array(text.utf8)
            let isGood = bytes.allSatisfy { byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || (allowsSlash && byte == UInt8(ascii: "/"))
            }
            let isSound =
                isGood && bytes.count <= 64 && bytes.first.map { $0 != 45 && $0 != 46 && $0 != 47 } ?? false
                && bytes.last != UInt8(ascii: "/") && !text.contains("//")
            if isSound { return text }
            self.report(
                .badName, "'\(text.escapedForDisplay(limit: 80))' is not \(what)", at: node.location,
                hint: "use up to 64 letters, digits, '-', '_' and '.'\(allowsSlash ? ", and '/' between parts" : "")")
            return nil
        }
    }

    /// Why something is as it is, for people. A word that reads like a switch is none: an author who writes `auto: no` does
    /// not mean that nobody is asked.
    var reason: YAMLShape<String> {
        YAMLShape<String>.text.map { text, node, _ in
            let hasLetters = text.unicodeScalars.contains { $0.properties.isAlphabetic }
            if hasLetters, !Self.switches.contains(text.lowercased()) { return text }
            self.report(
                .noReason, "'\(text.escapedForDisplay(limit: 40))' is no reason", at: node.location,
                hint: "say in a few words why, for the people who read it")
            return nil
        }
    }

    private static let switches: Set<String> = [
        "yes", "no", "on", "off", "true", "false", "y", "n", "none", "null", "n/a", "na", "nil", "enabled", "disabled",
        "accepted", "todo", "tbd",
    ]

    /// A list in which no value stands twice. Keeps the places.
    func distinct(_ element: YAMLShape<String>, mayBeEmpty: Bool) -> YAMLShape<[YAMLLocated<String>]> {
        YAMLShape<[YAMLLocated<String>]>.list(of: element.located).map { values, node, _ in
            var seen: Set<[UInt8]> = []
            for value in values where !seen.insert(Array(value.value.utf8)).inserted {
                self.report(.repeatedValue, "'\(value.value.escapedForDisplay())' is listed twice", at: value.location)
            }
            if node.isEmptyCollection, !mayBeEmpty {
                self.report(.emptyList, "the list is empty", at: node.location)
                return nil
            }
            return values
        }
    }

    /// A date (its start in UTC) or a time in RFC 3339.
    var time: YAMLShape<Timestamp> {
        YAMLShape<String>.text.map { text, node, _ in
            let isDate = text.utf8.count == 10
            if let time = Timestamp(rfc3339: isDate ? text + "T00:00:00Z" : text) { return time }
            self.report(
                .badTime, "'\(text.escapedForDisplay(limit: 40))' is neither a date nor a time", at: node.location,
                hint: "write 2026-01-31 or 2026-01-31T08:00:00Z")
            return nil
        }
    }
}
