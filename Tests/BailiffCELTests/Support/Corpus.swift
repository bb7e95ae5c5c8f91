import BailiffModel
import Foundation

/// The conformance files in the folder that `BAILIFF_CORPUS` names. Without it the tests over them are skipped.
enum Corpus {
    static let root = ProcessInfo.processInfo.environment["BAILIFF_CORPUS"]
    static var isAvailable: Bool { root != nil }

    static var conformanceFolder: String { "\(root ?? "")/cel/conformance" }

    /// The names of the conformance files.
    static var files: [String] {
        guard isAvailable else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: conformanceFolder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    static func tests(in file: String) throws -> [JSONValue] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(conformanceFolder)/\(file)"))
        var limits = JSONLimits.trusted
        limits.tolerated = [.nulCharacter]
        return try StrictJSON.parse([UInt8](data), limits: limits)["tests"]?.array ?? []
    }
}
