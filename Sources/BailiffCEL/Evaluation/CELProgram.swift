package import BailiffDiagnostics

/// An expression: parsed, checked, compiled. Immutable; evaluate it as often as wanted, from any thread.
package struct CELProgram: Sendable {
    package let source: CELSource
    /// What the checker found; ``CELType/dyn`` for an expression that was not checked.
    package let resultType: CELType
    /// Bounds of the run-time cost, saturating. The lower one holds where no part of the expression ends in an error.
    package let estimatedCost: (min: UInt64, max: UInt64)
    /// The declared variables the expression touches, `has()` included, in the order of declaration.
    package let referencedVariables: [String]
    /// The result, if constants and types alone decide it.
    package let constantResult: CELValue?
    package let warnings: [Diagnostic]

    private let root: any Node
    private let frameSize: Int
    private let zones: CELZones
    private let costLimit: UInt64

    init(
        _ analysis: Analysis, root: any Node, frameSize: Int, declarations: CELDeclarations, costLimit: UInt64
    ) {
        source = analysis.source
        resultType = analysis.resultType
        estimatedCost = analysis.estimatedCost
        referencedVariables = analysis.referencedVariables
        constantResult = analysis.constantResult
        warnings = analysis.warnings
        self.root = root
        self.frameSize = frameSize
        zones = declarations.zones
        self.costLimit = costLimit
    }

    // MARK: Evaluation

    /// Evaluates the expression.
    ///
    /// - Parameter costLimit: Another limit than the one given at compilation.
    /// - Throws: ``CELError``; after ``CELError/Code/costExceeded`` or ``CELError/Code/memoryExceeded`` nothing is known
    ///   about the result, however the expression is written.
    package func evaluate(_ bindings: some CELBindings, costLimit: UInt64? = nil) throws(CELError) -> CELValue {
        let (result, _) = Self.run(
            root, bindings, frameSize: frameSize, zones: zones, costLimit: costLimit ?? self.costLimit)
        switch result {
        case .success(let value): return value
        case .failure(let fault): throw error(fault)
        }
    }

    /// Evaluates a condition: as ``evaluate(_:costLimit:)``, and a result that is no bool is an error.
    package func evaluateCondition(_ bindings: some CELBindings, costLimit: UInt64? = nil) throws(CELError) -> Bool {
        let value = try evaluate(bindings, costLimit: costLimit)
        guard case .bool(let result) = value else { throw error(.notBool(value)) }
        return result
    }

    /// Evaluates the expression and tells what that cost, also if it ended in an error.
    package func measure(
        _ bindings: some CELBindings, costLimit: UInt64? = nil
    ) -> (result: Result<CELValue, CELError>, cost: UInt64) {
        let (result, cost) = Self.run(
            root, bindings, frameSize: frameSize, zones: zones, costLimit: costLimit ?? self.costLimit)
        return (result.mapError { error($0) }, cost)
    }

    private func error(_ fault: Fault) -> CELError {
        CELError(fault.code, fault.message, fact: fault.fact, location: fault.offset.map(source.locate))
    }

    static func run(
        _ root: any Node, _ bindings: some CELBindings, frameSize: Int, zones: CELZones, costLimit: UInt64
    ) -> (result: Result<CELValue, Fault>, cost: UInt64) {
        withUnsafeTemporaryAllocation(of: CELValue.self, capacity: max(1, frameSize)) { locals in
            locals.initialize(repeating: .null)
            defer { locals.deinitialize() }
            // There is room for at least one.
            guard let base = locals.baseAddress else { return (.failure(Fault(.memoryExceeded, "no memory")), 0) }
            var frame = Frame(bindings: bindings, locals: base, zones: zones, costLimit: costLimit)
            do throws(Fault) {
                let value = try root.evaluate(&frame)
                return (.success(value), frame.cost)
            } catch {
                return (.failure(error), frame.cost)
            }
        }
    }
}
