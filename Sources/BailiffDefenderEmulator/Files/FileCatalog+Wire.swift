import BailiffModel

extension FileCatalog {
    func write(_ file: File, to writer: inout WireWriter, start: Timestamp, context: String? = nil) {
        writer.entity(file.sha1) { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("sha1", file.sha1)
            writer.field("sha256", file.sha256)
            if let md5 = file.md5 { writer.field("md5", md5) }
            writer.field("globalPrevalence", file.globalPrevalence)
            writer.field("globalFirstObserved", file.globalFirstObserved?.resolved(start: start))
            writer.field("globalLastObserved", file.globalLastObserved?.resolved(start: start))
            writer.field("size", file.size)
            writer.field("fileType", file.fileType)
            writer.field("isPeFile", file.isPE)
            writer.field("filePublisher", file.publisher)
            writer.field("fileProductName", file.productName)
            writer.field("signer", file.signer)
            writer.field("issuer", file.issuer)
            writer.field("signerHash", file.signerHash)
            writer.field("isValidCertificate", file.isValidCertificate)
            writer.enumeration("determinationType", file.determinationType)
            writer.field("determinationValue", file.determinationValue)
        }
    }

    /// What is counted of a file in the organisation.
    struct Statistics {
        var machines = 0
        var first: Timestamp?
        var last: Timestamp?
    }

    /// Prevalence comes twice: as numbers, and, under other names, as text.
    func writeStatistics(
        _ file: File, _ statistics: Statistics, to writer: inout WireWriter, start: Timestamp, context: String?
    ) {
        let machines = file.organizationPrevalence ?? statistics.machines
        writer.entity(file.sha1) { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("sha1", file.sha1)
            writer.field("orgPrevalence", String(machines))
            writer.loose("organizationPrevalence", machines)
            writer.field("orgFirstSeen", statistics.first)
            writer.field("orgLastSeen", statistics.last)
            writer.field("globalPrevalence", file.globalPrevalence.map { String($0) })
            writer.loose("globallyPrevalence", file.globalPrevalence)
            writer.field("globalFirstObserved", file.globalFirstObserved?.resolved(start: start))
            writer.field("globalLastObserved", file.globalLastObserved?.resolved(start: start))
            writer.field("topFileNames", [file.name])
        }
    }
}
