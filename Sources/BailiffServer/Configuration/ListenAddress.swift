import BailiffYAML

/// Where a listener listens: `127.0.0.1:8480`, `[::1]:0`, `0.0.0.0:8443`, `localhost:8480`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address; an IPv6 address without its brackets.
    package var host: String
    /// 0: any free port.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil unless the text is a host, a colon and a port.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.lastIndex(of: 0x3A), let port = ListenAddress.port(bytes[(colon + 1)...]) else {
            return nil
        }
        var host = bytes[..<colon]
        if host.first == 0x5B {
            guard host.last == 0x5D, host.count > 2 else { return nil }
            host = host.dropFirst().dropLast()
            guard host.contains(0x3A), host.allSatisfy(ListenAddress.isIPv6Character) else { return nil }
        } else {
            guard !host.isEmpty, host.count <= 253, host.allSatisfy(ListenAddress.isHostCharacter) else { return nil }
        }
        self.host = String(decoding: host, as: UTF8.self)
        self.port = port
    }

    /// Whether only this machine can connect.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.utf8.starts(with: "127.".utf8) }

    package var description: String { (host.utf8.contains(0x3A) ? "[\(host)]" : host) + ":\(port)" }

    private static func port(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        return value <= 65_535 ? value : nil
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 0x2D
            || byte == 0x2E
    }

    private static func isIPv6Character(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte) || byte == 0x3A
            || byte == 0x2E
    }
}

extension YAMLShape where Value == ListenAddress {
    static var listenAddress: YAMLShape {
        YAMLShape<String>.text.map { text, node, reader in
            if let address = ListenAddress(text) { return address }
            reader.error(
                ConfigurationCode.address.rawValue, "'\(text.prefix(80))' is no address to listen on",
                at: node.location,
                hint: "write host:port, such as 127.0.0.1:8480, 0.0.0.0:8443 or \"[::1]:8480\"")
            return nil
        }
    }
}
