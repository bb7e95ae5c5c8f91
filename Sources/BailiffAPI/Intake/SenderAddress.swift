import BailiffIntake
import HTTPTypes

/// Where a delivery comes from: the other end of the connection or, where that is a trusted proxy, the address for which
/// the proxy says it speaks.
struct SenderAddress {
    private let proxies: AddressList?

    /// More proxies than that in a row are none.
    private static let greatestHopCount = 32

    init(behind proxies: AddressList?) { self.proxies = proxies }

    /// Reads `Forwarded` or `X-Forwarded-For` from the right, each proxy having written what is behind the one before it,
    /// up to the first address that is no trusted proxy: what stands to its left is that sender's word alone.
    ///
    /// - Returns: Nil where the proxy does not say it, says it in both headers, or in a way that cannot be read. Nobody
    ///   is that address.
    func address(of request: APIRequest) -> String? {
        let peer = request.peer.description
        guard let proxies, proxies.contains(peer) else { return peer }
        let standard = values(.forwarded, request)
        let common = values(.xForwardedFor, request)
        // The proxy writes one of them. What it passes on in the other is the sender's.
        let hops: [String]?
        switch (standard.isEmpty, common.isEmpty) {
        case (true, false):
            hops = common.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        case (false, true): hops = ForwardedHeader.addresses(standard)
        default: hops = nil
        }
        guard let hops, !hops.isEmpty else { return nil }
        var last: String?
        for hop in hops.suffix(Self.greatestHopCount).reversed() {
            guard let address = HopAddress.plain(hop) else { return nil }
            guard proxies.contains(address) else { return address }
            last = address
        }
        return hops.count <= Self.greatestHopCount ? last : nil
    }

    private func values(_ name: HTTPField.Name?, _ request: APIRequest) -> [String] {
        name.map { request.headers[fields: $0].map(\.value) } ?? []
    }
}

extension HTTPField.Name {
    fileprivate static let forwarded = HTTPField.Name("Forwarded")
    fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For")
}

/// One address of such a header, its port taken off.
enum HopAddress {
    /// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. Nil for names, `unknown` and
    /// everything else.
    static func plain(_ text: String) -> String? {
        let spaces: [UInt8] = [0x20, 0x09]
        let bytes = Array(text.utf8.drop { spaces.contains($0) })
        let trimmed = bytes[..<(bytes.lastIndex { !spaces.contains($0) }.map { $0 + 1 } ?? bytes.startIndex)]
        let address: ArraySlice<UInt8>
        if trimmed.first == UInt8(ascii: "[") {
            guard let end = trimmed.firstIndex(of: UInt8(ascii: "]")), isPort(trimmed[(end + 1)...]) else { return nil }
            address = trimmed[(trimmed.startIndex + 1)..<end]
            // Brackets are for version 6 alone.
            guard address.contains(UInt8(ascii: ":")) else { return nil }
        } else if let colon = trimmed.firstIndex(of: UInt8(ascii: ":")), trimmed.contains(UInt8(ascii: ".")),
            !trimmed[(colon + 1)...].contains(UInt8(ascii: ":"))
        {
            guard isPort(trimmed[colon...]) else { return nil }
            address = trimmed[..<colon]
        } else {
            address = trimmed
        }
        let plain = String(decoding: address, as: UTF8.self)
        return AddressList.isAddress(plain) ? plain : nil
    }

    /// Nothing, or a colon and a number.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        let digits = bytes.dropFirst()
        return first == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// `Forwarded` of RFC 7239.
enum ForwardedHeader {
    /// The `for` of every element, in order. Nil where anything is not well-formed, and where an element has none.
    static func addresses(_ lines: [String]) -> [String]? {
        var found: [String] = []
        for line in lines {
            var scanner = Scanner(bytes: Array(line.utf8))
            repeat {
                guard let address = scanner.element() else { return nil }
                found.append(address)
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.isAtEnd else { return nil }
        }
        return found
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        /// `for=192.0.2.7;proto=https`
        mutating func element() -> String? {
            var address: String?
            repeat {
                guard let name = token(), !name.isEmpty, take(UInt8(ascii: "=")),
                    let value = peek == UInt8(ascii: "\"") ? quoted() : token(), !value.isEmpty
                else { return nil }
                guard String(decoding: name, as: UTF8.self).lowercased() == "for" else { continue }
                if address != nil { return nil }
                address = String(decoding: value, as: UTF8.self)
            } while take(UInt8(ascii: ";"))
            return address
        }

        /// With white space around it.
        mutating func take(_ byte: UInt8) -> Bool {
            let start = position
            skipSpace()
            guard peek == byte else {
                if position != bytes.count { position = start }
                return false
            }
            position += 1
            skipSpace()
            return true
        }

        private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skipSpace() {
            while let byte = peek, byte == 0x20 || byte == 0x09 { position += 1 }
        }

        private mutating func token() -> ArraySlice<UInt8>? {
            skipSpace()
            let start = position
            while let byte = peek, Self.isToken(byte) { position += 1 }
            return bytes[start..<position]
        }

        private mutating func quoted() -> ArraySlice<UInt8>? {
            position += 1
            var value: ArraySlice<UInt8> = []
            while let byte = peek {
                position += 1
                if byte == UInt8(ascii: "\"") { return value }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = peek else { return nil }
                    value.append(escaped)
                    position += 1
                } else {
                    value.append(byte)
                }
            }
            return nil
        }

        /// A colon is none, but senders leave out the quotes around an address with a port.
        private static func isToken(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "!#$%&'*+-.^_`|~:[]".utf8.contains(byte)
        }
    }
}
