package import BailiffModel
import Foundation
import NIOSSL

/// Where the listeners' certificate and key are: PEM files.
package struct TLSFiles: Sendable, Hashable {
    package var certificate: String
    package var key: String
    /// The authorities whose client certificates are taken. Nil: none is asked for. A connection without one goes on; what
    /// needs one looks for it.
    package var clientAuthority: String?

    package init(certificate: String, key: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
    }
}

/// Why a certificate and key can't be used.
package struct TLSFilesError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: String, Sendable {
        case noCertificate, unreadableCertificate, noKey, keyExposed, unreadableKey, keyDoesNotMatch
        case unreadableAuthority
    }

    package var problem: Problem

    package init(problem: Problem) { self.problem = problem }

    package var isAboutAuthority: Bool { problem == .unreadableAuthority }

    package var isAboutKey: Bool {
        switch problem {
        case .noCertificate, .unreadableCertificate, .unreadableAuthority: false
        case .noKey, .keyExposed, .unreadableKey, .keyDoesNotMatch: true
        }
    }

    package var description: String {
        switch problem {
        case .noCertificate: "the certificate's file cannot be read"
        case .unreadableCertificate: "the file holds no PEM certificates"
        case .noKey: "the key's file cannot be read"
        case .keyExposed: "the key's file can be read by others"
        case .unreadableKey: "the file holds no unencrypted PEM private key"
        case .keyDoesNotMatch: "the private key does not belong to the certificate"
        case .unreadableAuthority: "the file of client authorities holds no PEM certificates"
        }
    }
}

/// A certificate chain and its key, ready for connections.
package struct TLSMaterial: Sendable {
    let context: NIOSSLContext
    /// Changes when the files' contents do.
    let digest: Digest
    /// When the first certificate of the chain ends.
    package let expires: Timestamp

    package init(_ files: TLSFiles) throws(TLSFilesError) {
        guard let chainBytes = FileManager.default.contents(atPath: files.certificate) else {
            throw TLSFilesError(problem: .noCertificate)
        }
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(Array(chainBytes)), let leaf = chain.first else {
            throw TLSFilesError(problem: .unreadableCertificate)
        }
        expires = Timestamp(seconds: Int64(leaf.notValidAfter))
        guard let keyBytes = FileManager.default.contents(atPath: files.key) else {
            throw TLSFilesError(problem: .noKey)
        }
        let mode = (try? FileManager.default.attributesOfItem(atPath: files.key))?[.posixPermissions] as? NSNumber
        guard let mode, mode.intValue & 0o077 == 0 else { throw TLSFilesError(problem: .keyExposed) }
        guard let key = try? NIOSSLPrivateKey(bytes: Array(keyBytes), format: .pem) else {
            throw TLSFilesError(problem: .unreadableKey)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        var authorityBytes: [UInt8] = []
        if let file = files.clientAuthority {
            authorityBytes = FileManager.default.contents(atPath: file).map(Array.init) ?? []
            configuration.trustRoots = .certificates(try TLSMaterial.authorities(authorityBytes))
            configuration.certificateVerification = .optionalVerification
        }
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw TLSFilesError(problem: .keyDoesNotMatch)
        }
        self.context = context
        digest = Digest.of(Array(chainBytes) + [0] + Array(keyBytes) + [0] + authorityBytes)
    }

    private static func authorities(_ pem: [UInt8]) throws(TLSFilesError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty else {
            throw TLSFilesError(problem: .unreadableAuthority)
        }
        return certificates
    }
}
