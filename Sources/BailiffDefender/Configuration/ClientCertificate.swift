package import BailiffModel
import JWTKit

/// Why a certificate and key can't be used.
package struct ClientCertificateError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case noCertificate, unreadableCertificate, noKey, encryptedKey, unsupportedKey, keyDoesNotMatch
    }

    package var code: Code

    package var description: String {
        switch code {
        case .noCertificate: "the file holds no PEM certificate"
        case .unreadableCertificate: "the PEM certificate cannot be read"
        case .noKey: "the file holds no PEM private key"
        case .encryptedKey: "the private key is encrypted; give it unencrypted in a file only the service can read"
        case .unsupportedKey: "the private key is not an RSA key of at least 2048 bits"
        case .keyDoesNotMatch: "the private key does not belong to the certificate"
        }
    }
}

/// A certificate registered with an app registration, and its RSA key.
package struct ClientCertificate: Sendable, Hashable {
    /// SHA-256 of the certificate's DER encoding: `x5t#S256` of the assertions.
    package let thumbprint: Digest
    package let notBefore: Timestamp
    package let notAfter: Timestamp
    private let keyPEM: Secret

    /// - Parameters:
    ///   - certificate: PEM; the first certificate counts, so a chain may follow.
    ///   - key: PEM, PKCS #8 or PKCS #1, unencrypted; may be the same bytes as `certificate`.
    package init(certificate: [UInt8], key: Secret) throws(ClientCertificateError) {
        guard let (der, pem) = PEMBlock.first("CERTIFICATE", in: certificate) else {
            throw ClientCertificateError(code: .noCertificate)
        }
        guard let validity = CertificateValidity(der: der) else {
            throw ClientCertificateError(code: .unreadableCertificate)
        }
        let bytes = key.revealedBytes
        guard
            let (_, keyText) = PEMBlock.first("PRIVATE KEY", in: bytes) ?? PEMBlock.first("RSA PRIVATE KEY", in: bytes)
        else {
            let isEncrypted = PEMBlock.first("ENCRYPTED PRIVATE KEY", in: bytes) != nil
            let isOther = PEMBlock.first("EC PRIVATE KEY", in: bytes) != nil
            throw ClientCertificateError(code: isEncrypted ? .encryptedKey : isOther ? .unsupportedKey : .noKey)
        }
        let publicKey: Insecure.RSA.PublicKey
        let privateKey: Insecure.RSA.PrivateKey
        do { privateKey = try Insecure.RSA.PrivateKey(pem: keyText) } catch {
            throw ClientCertificateError(code: .unsupportedKey)
        }
        do { publicKey = try Insecure.RSA.PublicKey(certificatePEM: pem) } catch {
            throw ClientCertificateError(code: .unreadableCertificate)
        }
        guard privateKey.publicKey == publicKey else { throw ClientCertificateError(code: .keyDoesNotMatch) }
        thumbprint = Digest.of(der)
        notBefore = validity.notBefore
        notAfter = validity.notAfter
        keyPEM = Secret(keyText)
    }

    /// The key, for signing.
    func privateKey() throws -> Insecure.RSA.PrivateKey { try Insecure.RSA.PrivateKey(pem: keyPEM.revealedText) }
}

/// One block of PEM text.
enum PEMBlock {
    /// The first block with this label: its decoded bytes and its text, markers included.
    static func first(_ label: String, in bytes: [UInt8]) -> (der: [UInt8], text: String)? {
        let lines = String(decoding: bytes, as: UTF8.self).utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
            .map { trimmed($0) }
        let begin = Array("-----BEGIN \(label)-----".utf8)
        let end = Array("-----END \(label)-----".utf8)
        guard let start = lines.firstIndex(of: begin),
            let stop = lines[start...].firstIndex(of: end)
        else { return nil }
        let body = lines[(start + 1)..<stop].joined()
        guard let der = Base64.decode(String(decoding: Array(body), as: UTF8.self)) else { return nil }
        let text = ([begin] + lines[(start + 1)..<stop] + [end]).map { String(decoding: $0, as: UTF8.self) }
        return (der, text.joined(separator: "\n") + "\n")
    }

    private static func trimmed(_ line: Substring.UTF8View) -> [UInt8] {
        var line = Array(line)
        while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
        return line
    }
}
