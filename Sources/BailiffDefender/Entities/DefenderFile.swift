package import BailiffModel

/// What the service knows of a file.
package struct DefenderFile: Sendable, Hashable {
    package var hashes: FileHashes
    /// Prevalence outside the organisation, the signer, whether its certificate is valid. The organisation's own figures
    /// come with ``DefenderFileStatistics``.
    package var facts: FileFacts
    package var sizeInBytes: Int64?
    package var fileType: String?
    package var publisher: String?
    package var isPortableExecutable: Bool?
    /// The vendor's own opinion: `Unknown`, `Pua`, `Malware`, `Clean`.
    package var determination: String?
    package var determinationValue: String?

    package var sha1: FileHash? { hashes.sha1 }
    package var sha256: FileHash? { hashes.sha256 }
    package var md5: FileHash? { hashes.md5 }

    init(_ body: JSONValue) {
        hashes = FileHashes(
            sha256: body.hash("sha256", .sha256), sha1: body.hash("sha1", .sha1), md5: body.hash("md5", .md5))
        facts = FileFacts(
            globalPrevalence: body["globalPrevalence"]?.wholeNumber, signer: body["signer"]?.filled,
            certificateValid: body["isValidCertificate"]?.flag)
        sizeInBytes = body["size"]?.wholeNumber
        fileType = body["fileType"]?.filled
        publisher = body["filePublisher"]?.filled
        isPortableExecutable = body["isPeFile"]?.flag
        determination = body["determinationType"]?.filled
        determinationValue = body["determinationValue"]?.filled
    }
}

/// How common a file is in the organisation, in the last 30 days at most.
package struct DefenderFileStatistics: Sendable, Hashable {
    package var sha1: FileHash?
    package var orgMachines: Int64?
    package var orgFirstSeen: Timestamp?
    package var orgLastSeen: Timestamp?
    package var globalMachines: Int64?
    package var globalFirstSeen: Timestamp?
    package var globalLastSeen: Timestamp?
    package var topFileNames: [String]

    init(_ body: JSONValue) {
        sha1 = body.hash("sha1", .sha1)
        orgMachines = body["organizationPrevalence"]?.wholeNumber ?? body["orgPrevalence"]?.wholeNumber
        orgFirstSeen = body["orgFirstSeen"]?.time
        orgLastSeen = body["orgLastSeen"]?.time
        globalMachines = body["globallyPrevalence"]?.wholeNumber ?? body["globalPrevalence"]?.wholeNumber
        globalFirstSeen = body["globalFirstObserved"]?.time
        globalLastSeen = body["globalLastObserved"]?.time
        topFileNames = body["topFileNames"]?.strings ?? []
    }
}
