import BailiffModel

/// A request as received, its target taken apart.
struct IncomingRequest: Sendable {
    let method: String
    /// As received, without the query.
    let path: String
    /// As received, without the question mark.
    let query: String
    /// Percent-decoded, empty ones left out. Nil where an escape is broken or the text is no UTF-8.
    let segments: [String]?
    let body: [UInt8]
    let authorization: String?
    let contentType: String?

    init(method: String, target: String, body: [UInt8], authorization: String?, contentType: String?) {
        self.method = method
        let bytes = Array(target.utf8)
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
        let pathBytes = bytes[..<mark]
        path = String(decoding: pathBytes, as: UTF8.self)
        query = String(decoding: bytes[min(mark + 1, bytes.count)...], as: UTF8.self)
        var decoded: [String]? = []
        for part in pathBytes.split(separator: UInt8(ascii: "/")) {
            guard let text = PercentEncoding.decode(part, plusIsSpace: false) else {
                decoded = nil
                break
            }
            decoded?.append(text)
        }
        segments = decoded
        self.body = body
        self.authorization = authorization
        self.contentType = contentType
    }

    /// Names and values of the query in their order; nil where an escape is broken.
    func parameters() -> [(name: String, value: String)]? { PercentEncoding.form(Array(query.utf8)) }
}

/// `application/x-www-form-urlencoded` and the escapes of URLs.
enum PercentEncoding {
    static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(Hex.value(of:)),
                    let low = iterator.next().flatMap(Hex.value(of:))
                else { return nil }
                out.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: out.append(0x20)
            default: out.append(byte)
            }
        }
        return String(validating: out, as: UTF8.self)
    }

    /// Pairs of a form or query; a pair without `=` has an empty value.
    static func form(_ bytes: [UInt8]) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = decode(part[..<mark], plusIsSpace: true),
                let value = decode(part[mark...].dropFirst(), plusIsSpace: true)
            else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }
}
