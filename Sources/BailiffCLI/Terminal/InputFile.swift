import Foundation

/// Files a command is given.
enum InputFile {
    static let bodyLimitInBytes = 256 << 20

    /// The whole file; `-` is standard input.
    static func read(_ path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        let isStandardInput = path == "-"
        let descriptor = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if !isStandardInput { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw CommandFailure("\(shownName(path)) is longer than \(limit) bytes")
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    static func shownName(_ path: String) -> String { path == "-" ? "standard input" : path }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(shownName(path)) cannot be read: \(String(cString: strerror(errno)).lowercased())")
    }
}
