import BailiffModel
import Foundation

/// The public audit vectors in the folder that `BAILIFF_CORPUS` names. Without it the tests over them are skipped.
enum Corpus {
    static let root = ProcessInfo.processInfo.environment["BAILIFF_CORPUS"]
    static var isAvailable: Bool { root != nil }

    static func load(_ name: String) throws -> JSONValue {
        let url = URL(fileURLWithPath: root ?? "").appendingPathComponent("audit/vectors/\(name)")
        return try StrictJSON.parse(Array(try Data(contentsOf: url)), limits: .trusted)
    }
}

struct MissingMember: Error {
    var name: String
}

extension JSONValue {
    func list(_ key: String) throws -> [JSONValue] {
        guard let list = self[key]?.array else { throw MissingMember(name: key) }
        return list
    }

    func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else { throw MissingMember(name: key) }
        return text
    }

    func integer(_ key: String) throws -> Int64 {
        guard let number = self[key]?.int else { throw MissingMember(name: key) }
        return number
    }

    /// A size or index of a vector; one beyond 63 bits, of which there can be no entry, comes out as -1.
    func position(_ key: String) throws -> Int64 {
        guard let number = self[key]?.double else { throw MissingMember(name: key) }
        return self[key]?.int ?? (number > 0 ? -1 : Int64.min)
    }

    /// Nil when a proof element is not a hash at all.
    func proof(_ key: String) throws -> [Digest]? {
        guard let elements = self[key]?.array else { return [] }
        let hashes = elements.map { $0.string.flatMap { Base64.decode($0) }.flatMap { Digest(bytes: $0) } }
        return hashes.contains(nil) ? nil : hashes.compactMap { $0 }
    }

    func base64Digest(_ key: String) throws -> Digest? {
        Base64.decode(try text(key)).flatMap { Digest(bytes: $0) }
    }

    /// A root of a vector. Some are no hashes but arbitrary words that matter only as equal or not: each such word stands for
    /// itself as its digest.
    func opaqueRoot(_ key: String) throws -> Digest? {
        Base64.decode(try text(key)).map { Digest(bytes: $0) ?? Digest.of($0) }
    }
}
