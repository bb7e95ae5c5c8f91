package import BailiffDiagnostics

extension CELProgram {
    /// Compiles an expression.
    ///
    /// - Parameters:
    ///   - expecting: The type the result must have; ``CELType/dyn`` passes and is verified where the result is used.
    ///   - costLimit: Refuses expressions that may cost more; also the limit of each evaluation.
    /// - Returns: The program, or everything that is wrong with the text, sorted by place.
    package static func compile(
        _ source: CELSource, declarations: CELDeclarations, expecting: CELType? = nil, costLimit: UInt64 = 1_000_000
    ) -> Result<CELProgram, DiagnosticsError> {
        compile(source, declarations: declarations, expecting: expecting, costLimit: costLimit, runLimit: costLimit)
    }

    /// Compiles an expression, with a limit for each evaluation other than the one for the estimate.
    package static func compile(
        _ source: CELSource, declarations: CELDeclarations, expecting: CELType?, costLimit: UInt64, runLimit: UInt64
    ) -> Result<CELProgram, DiagnosticsError> {
        let tree: SyntaxTree
        do {
            tree = try Parser.parse(source.text, libraries: declarations.libraries)
        } catch {
            return .failure(DiagnosticsError([error.diagnostic(in: source)]))
        }
        let resolver = Resolver(tree, declarations)
        let (types, found) = Checker.check(tree, resolver, declarations, source: source, expecting: expecting)
        guard !found.contains(where: { $0.severity == .error }) else { return .failure(sorted(found)) }
        var planner = Planner(tree, resolver, declarations)
        let root = planner.plan(tree.root)
        var analysis = Analysis(source: source)
        var diagnostics = found
        if declarations.refusesCertainErrors {
            diagnostics += planner.certainErrors.prefix(DiagnosticReport.limit).map { $0.diagnostic(in: source) }
        }
        var estimator = CostEstimator(tree, resolver, types: types, declarations)
        let cost = estimator.estimate(tree.root).cost
        if cost.max > costLimit { diagnostics.append(tooDear(cost, costLimit, at: source.locate(0))) }
        guard !diagnostics.contains(where: { $0.severity == .error }) else { return .failure(sorted(diagnostics)) }
        var constants = ConstantAnalysis(tree, resolver, types: types, declarations)
        analysis.constantResult = constants.result()
        analysis.estimatedCost = (cost.min, cost.max)
        analysis.warnings = diagnostics
        analysis.resultType = types[Int(tree.root.raw)]
        analysis.referencedVariables = resolver.referencedVariables(declarations)
        return .success(
            CELProgram(
                analysis, root: root, frameSize: resolver.frameSize, declarations: declarations, costLimit: runLimit))
    }

    /// Compiles an expression without checking it. Every declared variable counts as bound, and names are resolved among
    /// them; unknown names and functions are evaluation errors.
    ///
    /// - Parameter runLimit: The cost limit of each evaluation.
    package static func compileUnchecked(
        _ source: CELSource, declarations: CELDeclarations, runLimit: UInt64 = 1_000_000
    ) -> Result<CELProgram, DiagnosticsError> {
        let tree: SyntaxTree
        do {
            tree = try Parser.parse(source.text, libraries: declarations.libraries)
        } catch {
            return .failure(DiagnosticsError([error.diagnostic(in: source)]))
        }
        let resolver = Resolver(tree, declarations)
        var planner = Planner(tree, resolver, declarations)
        let root = planner.plan(tree.root)
        var analysis = Analysis(source: source)
        analysis.referencedVariables = resolver.referencedVariables(declarations)
        return .success(
            CELProgram(
                analysis, root: root, frameSize: resolver.frameSize, declarations: declarations, costLimit: runLimit))
    }

    private static func tooDear(_ cost: CostBounds, _ limit: UInt64, at location: SourceLocation) -> Diagnostic {
        let most = cost.max == .max ? "any number of" : "up to \(cost.max)"
        return Diagnostic(
            code: DiagnosticCode.cost.rawValue, "the expression may cost \(most) units, the limit is \(limit)",
            at: location, hint: "macros inside macros multiply: split the condition or take one macro out of the other")
    }

    /// Whether a diagnostic is about the text itself, not about what it means.
    package static func isSyntax(_ diagnostic: Diagnostic) -> Bool {
        switch DiagnosticCode(rawValue: diagnostic.code) {
        case .syntax, .literal, .tooLarge, .macro, .reserved: true
        default: false
        }
    }

    private static func sorted(_ diagnostics: [Diagnostic]) -> DiagnosticsError {
        DiagnosticsError(DiagnosticReport(diagnostics).diagnostics)
    }
}

extension SyntaxProblem {
    func diagnostic(in source: CELSource) -> Diagnostic {
        Diagnostic(code: code.rawValue, message, at: source.locate(offset), hint: hint)
    }
}

extension Planner.CertainError {
    func diagnostic(in source: CELSource) -> Diagnostic {
        Diagnostic(code: DiagnosticCode.certainError.rawValue, message, at: source.locate(offset), hint: hint)
    }

    private var hint: String? {
        if message.hasSuffix("is no duration") { return "a duration is written in h, m and s: duration(\"168h\")" }
        if message.hasSuffix("is no timestamp") { return "a timestamp is written timestamp(\"2026-01-31T12:00:00Z\")" }
        if message.hasSuffix("is no time zone") {
            return "a zone is 'UTC', an offset such as '+01:00', or a name with a file below \(ZoneFiles.systemFolder)"
        }
        return nil
    }
}

extension Resolver {
    func referencedVariables(_ declarations: CELDeclarations) -> [String] {
        var slots: Set<Int> = []
        for case .variable(let slot)? in resolutions { slots.insert(slot) }
        return slots.sorted().map { declarations.variables[$0].name }
    }
}
