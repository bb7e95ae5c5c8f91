import BailiffModel
import Foundation
import Testing

/// Public recordings, kept outside the repository: the folder that the environment variable `BAILIFF_CORPUS` names.
enum Corpus {
    static let folder = ProcessInfo.processInfo.environment["BAILIFF_CORPUS"]
    static var isAvailable: Bool { folder != nil }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: (folder ?? "") + "/" + path)))
    }

    static func json(_ path: String) throws -> JSONValue { try StrictJSON.parse(try bytes(path), limits: .trusted) }

    struct Sample: CustomTestStringConvertible, Sendable {
        var file: String
        var expected: [JSONValue]
        var testDescription: String { file }

        var bytes: [UInt8] { get throws { try Corpus.bytes("feeds/samples/" + file) } }
    }

    /// The samples with what is expected of them; none where there is no corpus.
    static let samples: [Sample] = {
        guard isAvailable, let index = try? json("feeds/samples/expected.json") else { return [] }
        return (index["samples"]?.array ?? []).compactMap { entry in
            guard let file = entry["file"]?.string, let expected = entry["expected"]?.array else { return nil }
            return Sample(file: file, expected: expected)
        }
    }()
}
