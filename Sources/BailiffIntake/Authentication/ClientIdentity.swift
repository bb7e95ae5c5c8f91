package import BailiffModel

/// Who the other end of a TLS connection is, after the server verified its certificate against the configured authority.
package struct ClientIdentity: Sendable, Hashable {
    /// SHA-256 of the certificate's DER bytes.
    package var fingerprint: Digest
    /// DNS names and URIs of the certificate's subject alternative name. The common name is none of them: it is free text.
    package var names: [String]

    package init(fingerprint: Digest, names: [String] = []) {
        self.fingerprint = fingerprint
        self.names = names
    }
}

/// Which client certificates a feed takes. A list without entries takes nobody.
package struct ClientIdentityList: Sendable, Hashable {
    private var fingerprints: Set<Digest>
    private var names: Set<[UInt8]>

    /// - Parameters:
    ///   - fingerprints: Of certificates, any number at once: that is how one is replaced without an interruption.
    ///   - names: Whole names; ASCII letters in either case. There are no wildcards.
    package init(fingerprints: [Digest] = [], names: [String] = []) {
        self.fingerprints = Set(fingerprints)
        self.names = Set(names.map(Self.folded))
    }

    package var isEmpty: Bool { fingerprints.isEmpty && names.isEmpty }

    /// Nil is a connection without a client certificate.
    package func allows(_ identity: ClientIdentity?) -> Bool {
        guard let identity else { return false }
        return fingerprints.contains(identity.fingerprint)
            || identity.names.contains { names.contains(Self.folded($0)) }
    }

    /// `AB:CD:…` or `abcd…`: 32 bytes as tools print them. Nil for anything else.
    package static func fingerprint(_ text: String) -> Digest? {
        let bytes = text.utf8
        guard bytes.count == 64 || bytes.count == 95 else { return nil }
        if bytes.count == 64 { return Digest(hex: text) }
        let pairs = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard pairs.count == 32, pairs.allSatisfy({ $0.count == 2 }) else { return nil }
        return Digest(hex: String(decoding: pairs.joined(), as: UTF8.self))
    }

    private static func folded(_ name: String) -> [UInt8] { name.utf8.map(\.asciiLowercased) }
}
