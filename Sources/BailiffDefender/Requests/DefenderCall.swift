import BailiffHTTPClient
import BailiffModel

/// One call to one of the services, not yet signed.
struct DefenderCall: Sendable {
    var api: DefenderAPI
    var method: HTTPRequest.Method
    /// Below the base of the service, encoded. Nil: an id that can't stand in a path.
    var path: String?
    var query: String?
    var body: [UInt8]
    var lane: DefenderLane
    var limits: HTTPLimits?

    /// - Parameter method: Nil: POST with a body, else GET.
    init(
        _ api: DefenderAPI, _ method: HTTPRequest.Method? = nil, path: String?, query: String? = nil,
        body: JSONValue? = nil, lane: DefenderLane, limits: HTTPLimits? = nil
    ) {
        self.api = api
        self.method = method ?? (body == nil ? .get : .post)
        self.path = path
        self.query = query
        self.body = body?.utf8() ?? []
        self.lane = lane
        self.limits = limits
    }

    /// Joins a path of fixed words and ids. Nil where an id is empty or made of dots, which would change the path.
    static func path(_ parts: String...) -> String? {
        var path = ""
        for part in parts {
            guard part.utf8.contains(where: { $0 != 0x2E }) else { return nil }
            path += "/" + HTTPURL.encoded(part)
        }
        return path
    }
}
