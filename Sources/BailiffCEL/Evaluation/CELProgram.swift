package import BailiffDiagnostics

/// An expression: parsed, checked, compiled. Immutable; evaluate it as often as wanted, from any thread.
package struct CELProgram: Sendable {
    package let source: CELSource
    package let resultType: CELType
    /// Bounds of the run-time cost, saturating.
    package let estimatedCost: (min: UInt64, max: UInt64)
    /// The declared variables the expression touches, `has()` included, in the order of declaration.
    package let referencedVariables: [String]
    /// The result, if constants and types alone decide it.
    package let constantResult: CELValue?
    package let warnings: [Diagnostic]

    /// Compiles an expression.
    ///
    /// - Parameters:
    ///   - expecting: The type the result must have; ``CELType/dyn`` passes and is verified at run time.
    ///   - costLimit: Refuses expressions that may cost more; also the limit of each evaluation.
    package static func compile(
        _ source: CELSource, declarations: CELDeclarations, expecting: CELType? = nil, costLimit: UInt64 = 1_000_000
    ) -> Result<CELProgram, DiagnosticsError> {
        .failure(DiagnosticsError([Diagnostic(code: "CEL000", "not built yet", at: source.locate(0))]))
    }

    /// Evaluates the expression.
    ///
    /// - Parameter costLimit: A tighter or wider limit than the one given at compilation.
    package func evaluate(
        _ bindings: some CELBindings, costLimit: UInt64? = nil
    ) throws(CELError) -> CELValue {
        throw CELError(.unknownFunction, "not built yet")
    }

    /// Evaluates a condition: as ``evaluate(_:costLimit:)``, and a result that is no bool is an error.
    package func evaluateCondition(_ bindings: some CELBindings, costLimit: UInt64? = nil) throws(CELError) -> Bool {
        let value = try evaluate(bindings, costLimit: costLimit)
        guard case .bool(let result) = value else {
            throw CELError(.noOverload, "a condition must be bool, not \(value.typeName)")
        }
        return result
    }
}
