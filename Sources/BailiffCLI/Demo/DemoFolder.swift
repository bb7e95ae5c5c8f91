import Foundation

/// The temporary folder in which a demo lives.
struct DemoFolder: Sendable {
    let path: String

    /// Longer paths leave no room for the socket's name.
    private static let greatestLength = 60

    init() throws(CommandFailure) {
        let wished = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        let parent = wished.isEmpty || wished.utf8.count > Self.greatestLength ? "/tmp" : wished
        var template = Array("\(parent)/bailiff-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure("no folder can be made in \(parent): \(String(cString: strerror(errno)).lowercased())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes folders on the way. Only this user can read what is written.
    func write(_ name: String, _ text: String) throws(CommandFailure) {
        let file = path(name)
        do {
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure("\(file) cannot be made")
        }
        try NewSecretFile(file).write(text)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
