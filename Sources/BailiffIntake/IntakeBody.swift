/// What a sender posted: the bytes after authentication and inflation, and what it said about them.
package struct IntakeBody: Sendable {
    package var bytes: [UInt8]
    /// The value of the `Content-Type` header, parameters included. Nil: the form is told from the bytes.
    package var contentType: String?
    /// The sender's authenticated id of this delivery, equal over its retries. Records without an id of their own get
    /// event ids made from it and their place in the body.
    package var deliveryID: String?

    package init(bytes: [UInt8], contentType: String? = nil, deliveryID: String? = nil) {
        self.bytes = bytes
        self.contentType = contentType
        self.deliveryID = deliveryID
    }
}
