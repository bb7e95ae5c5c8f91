import BailiffIntake
import BailiffModel
import NIOCore
import NIOSSL

extension ClientIdentity {
    /// Of the client certificate of a connection, which the handshake verified. Nil where there is none, or no encryption.
    init?(of channel: any Channel) async {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get(),
            let bytes = try? certificate.toDERBytes()
        else { return nil }
        self.init(fingerprint: Digest.of(bytes), names: ClientIdentity.names(in: certificate))
    }

    /// DNS names and URIs that are ASCII; others name nobody.
    private static func names(in certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            guard name.nameType == .dnsName || name.nameType == .uri else { return nil }
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            return bytes.allSatisfy { (0x21...0x7E).contains($0) } ? String(decoding: bytes, as: UTF8.self) : nil
        }
    }
}
