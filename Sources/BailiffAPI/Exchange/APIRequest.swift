package import BailiffIntake
package import HTTPTypes
package import NIOCore

/// One request, whatever connection it came over.
package struct APIRequest: Sendable {
    package var method: HTTPTypes.HTTPRequest.Method
    /// As sent: percent-encoded, without the query. Begins with `/`.
    package var path: String
    /// As sent, without the question mark; nil where there is none.
    package var query: String?
    package var headers: HTTPFields
    package var body: IncomingBody
    package var peer: Peer
    /// Who the other end showed itself to be by a client certificate; nil without one. Looked up when somebody asks.
    package var clientIdentity: @Sendable () async -> ClientIdentity?
    private let name: any Sendable & CustomStringConvertible

    /// - Parameter name: Names the request in problems and in the log.
    package init(
        method: HTTPTypes.HTTPRequest.Method, target: String, headers: HTTPFields = HTTPFields(),
        body: IncomingBody = IncomingBody(), peer: Peer, name: any Sendable & CustomStringConvertible,
        clientIdentity: @escaping @Sendable () async -> ClientIdentity? = { nil }
    ) {
        self.clientIdentity = clientIdentity
        self.method = method
        let bytes = target.utf8
        if let mark = bytes.firstIndex(of: UInt8(ascii: "?")) {
            path = String(target[..<mark])
            query = String(target[bytes.index(after: mark)...])
        } else {
            path = target
        }
        self.headers = headers
        self.body = body
        self.peer = peer
        self.name = name
    }

    /// Made when somebody wants to see it: most requests go well.
    package var id: String { "\(name)" }

    /// The one value of a header; nil where it is absent.
    /// - Throws: `Problem` where it stands more than once.
    func single(_ name: HTTPField.Name) throws(Problem) -> String? {
        var found: String?
        for field in headers[fields: name] {
            guard found == nil else {
                throw Problem(.headerRepeated, "the header \(name.rawName) stands more than once")
            }
            found = field.value
        }
        return found
    }
}

/// Who is at the other end of a connection.
package enum Peer: Sendable, CustomStringConvertible {
    /// Somebody who may open the socket beside the database: the local administrator.
    case local
    case network(SocketAddress?)

    package var isLocal: Bool { if case .local = self { true } else { false } }

    /// The address without the port.
    package var description: String {
        switch self {
        case .local: "local"
        case .network(let address): address?.ipAddress ?? "unknown"
        }
    }
}
