import BailiffModel

/// An answer on its way out.
struct Reply: Sendable {
    enum Delivery: Sendable {
        case whole
        /// Half of the body, then the connection closes.
        case cut
        /// The connection closes without an answer.
        case lost
    }

    var status: Int
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    var delivery: Delivery = .whole

    init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// OData's content type, as the service sends it.
    static let jsonType = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"

    static func json(status: Int = 200, _ body: [UInt8]) -> Reply {
        Reply(status: status, headers: [("Content-Type", jsonType)], body: body)
    }

    static func json(status: Int = 200, _ value: JSONValue) -> Reply { json(status: status, value.utf8()) }

    static func text(status: Int = 200, _ text: String, type: String = "text/plain; charset=utf-8") -> Reply {
        Reply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }
}
