import Foundation

/// A place for a Unix socket that nobody else can open, at no moment.
///
/// The socket is made in a new folder that only this user can enter, gets its mode there, and is then moved to its name. What
/// stood there before is replaced only if it was a socket; who holds the database's lock owns that name.
package struct SocketPlace: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let path: String
    let temporaryPath: String
    private let folder: String

    /// Bytes of a path for which the temporary name fits the system's address structure, too.
    static let greatestPathLength = 85

    init(path: String) throws {
        guard path.utf8.count <= Self.greatestPathLength else {
            throw Failure(description: "the path of a socket has at most \(Self.greatestPathLength) bytes")
        }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw Failure(description: "there is something that is no socket at the socket's path")
        }
        self.path = path
        let parent = (path as NSString).deletingLastPathComponent
        var template = Array(((parent.isEmpty ? "." : parent) + "/.bailiff-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(description: "the socket's folder cannot be written: \(String(cString: strerror(errno)))")
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        temporaryPath = folder + "/s"
    }

    /// Gives the socket its mode and its name.
    func publish() throws {
        guard chmod(temporaryPath, 0o600) == 0, rename(temporaryPath, path) == 0 else {
            throw Failure(description: String(cString: strerror(errno)))
        }
        rmdir(folder)
    }

    /// Takes away what is left, wherever it got to.
    func remove() {
        unlink(temporaryPath)
        rmdir(folder)
        unlink(path)
    }
}
