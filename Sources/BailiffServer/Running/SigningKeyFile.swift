import BailiffAudit
import BailiffModel
import Foundation
import Logging

/// The log's signing key as the configuration gives it; made at the first start.
struct SigningKeyFile {
    let configuration: ServerConfiguration.Audit
    let surroundings: Surroundings
    let logger: Logger

    /// - Throws: `StartProblem` where the key cannot be read or belongs to a log of another name: a log that changed its name
    ///   would no longer verify.
    func key() throws(StartProblem) -> SigningKey {
        let text: Secret
        switch configuration.key {
        case .given(let secret): text = secret
        case .file(let path):
            guard let bytes = try existing(path) else { return try make(path) }
            text = Secret(bytes: bytes)
        }
        let key: SigningKey
        do throws(AuditError) { key = try SigningKey(file: text) } catch {
            throw StartProblem(.signingKey, "the log's key: \(error)")
        }
        guard key.name.utf8.elementsEqual(configuration.origin.utf8) else {
            throw StartProblem(
                .signingKey,
                "the log's key is that of '\(key.name.escapedForMessage)', but audit.origin is '\(configuration.origin)'"
            )
        }
        return key
    }

    /// Nil where there is no file.
    private func existing(_ path: String) throws(StartProblem) -> [UInt8]? {
        do throws(SecretFile.Problem) {
            return try SecretFile.read(path)
        } catch {
            switch error {
            case .absent: return nil
            case .exposed: throw StartProblem(.signingKey, "the log's key can be read by others: chmod 600 \(path)")
            case .unreadable, .tooLong: throw StartProblem(.signingKey, "the log's key \(path) cannot be read")
            }
        }
    }

    /// Makes the file under another name first, so that it is there whole or not at all, and never replaces one.
    private func make(_ path: String) throws(StartProblem) -> SigningKey {
        let key: SigningKey
        do throws(AuditError) {
            key = try SigningKey.generate(origin: configuration.origin, randomBytes: surroundings.randomBytes)
        } catch {
            throw StartProblem(.signingKey, "the log's key: \(error)")
        }
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        let bytes = key.text.revealedBytes + [0x0A]
        let isWritten = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
        let isSafe = fsync(descriptor) == 0
        close(descriptor)
        defer { unlink(temporary) }
        guard isWritten, isSafe, link(temporary, path) == 0 else { throw unwritable(path) }
        logger.notice(
            "made a key for the audit log; keep a copy in a safe place, and give the public key to your auditors",
            metadata: ["file": "\(path)", "key": "\(key.verifierKey.text)"])
        return key
    }

    private func unwritable(_ path: String) -> StartProblem {
        StartProblem(.signingKey, "the log's key \(path) cannot be made: \(String(cString: strerror(errno)))")
    }
}

extension String {
    /// Visible ASCII alone.
    fileprivate var escapedForMessage: String {
        String(decoding: utf8.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }
}
