import BailiffModel

/// The networks from which a feed may send: addresses and CIDR blocks of IPv4 and IPv6.
///
/// An address is what the connection has, or what a trusted proxy says; never a name.
package struct AddressList: Sendable, Hashable {
    private var networks: [Network]

    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var text: String

        package init(text: String) { self.text = text }

        package var description: String {
            "an address or a network is needed, as in 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"
        }
    }

    private struct Network: Hashable, Sendable {
        /// 16 bytes; IPv4 as `::ffff:a.b.c.d`.
        var bytes: [UInt8]
        var length: Int

        func contains(_ address: [UInt8]) -> Bool {
            let whole = length / 8
            guard bytes.prefix(whole).elementsEqual(address.prefix(whole)) else { return false }
            let rest = length % 8
            guard rest > 0 else { return true }
            return (bytes[whole] ^ address[whole]) >> UInt8(8 - rest) == 0
        }
    }

    /// - Throws: `Problem` with the first text that is neither an address nor a network. Bits behind the length of a
    ///   network must be zero: `10.1.2.3/8` is a slip of the pen.
    package init(_ texts: [String]) throws(Problem) {
        networks = []
        for text in texts {
            guard let network = AddressList.network(text) else { throw Problem(text: text) }
            networks.append(network)
        }
    }

    package var isEmpty: Bool { networks.isEmpty }

    /// Whether one of the networks is all of IPv4 or of IPv6.
    package var coversEverything: Bool {
        networks.contains { network in
            network.length == 0 || (network.length == 96 && network.bytes.prefix(12).elementsEqual(AddressList.mapped))
        }
    }

    /// Whether a text is a plain address.
    package static func isAddress(_ text: String) -> Bool { address(text) != nil }

    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Whether the address lies in one of the networks. False for everything that is no address, and where there are no
    /// networks.
    package func contains(_ address: String) -> Bool {
        guard let bytes = AddressList.address(address) else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    private static func network(_ text: String) -> Network? {
        let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let bytes = address(String(decoding: parts[0], as: UTF8.self)) else {
            return nil
        }
        let isFour = !parts[0].contains(0x3A)
        guard parts.count == 2 else { return Network(bytes: bytes, length: 128) }
        guard let length = number(parts[1], greatest: isFour ? 32 : 128) else { return nil }
        let network = Network(bytes: bytes, length: isFour ? length + 96 : length)
        for bit in network.length..<128 where bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1 { return nil }
        return network
    }

    /// 16 bytes; nil for anything but a plain address. A zone (`%eth0`) is none of the address's bytes and is refused.
    private static func address(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        guard text.utf8.contains(0x3A) else {
            return four(text.utf8[...]).map { mapped + $0 }
        }
        return six(text)
    }

    private static func four(_ text: Substring.UTF8View) -> [UInt8]? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let number = number(part, greatest: 255) else { return nil }
            bytes.append(UInt8(number))
        }
        return bytes
    }

    /// Digits without a leading zero: `010` is eight to some readers and ten to others.
    private static func number(_ text: Substring.UTF8View, greatest: Int) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy(\.isASCIIDigit), text.count == 1 || text.first != 0x30
        else {
            return nil
        }
        let value = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value <= greatest ? value : nil
    }

    private static func six(_ text: String) -> [UInt8]? {
        var head: [UInt8] = []
        var tail: [UInt8]?
        var groups = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        // A double colon makes one empty group, at an end of the text two.
        if groups.first?.isEmpty == true {
            guard groups.count >= 3, groups[1].isEmpty else { return nil }
            groups.removeFirst()
        }
        if groups.last?.isEmpty == true {
            guard groups.count >= 2, groups[groups.count - 2].isEmpty else { return nil }
            groups.removeLast()
        }
        for (index, group) in groups.enumerated() {
            if group.isEmpty {
                guard tail == nil else { return nil }
                tail = []
                continue
            }
            let bytes: [UInt8]
            if group.contains(0x2E) {
                guard index == groups.count - 1, let last = four(group) else { return nil }
                bytes = last
            } else {
                guard group.count <= 4, group.allSatisfy({ Hex.value(of: $0) != nil }),
                    let value = UInt16(String(decoding: group, as: UTF8.self), radix: 16)
                else { return nil }
                bytes = [UInt8(value >> 8), UInt8(value & 255)]
            }
            if tail == nil { head += bytes } else { tail = (tail ?? []) + bytes }
        }
        guard let tail else { return head.count == 16 ? head : nil }
        let gap = 16 - head.count - tail.count
        return gap >= 2 ? head + [UInt8](repeating: 0, count: gap) + tail : nil
    }
}
