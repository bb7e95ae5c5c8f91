package import BailiffFeedClients
package import BailiffIntake
import BailiffModel

extension ServerConfiguration {
    package struct Feed: Sendable {
        package var name: String
        package var product: Product
        /// How bodies of a product without a reader are read; its product is ``product`` then.
        package var mapping: FeedMapping?
        package var authentication: WebhookAuthentication
        /// Networks it may be sent from; nil for any.
        package var sources: AddressList?
        package var clientCertificates: ClientIdentityList?
        /// 0 to 3; never above 1 where nothing proves who sends.
        package var trust: Int
        package var bodyLimitInBytes: Int
        /// Where reports are fetched and lists are read.
        package var server: Server?

        package init(
            name: String, product: Product, mapping: FeedMapping? = nil, authentication: WebhookAuthentication,
            sources: AddressList? = nil, clientCertificates: ClientIdentityList? = nil, trust: Int? = nil,
            bodyLimitInBytes: Int? = nil, server: Server? = nil
        ) {
            self.name = name
            self.product = product
            self.mapping = mapping
            self.authentication = authentication
            self.sources = sources
            self.clientCertificates = clientCertificates
            let greatest = Feed.greatestTrust(for: authentication, clientCertificates)
            self.trust = min(max(0, trust ?? greatest), trust == nil ? min(2, greatest) : greatest)
            self.bodyLimitInBytes = bodyLimitInBytes ?? Feed.standardBodyLimit(for: product)
            self.server = server
        }

        package static func greatestTrust(
            for authentication: WebhookAuthentication, _ clientCertificates: ClientIdentityList? = nil
        ) -> Int {
            if case .none = authentication, clientCertificates == nil { 1 } else { 3 }
        }

        /// 1 MiB for records, 16 MiB for the reports of sandboxes.
        package static func standardBodyLimit(for product: Product) -> Int {
            product == .generic || product == .zscaler ? 1 << 20 : 16 << 20
        }
    }
}

extension ServerConfiguration.Feed {
    /// The product's own server, which is asked for what it does not send.
    package struct Server: Sendable {
        package var server: FeedServer
        /// PEM certificates that are trusted in place of the system's.
        package var authority: [UInt8]?
        /// How long after a round of the product's list the next one begins; nil: the list is not read.
        package var pollInterval: Duration?

        package init(server: FeedServer, authority: [UInt8]? = nil, pollInterval: Duration? = nil) {
            self.server = server
            self.authority = authority
            self.pollInterval = pollInterval
        }
    }
}
