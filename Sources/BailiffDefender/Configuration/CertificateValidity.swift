import BailiffModel

/// From when until when a certificate is valid, read from its DER encoding.
///
/// Only as much of X.509 (RFC 5280 §4.1) as lies in front of the two times; signatures are not looked at, since it is our
/// own certificate.
struct CertificateValidity: Hashable {
    var notBefore: Timestamp
    var notAfter: Timestamp

    init?(der: [UInt8]) {
        var outer = DERReader(der[...])
        guard let certificate = outer.next(0x30) else { return nil }
        var parts = DERReader(certificate)
        guard let body = parts.next(0x30) else { return nil }
        var fields = DERReader(body)
        _ = fields.next(0xA0)  // the version, absent in version 1
        guard fields.next(0x02) != nil, fields.next(0x30) != nil, fields.next(0x30) != nil,
            let validity = fields.next(0x30)
        else { return nil }
        var times = DERReader(validity)
        guard let from = times.time(), let until = times.time() else { return nil }
        notBefore = from
        notAfter = until
    }
}

/// Walks over DER values of one level.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The content of the next value if it has this tag; else nothing moves.
    mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag, let first = rest.dropFirst().first else { return nil }
        var header = 2
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), rest.count >= 2 + count else { return nil }
            length = rest.dropFirst(2).prefix(count).reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        guard rest.count - header >= length else { return nil }
        let content = rest.dropFirst(header).prefix(length)
        rest = rest.dropFirst(header + length)
        return content
    }

    /// `YYMMDDHHMMSSZ` (years 1950 to 2049) or `YYYYMMDDHHMMSSZ`.
    mutating func time() -> Timestamp? {
        let digits: String
        if let short = next(0x17), short.count == 13 {
            let text = String(decoding: short, as: UTF8.self)
            digits = (text < "50" ? "20" : "19") + text
        } else if let long = next(0x18), long.count == 15 {
            digits = String(decoding: long, as: UTF8.self)
        } else {
            return nil
        }
        let b = Array(digits.utf8)
        guard b.count == 15, b[14] == 0x5A else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: b[range], as: UTF8.self) }
        return Timestamp(
            rfc3339: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
    }
}
