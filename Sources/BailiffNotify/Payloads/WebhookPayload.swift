package import BailiffModel

/// The body of the generic webhook: for programs, so that texts stay as they are.
package enum WebhookPayload {
    package static func json(_ notice: Notice) -> JSONValue {
        [
            "type": .string("bailiff.\(notice.event)"), "id": .string(notice.id),
            "timestamp": .string(notice.at.rfc3339),
            "urgency": .string(notice.urgency.rawValue), "title": .string(notice.title), "text": .string(notice.text),
            "facts": .array(
                notice.facts.map { ["title": .string($0.title), "value": .string($0.value)] }),
            "command": notice.command.map { .string($0) } ?? .null, "data": .object(notice.data),
        ]
    }
}
