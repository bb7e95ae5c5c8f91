import BailiffModel
import Foundation

/// What a configuration may refer to beyond its own text: environment variables and files.
package struct ConfigurationSurroundings: Sendable {
    package var environment: [String: String]
    /// Relative paths are taken from here: the folder of the configuration file.
    package var folder: String
    /// Something stands for what cannot be had, so that the rest can be looked at; it is reported all the same.
    package var standsIn: Bool

    package init(environment: [String: String], folder: String, standsIn: Bool = false) {
        self.environment = environment
        self.folder = folder
        self.standsIn = standsIn
    }

    /// An absolute path stays as it is.
    package func path(_ text: String) -> String {
        if text.utf8.first == UInt8(ascii: "/") { return text }
        return folder.isEmpty || folder == "." ? text : folder + "/" + text
    }
}

/// A file that holds a secret.
enum SecretFile {
    enum Problem: Error, Equatable {
        case absent
        case unreadable
        /// The mode's lower nine bits.
        case exposed(mode: UInt16)
        case tooLong
    }

    static let lengthLimitInBytes = 64 * 1_024

    /// Reads a regular file that only its owner may read; the check and the reading are of the same open file.
    static func read(_ path: String, mayBeShared: Bool = false) throws(Problem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .absent : .unreadable }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .unreadable }
        if !mayBeShared, status.st_mode & 0o077 != 0 { throw .exposed(mode: UInt16(status.st_mode & 0o777)) }
        guard status.st_size <= lengthLimitInBytes else { throw .tooLong }
        var bytes = [UInt8](repeating: 0, count: lengthLimitInBytes + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable
            }
            if count == 0 { break }
            filled += count
        }
        guard filled <= lengthLimitInBytes else { throw .tooLong }
        return Array(bytes.prefix(filled))
    }
}
