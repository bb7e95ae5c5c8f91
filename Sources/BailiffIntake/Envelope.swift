import BailiffModel

/// Wrappers around a vendor's body that are no vendor's: they are taken off before anything is recognised.
enum Envelope {
    struct Opened {
        var body: IntakeBody
        /// Whether a body that nobody knows is still worth a record: the delivery was stored on purpose.
        var product: Product?
    }

    /// A CloudEvents 1.0 event in structured mode, or a stored Standard Webhooks delivery; nil for any other record.
    static func open(_ content: SourceContent) throws(RecordError) -> Opened? {
        guard let record = content.json, case .object = record else { return nil }
        if let opened = try cloudEvent(record) { return opened }
        return delivery(record)
    }

    /// The event's source and id together are the id of the delivery; `data` is a JSON value or, of another type, a text
    /// or bytes.
    private static func cloudEvent(_ record: JSONValue) throws(RecordError) -> Opened? {
        guard record["specversion"]?.string?.utf8.starts(with: "1.".utf8) == true, let id = record["id"]?.string,
            let source = record["source"]?.string, record["type"]?.string != nil
        else { return nil }
        let deliveryID = CloudEvent.deliveryID(source: source, id: id)
        let type = record["datacontenttype"]?.string
        if let encoded = record["data_base64"]?.string {
            guard let bytes = Base64.decode(encoded) else {
                throw RecordError(.malformed, "the data is no base64", pointer: "/data_base64")
            }
            return Opened(body: IntakeBody(bytes: bytes, contentType: type, deliveryID: deliveryID))
        }
        guard let data = record["data"] else {
            throw RecordError(.noFile, "the event carries no data", pointer: "/data")
        }
        if case .string(let text) = data {
            return Opened(body: IntakeBody(bytes: Array(text.utf8), contentType: type, deliveryID: deliveryID))
        }
        return Opened(body: IntakeBody(bytes: data.utf8(), contentType: type, deliveryID: deliveryID))
    }

    /// `{"headers": {"webhook-id": …}, "body": "…"}`
    private static func delivery(_ record: JSONValue) -> Opened? {
        guard let headers = record["headers"]?.object, let body = record["body"]?.string else { return nil }
        let id = headers.members.first { $0.key.isWord("webhook-id") }?.value.string
        guard let id, headers.members.contains(where: { $0.key.isWord("webhook-signature") }) else { return nil }
        let type = headers.members.first { $0.key.isWord("content-type") }?.value.string
        return Opened(
            body: IntakeBody(bytes: Array(body.utf8), contentType: type, deliveryID: id), product: .standardWebhooks)
    }
}

/// CloudEvents 1.0 over HTTP.
package enum CloudEvent {
    /// The id of a delivery: source and id together name an event.
    package static func deliveryID(source: String, id: String) -> String { "\(id.utf8.count):\(id)@\(source)" }

    /// The id of a binary-mode event from its `ce-` headers; nil where they are none, or stand twice.
    package static func deliveryID(headers: [(name: String, value: String)]) -> String? {
        func single(_ name: StaticString) -> String? {
            let found = headers.filter { $0.name.utf8.equalsIgnoringASCIICase(name) }
            return found.count == 1 ? found[0].value : nil
        }
        guard single("ce-specversion") != nil, let id = single("ce-id"), let source = single("ce-source"),
            !id.isEmpty, !source.isEmpty
        else { return nil }
        return deliveryID(source: source, id: id)
    }
}
