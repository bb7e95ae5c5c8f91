import BailiffModel
import Crypto
import JWTKit

/// The app registrations of the tenant, and what their certificates are known by.
struct Directory: Sendable {
    struct Registration: Sendable {
        var application: EmulatorTenant.Application
        /// base64url of the SHA-256 of the certificate's DER, and of its SHA-1.
        var thumbprints: [String]
    }

    let tenantID: String
    let domain: String
    let applications: [EmulatorTenant.Application]
    private let registrations: [String: Registration]

    init(_ tenant: EmulatorTenant) throws(EmulatorError) {
        tenantID = Route.lowercased(tenant.id)
        domain = Route.lowercased(tenant.domain)
        applications = tenant.applications
        var registrations: [String: Registration] = [:]
        for application in tenant.applications {
            let id = Route.lowercased(application.clientID)
            guard registrations[id] == nil else {
                throw EmulatorError(.invalidTenant, "client id \(application.clientID) stands twice in the tenant")
            }
            registrations[id] = try Directory.registration(application)
        }
        self.registrations = registrations
    }

    func registration(_ clientID: String) -> Registration? { registrations[Route.lowercased(clientID)] }

    private static func registration(_ application: EmulatorTenant.Application) throws(EmulatorError) -> Registration {
        guard let pem = application.certificatePEM else {
            return Registration(application: application, thumbprints: [])
        }
        guard isCertificate(pem), let der = der(ofPEM: pem) else {
            throw EmulatorError(
                .invalidTenant,
                "the certificate of application \(application.name) is no PEM certificate with an RSA key")
        }
        return Registration(
            application: application,
            thumbprints: [
                Base64URL.encode(SHA256.hash(data: der)), Base64URL.encode(Crypto.Insecure.SHA1.hash(data: der)),
            ])
    }

    static func isCertificate(_ pem: String) -> Bool {
        der(ofPEM: pem) != nil && (try? JWTKit.Insecure.RSA.PublicKey(certificatePEM: pem)) != nil
    }

    /// The bytes of the first certificate in the text.
    static func der(ofPEM pem: String) -> [UInt8]? {
        var base64 = ""
        var isInside = false
        for line in pem.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            let text = String(decoding: line, as: UTF8.self)
            if text == "-----BEGIN CERTIFICATE-----" {
                isInside = true
            } else if text == "-----END CERTIFICATE-----" {
                return isInside ? Base64.decode(base64) : nil
            } else if isInside {
                base64 += text
            }
        }
        return nil
    }
}

/// base64url without padding, as JSON Web Tokens are written.
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        for byte in Base64.encode(Array(bytes)).utf8 where byte != 61 {
            out.append(byte == 43 ? 45 : byte == 47 ? 95 : byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes = text.utf8.map { $0 == 45 ? 43 : $0 == 95 ? 47 : $0 as UInt8 }
        while bytes.count % 4 != 0 { bytes.append(61) }
        return Base64.decode(utf8: bytes)
    }
}
