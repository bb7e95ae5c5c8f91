extension EmulatorTenant {
    /// What Defender knows of a file, in the world and in the organisation.
    package struct File: Sendable, Equatable {
        /// 40 hexadecimal digits, lower case: what the file endpoints and sightings go by.
        package var sha1: String
        package var sha256: String?
        package var md5: String?
        package var name: String
        package var size: Int
        /// `APP`, `DLL`, `Script`, …
        package var fileType: String
        package var isPE: Bool
        package var publisher: String?
        package var productName: String?
        package var signer: String?
        package var issuer: String?
        package var signerHash: String?
        package var isValidCertificate: Bool?
        /// Signed by Microsoft or a trusted publisher: machines refuse to quarantine it.
        package var isTrusted: Bool
        package var globalPrevalence: Int?
        package var globalFirstObserved: Moment?
        package var globalLastObserved: Moment?
        /// Machines of the organisation in the last 30 days; nil counts the sightings.
        package var organizationPrevalence: Int?
        /// `Unknown`, `Clean`, `Pua`, `Malware`.
        package var determinationType: String
        package var determinationValue: String?
        /// Whether `files/{hash}` answers for it; sightings are found by hunting all the same.
        package var isKnownToFilesAPI: Bool
        /// Which hashes hunting rows carry; the service often leaves SHA256 empty.
        package var huntingHashes: HuntingHashes

        package init(
            sha1: String, sha256: String? = nil, md5: String? = nil, name: String, size: Int = 184_320,
            fileType: String = "APP", isPE: Bool = true, publisher: String? = nil, productName: String? = nil,
            signer: String? = nil, issuer: String? = nil, signerHash: String? = nil, isValidCertificate: Bool? = nil,
            isTrusted: Bool = false, globalPrevalence: Int? = 1, globalFirstObserved: Moment? = nil,
            globalLastObserved: Moment? = nil, organizationPrevalence: Int? = nil,
            determinationType: String = "Unknown", determinationValue: String? = nil, isKnownToFilesAPI: Bool = true,
            huntingHashes: HuntingHashes = .all
        ) {
            self.sha1 = sha1
            self.sha256 = sha256
            self.md5 = md5
            self.name = name
            self.size = size
            self.fileType = fileType
            self.isPE = isPE
            self.publisher = publisher
            self.productName = productName
            self.signer = signer
            self.issuer = issuer
            self.signerHash = signerHash
            self.isValidCertificate = isValidCertificate
            self.isTrusted = isTrusted
            self.globalPrevalence = globalPrevalence
            self.globalFirstObserved = globalFirstObserved
            self.globalLastObserved = globalLastObserved
            self.organizationPrevalence = organizationPrevalence
            self.determinationType = determinationType
            self.determinationValue = determinationValue
            self.isKnownToFilesAPI = isKnownToFilesAPI
            self.huntingHashes = huntingHashes
        }
    }

    package struct HuntingHashes: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let sha1 = HuntingHashes(rawValue: 1)
        package static let sha256 = HuntingHashes(rawValue: 2)
        package static let md5 = HuntingHashes(rawValue: 4)
        package static let all: HuntingHashes = [.sha1, .sha256, .md5]
    }
}
