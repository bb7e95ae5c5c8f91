#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files below one directory, read and written through plain system calls.
///
/// Nothing below the directory is followed out of it: symbolic links, devices and pipes are not files here. All calls block.
struct LogFolder: Sendable {
    let directory: String

    enum Failure: Error, Hashable, Sendable {
        case missing
        /// A link, a device, a directory in the place of a file.
        case notAFile
        case tooLong(limit: Int)
        case system(String)

        var reason: String {
            switch self {
            case .missing: "it is missing"
            case .notAFile: "it is not a plain file"
            case .tooLong(let limit): "it is longer than \(limit) bytes"
            case .system(let text): text
            }
        }
    }

    enum Kind: Sendable {
        case file, directory, other
    }

    private func path(_ name: String) -> String { name.isEmpty ? directory : "\(directory)/\(name)" }

    private static func failure() -> Failure {
        let number = errno
        return number == ENOENT || number == ENOTDIR ? .missing : .system(String(cString: strerror(number)))
    }

    // MARK: Reading

    /// Nil when nothing of this name exists.
    func kind(of name: String) -> Kind? {
        var status = stat()
        guard lstat(path(name), &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// The whole file.
    func read(_ name: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ELOOP ? .notAFile : LogFolder.failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw LogFolder.failure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= limit else { throw .tooLong(limit: limit) }
        return try LogFolder.readAll(descriptor, expected: Int(status.st_size), limit: limit)
    }

    private static func readAll(_ descriptor: Int32, expected: Int, limit: Int) throws(Failure) -> [UInt8] {
        var problem: Failure?
        var bytes = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
            while count < expected {
                let part = Glue.read(
                    descriptor, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                )
                if part < 0 { problem = failure() }
                if part <= 0 { break }
                count += part
            }
        }
        if let problem { throw problem }
        // A file that grew meanwhile is read on, up to the limit.
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let part = chunk.withUnsafeMutableBytes { Glue.read(descriptor, $0) }
            if part < 0 { throw failure() }
            if part == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<part])
            if bytes.count > limit { throw .tooLong(limit: limit) }
        }
    }

    /// The names in a directory, sorted by bytes, without `.` and `..`. Invalid UTF-8 comes out repaired.
    func list(_ name: String) throws(Failure) -> [String] {
        let descriptor = open(path(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (name.isEmpty ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { throw LogFolder.failure() }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw LogFolder.failure()
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let text = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if text != "." && text != ".." { names.append(text) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Writing

    /// Makes the directory and those above it; fine if it is there.
    func create(_ name: String) throws(Failure) {
        let whole = Array(path(name).utf8)
        for end in whole.indices.dropFirst() where whole[end] == 0x2F && whole[end - 1] != 0x2F {
            try LogFolder.makeDirectory(String(decoding: whole[..<end], as: UTF8.self))
        }
        try LogFolder.makeDirectory(path(name))
    }

    private static func makeDirectory(_ path: String) throws(Failure) {
        if mkdir(path, 0o777) != 0 && errno != EEXIST && errno != EISDIR { throw failure() }
    }

    /// Writes a file under another name first and renames it, so that readers see the old file or the new one, whole.
    ///
    /// - Parameter isDurable: Whether to wait until the file's bytes are on the disk.
    func write(_ name: String, _ bytes: [UInt8], temporary: String, isDurable: Bool) throws(Failure) {
        _ = unlink(path(temporary))
        let descriptor = open(path(temporary), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw LogFolder.failure() }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let part = bytes[written...].withUnsafeBytes { Glue.write(descriptor, $0) }
            guard part > 0 else { throw LogFolder.failure() }
            written += part
        }
        if isDurable, fsync(descriptor) != 0 { throw LogFolder.failure() }
        guard rename(path(temporary), path(name)) == 0 else { throw LogFolder.failure() }
    }

    /// Removes a file; fine if it is not there.
    func removeFile(_ name: String) { _ = unlink(path(name)) }

    /// Removes an empty directory; a filled one stays.
    func removeDirectory(_ name: String) { _ = rmdir(path(name)) }

    /// Holds a lock on the directory until the returned value goes; nil when another process holds it.
    func lock() throws(Failure) -> Lock? {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LogFolder.failure() }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return Lock(descriptor: descriptor)
    }

    final class Lock: Sendable {
        private let descriptor: Int32
        init(descriptor: Int32) { self.descriptor = descriptor }
        deinit {
            // A child process of this moment may hold the descriptor, too, until it is another program.
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
    }
}

/// The system calls whose names the methods above shadow; interrupted ones are repeated.
private enum Glue {
    static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }

    static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.write(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
