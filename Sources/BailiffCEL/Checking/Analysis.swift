import BailiffDiagnostics

/// What is known about an expression before it runs.
struct Analysis {
    var source: CELSource
    var resultType = CELType.dyn
    var estimatedCost: (min: UInt64, max: UInt64) = (0, .max)
    var referencedVariables: [String] = []
    var constantResult: CELValue?
    var warnings: [Diagnostic] = []
}
