package import BailiffDiagnostics
import BailiffYAML

extension EmulatorTenant {
    /// Reads a tenant file (`bailiff: tenant/v1`).
    /// - Parameter file: The name diagnostics give, as the operator typed it.
    /// - Throws: All that is wrong with the file: its form (YAML codes) and its content (`TE…`).
    package init(yaml text: String, file: String) throws(DiagnosticsError) {
        let node = try StrictYAML.parse(SourceText(file: file, text: text), limits: .tenant).get()
        var reader = TenantReader()
        let tenant = reader.tenant(node)
        guard let tenant, !reader.yaml.hasErrors else { throw DiagnosticsError(reader.yaml.diagnostics) }
        self = tenant
    }
}
