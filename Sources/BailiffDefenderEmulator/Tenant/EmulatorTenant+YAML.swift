package import BailiffDiagnostics

extension EmulatorTenant {
    /// Reads a tenant file.
    /// - Parameter file: The name diagnostics give, as the operator typed it.
    /// - Throws: All that is wrong with the file.
    package init(yaml text: String, file: String) throws(DiagnosticsError) {
        throw DiagnosticsError([
            Diagnostic(
                code: "TE000", "tenant files cannot be read yet", at: SourceLocation(file: file, line: 1, column: 1))
        ])
    }
}
