/// An absolute `http` or `https` URL whose host no two parsers can disagree about.
///
/// Only ASCII that RFC 3986 allows unescaped is taken, no user information, no fragment; the host is a plain DNS name, an
/// IPv4 address or a bracketed IPv6 address. What is checked against the allowed hosts is therefore what is called.
package struct HTTPURL: Hashable, Sendable {
    /// Whether the connection is encrypted.
    package let isSecure: Bool
    /// Lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Begins with `/`; percent-encoded as it goes out.
    package let path: String
    /// Without the question mark; nil where there is none.
    package let query: String?

    /// Nil for anything but a strict absolute URL of at most 16 KiB.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= HTTPURL.lengthLimit, bytes.allSatisfy(HTTPURL.isAllowed) else { return nil }
        var rest = bytes[...]
        if HTTPURL.hasPrefix(rest, "https://") {
            isSecure = true
            rest = rest.dropFirst(8)
        } else if HTTPURL.hasPrefix(rest, "http://") {
            isSecure = false
            rest = rest.dropFirst(7)
        } else {
            return nil
        }
        let authorityEnd = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
        guard let (host, port) = HTTPURL.authority(rest[..<authorityEnd]) else { return nil }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        rest = rest[authorityEnd...]
        guard !rest.contains(0x23), HTTPURL.hasWholeEscapes(rest) else { return nil }
        let queryStart = rest.firstIndex(of: 0x3F)
        let path = String(decoding: rest[..<(queryStart ?? rest.endIndex)], as: UTF8.self)
        self.path = path.isEmpty ? "/" : path
        query = queryStart.map { String(decoding: rest[($0 + 1)...], as: UTF8.self) }
    }

    private init(isSecure: Bool, host: String, port: Int, path: String, query: String?) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// The same server with another path and query.
    ///
    /// - Parameters:
    ///   - path: Must begin with `/` and be percent-encoded already.
    ///   - query: Percent-encoded, without the question mark.
    /// - Returns: Nil where these hold characters that a URL can't.
    package func at(path: String, query: String? = nil) -> HTTPURL? {
        let bytes = Array(path.utf8)
        guard bytes.first == 0x2F, bytes.count + (query?.utf8.count ?? 0) <= HTTPURL.lengthLimit,
            bytes.allSatisfy({ HTTPURL.isAllowed($0) && $0 != 0x3F && $0 != 0x23 }), HTTPURL.hasWholeEscapes(bytes[...])
        else { return nil }
        if let query {
            let bytes = Array(query.utf8)
            guard bytes.allSatisfy({ HTTPURL.isAllowed($0) && $0 != 0x23 }), HTTPURL.hasWholeEscapes(bytes[...]) else {
                return nil
            }
        }
        return HTTPURL(isSecure: isSecure, host: host, port: port, path: path, query: query)
    }

    package static let lengthLimit = 16_384

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `::1`, and nothing that would need a resolver.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0].elementsEqual("127".utf8)
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy { (48...57).contains($0) }
                    && (part.count == 1 || part.first != 48)
                    && (UInt16(String(decoding: part, as: UTF8.self)) ?? 256) < 256
            }
    }

    /// Scheme, host and port, the port only where it is not the scheme's own.
    package var origin: String {
        let name = host.utf8.contains(0x3A) ? "[\(host)]" : host
        let ownPort = isSecure ? 443 : 80
        return (isSecure ? "https://" : "http://") + name + (port == ownPort ? "" : ":\(port)")
    }

    package var text: String { origin + path + (query.map { "?\($0)" } ?? "") }
}

extension HTTPURL: CustomStringConvertible {
    /// Without the query, which may hold data of the tenant or a signature.
    package var description: String { origin + path + (query == nil ? "" : "?…") }
}

extension HTTPURL {
    /// Percent-encodes everything but letters, digits and `-._~`: safe as a path segment and as a query value.
    package static func encoded(_ text: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            default: append(escaped: byte, to: &out)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Escapes only what a URL can't hold at all (spaces, quotes, non-ASCII), leaving its structure alone: for links that
    /// other programs wrote carelessly.
    package static func repaired(_ text: String) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isAllowed(byte) { out.append(byte) } else { append(escaped: byte, to: &out) }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(escaped byte: UInt8, to out: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        out.append(0x25)
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }

    private static func hasPrefix(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return zip(bytes, UnsafeBufferPointer(start: word.utf8Start, count: count)).allSatisfy { lowerCased($0) == $1 }
    }

    private static func lowerCased(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    /// Unreserved, reserved and `%`; not `\`, `^`, quotes, angle brackets, braces, the bar, controls or non-ASCII.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case 0x2D, 0x2E, 0x5F, 0x7E: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2F, 0x3A, 0x3B, 0x3D, 0x3F, 0x40, 0x5B,
            0x5D:
            true
        default: false
        }
    }

    private static func hasWholeEscapes(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0x25 {
                guard index + 2 < bytes.endIndex, isHexDigit(bytes[index + 1]), isHexDigit(bytes[index + 2]) else {
                    return false
                }
                index += 2
            }
            index += 1
        }
        return true
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    private static func authority(_ bytes: ArraySlice<UInt8>) -> (host: String, port: Int?)? {
        if bytes.first == 0x5B {
            guard let end = bytes.firstIndex(of: 0x5D) else { return nil }
            let address = bytes[(bytes.startIndex + 1)..<end]
            guard (2...45).contains(address.count), address.contains(0x3A),
                address.allSatisfy({ isHexDigit($0) || $0 == 0x3A || $0 == 0x2E })
            else { return nil }
            let rest = bytes[(end + 1)...]
            if rest.isEmpty { return (lowerCased(address), nil) }
            guard rest.first == 0x3A, let port = port(rest.dropFirst()) else { return nil }
            return (lowerCased(address), port)
        }
        let colon = bytes.firstIndex(of: 0x3A)
        let host = bytes[..<(colon ?? bytes.endIndex)]
        guard isHostName(host) else { return nil }
        guard let colon else { return (lowerCased(host), nil) }
        guard let port = port(bytes[(colon + 1)...]) else { return nil }
        return (lowerCased(host), port)
    }

    private static func lowerCased(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { lowerCased($0) }, as: UTF8.self)
    }

    /// Labels of letters, digits, `-` and `_`, joined by single dots.
    private static func isHostName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...253).contains(bytes.count) else { return false }
        return bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 0x2D
                        || $0 == 0x5F
                }
        }
    }

    private static func port(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(bytes.count), bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let value = bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
        return (1...65_535).contains(value) ? value : nil
    }
}
