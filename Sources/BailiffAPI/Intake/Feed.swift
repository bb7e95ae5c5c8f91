package import BailiffIntake

/// One configured source of verdicts.
package struct Feed: Sendable {
    /// Stands in the address and in entries.
    package var name: String
    /// How its bodies are read.
    package var reading: Reading
    package var authentication: WebhookAuthentication
    /// Networks it may be sent from; nil for any.
    package var sources: AddressList?
    /// Client certificates it takes; nil where none is asked for.
    package var clientCertificates: ClientIdentityList?
    /// 0 to 3.
    package var trust: Int
    package var bodyLimitInBytes: Int
    /// Whether reports that its records only announce can be fetched.
    package var fetchesReports: Bool

    package enum Reading: Sendable {
        case product(Product)
        /// A product without a reader of its own.
        case mapping(FeedMapping)
    }

    package init(
        name: String, reading: Reading, authentication: WebhookAuthentication, sources: AddressList? = nil,
        clientCertificates: ClientIdentityList? = nil, trust: Int, bodyLimitInBytes: Int, fetchesReports: Bool = false
    ) {
        self.name = name
        self.reading = reading
        self.authentication = authentication
        self.sources = sources
        self.clientCertificates = clientCertificates
        self.trust = trust
        self.bodyLimitInBytes = bodyLimitInBytes
        self.fetchesReports = fetchesReports
    }

    package init(
        name: String, product: Product, authentication: WebhookAuthentication, trust: Int, bodyLimitInBytes: Int
    ) {
        self.init(
            name: name, reading: .product(product), authentication: authentication, trust: trust,
            bodyLimitInBytes: bodyLimitInBytes)
    }

    package var product: Product {
        switch reading {
        case .product(let product): product
        case .mapping(let mapping): mapping.product
        }
    }

    /// Whether the sender takes every answer but 200 for a reason to drop or to repeat the whole batch: then an authenticated
    /// delivery is always answered 200, and what is unusable in it is kept as rejected. Zscaler's Cloud NSS is such a sender.
    var isAlwaysAnsweredWell: Bool { product == .zscaler }

    func normalise(_ body: IntakeBody) throws(BodyError) -> NormalisedBody {
        switch reading {
        case .product(let product): try Intake.normalise(body, product: product)
        case .mapping(let mapping): try Intake.normalise(body, mapping: mapping)
        }
    }
}
