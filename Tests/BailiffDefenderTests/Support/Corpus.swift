import BailiffModel
import Foundation

/// Public sample bodies, kept outside the repository.
enum Corpus {
    static var folder: String? { ProcessInfo.processInfo.environment["BAILIFF_CORPUS"] }

    static var isAvailable: Bool {
        guard let folder else { return false }
        return FileManager.default.fileExists(atPath: "\(folder)/defender-api/examples")
    }

    /// The bodies of the Defender API by file name.
    static func examples() throws -> [(name: String, bytes: [UInt8])] {
        guard let folder else { return [] }
        let path = "\(folder)/defender-api/examples"
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { $0.hasSuffix(".json") }.map {
            ($0, Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)"))))
        }
    }

    static func example(_ name: String) throws -> JSONValue {
        guard let body = try examples().first(where: { $0.name == name + ".json" }) else { return .null }
        return try StrictJSON.parse(body.bytes, limits: .service)
    }
}
