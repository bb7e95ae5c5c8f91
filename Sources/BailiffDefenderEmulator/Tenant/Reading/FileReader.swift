import BailiffModel
import BailiffYAML

/// Reads a file of a tenant file: SHA-1 and name are needed.
enum FileReader {
    private static let determinations = ["Unknown", "Clean", "Pua", "Malware"]

    static func file(_ fields: YAMLFields) -> EmulatorTenant.File? {
        let sha1 = fields.required("sha1", TenantShape.hash(.sha1))
        let name = fields.required("name", TenantShape.loose)
        var file = EmulatorTenant.File(sha1: sha1 ?? "", name: name ?? "")
        file.sha256 = fields.optional("sha256", TenantShape.hash(.sha256))
        file.md5 = fields.optional("md5", TenantShape.hash(.md5))
        file.size = fields.optional("size", .integer(0...1_000_000_000_000)) ?? file.size
        file.fileType = fields.optional("type", TenantShape.loose) ?? "APP"
        file.isPE = fields.optional("pe", .flag) ?? true
        file.publisher = fields.optional("publisher", .text)
        file.productName = fields.optional("product", .text)
        file.signer = fields.optional("signer", .text)
        file.issuer = fields.optional("issuer", .text)
        file.isValidCertificate = fields.optional("valid_certificate", .flag)
        file.isTrusted = fields.optional("trusted", .flag) ?? false
        prevalence(fields, &file)
        file.determinationType = fields.optional("determination", .word(determinations)) ?? "Unknown"
        file.determinationValue = fields.optional("threat", .text)
        file.isKnownToFilesAPI = fields.optional("known", .flag) ?? true
        if let hashes = fields.optional("hunting_hashes", .list(of: YAMLShape<FileHash.Algorithm>.word)) {
            file.huntingHashes = hashes.reduce(into: []) { set, algorithm in
                switch algorithm {
                case .sha1: set.insert(.sha1)
                case .sha256: set.insert(.sha256)
                case .md5: set.insert(.md5)
                }
            }
        }
        return sha1 == nil || name == nil ? nil : file
    }

    private static func prevalence(_ fields: YAMLFields, _ file: inout EmulatorTenant.File) {
        file.globalPrevalence = fields.optional("global_prevalence", .integer()) ?? 1
        file.globalFirstObserved = fields.optional("global_first", TenantShape.moment)
        file.globalLastObserved = fields.optional("global_last", TenantShape.moment)
        file.organizationPrevalence = fields.optional("org_prevalence", .integer())
    }
}
