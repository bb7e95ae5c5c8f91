package import BailiffModel
package import HTTPTypes

/// What is sent back.
package struct Reply: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: [UInt8]

    package init(status: HTTPResponse.Status, headers: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON in the one form of this API: keys sorted, ASCII alone, so that no byte from outside acts on a terminal.
    package static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Reply {
        var bytes = value.utf8(JSONValue.Format(sortsKeys: true, escapesNonASCII: true))
        bytes.append(0x0A)
        return Reply(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: bytes)
    }

    package static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Reply {
        Reply(status: .ok, headers: [.contentType: type, .cacheControl: "no-store"], body: Array(text.utf8))
    }

    /// A list in parts.
    package static func page(_ name: String, _ elements: [JSONValue], next: Int64?) -> Reply {
        .json([name: .array(elements), "next": .optional(next.map(Cursor.text))])
    }
}

/// Where the next part of a list begins: opaque to callers.
enum Cursor {
    static func text(_ position: Int64) -> String { String(position, radix: 36) }

    /// Nil for what ``text(_:)`` never gives.
    static func position(_ text: String) -> Int64? {
        guard (1...14).contains(text.utf8.count), let value = Int64(text, radix: 36), Cursor.text(value) == text else {
            return nil
        }
        return value
    }
}
