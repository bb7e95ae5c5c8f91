package import BailiffIntake

/// One configured source of verdicts.
package struct Feed: Sendable {
    /// Stands in the address and in entries.
    package var name: String
    package var product: Product
    package var authentication: WebhookAuthentication
    /// 0 to 3.
    package var trust: Int
    package var bodyLimitInBytes: Int

    package init(
        name: String, product: Product, authentication: WebhookAuthentication, trust: Int, bodyLimitInBytes: Int
    ) {
        self.name = name
        self.product = product
        self.authentication = authentication
        self.trust = trust
        self.bodyLimitInBytes = bodyLimitInBytes
    }

    /// Whether the sender takes every answer but 200 for a reason to drop or to repeat the whole batch: then an authenticated
    /// delivery is always answered 200, and what is unusable in it is kept as rejected. Zscaler's Cloud NSS is such a sender.
    var isAlwaysAnsweredWell: Bool { product == .zscaler }
}
