/// One name and value of a header.
package struct HTTPHeader: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One call to leave the process.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL
    /// `Host` and `Content-Length` are added by the transport.
    package var headers: [HTTPHeader]
    package var body: [UInt8]
    /// Nil: those of the transport.
    package var limits: HTTPLimits?

    package init(
        _ method: Method, _ url: HTTPURL, headers: [HTTPHeader] = [], body: [UInt8] = [], limits: HTTPLimits? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
    }
}

/// One whole answer.
package struct HTTPReply: Sendable {
    package var status: Int
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of this name, in whatever case.
    package func header(_ name: String) -> String? {
        headers.first { header in
            header.name.utf8.count == name.utf8.count
                && zip(header.name.utf8, name.utf8).allSatisfy { lowerCased($0) == lowerCased($1) }
        }?.value
    }
}

private func lowerCased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

/// How long a call may take and how long its answer may be.
package struct HTTPLimits: Hashable, Sendable {
    /// For a new connection, its TLS handshake included, and for a place in the pool.
    package var connect: Duration
    /// From the start of the call to the head of the answer.
    package var firstByte: Duration
    /// From the start of the call to the end of the answer.
    package var whole: Duration
    /// Of the answer.
    package var bodyInBytes: Int

    package init(
        connect: Duration = .seconds(5), firstByte: Duration = .seconds(30), whole: Duration = .seconds(50),
        bodyInBytes: Int = 64 << 20
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.whole = whole
        self.bodyInBytes = bodyInBytes
    }

    package static let standard = HTTPLimits()
}
