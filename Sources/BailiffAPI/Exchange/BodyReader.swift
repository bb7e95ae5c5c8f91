import BailiffDiagnostics
import BailiffModel
import HTTPTypes
import NIOCore

extension APIRequest {
    /// The body's bytes, at most `limit`.
    ///
    /// - Throws: `Problem` with `.tooLarge`, before anything is read where the length is announced; `.bodyCutOff`.
    func bytes(limit: Int) async throws(Problem) -> [UInt8] {
        let tooLarge = Problem(
            .tooLarge, "at most \(limit) bytes are taken here", members: ["limit": .int(Int64(limit))],
            headers: [.connection: "close"])
        var out: [UInt8] = []
        if let announced = try single(.contentLength) {
            guard let length = Int(announced), length >= 0 else {
                throw Problem(.bodyMalformed, "the announced length is no number")
            }
            guard length <= limit else { throw tooLarge }
            out.reserveCapacity(length)
        }
        while let part = try await part() {
            guard part.readableBytes <= limit - out.count else { throw tooLarge }
            out.append(contentsOf: part.readableBytesView)
        }
        return out
    }

    private func part() async throws(Problem) -> ByteBuffer? {
        do throws(IncomingBody.CutOff) {
            return try await body.next()
        } catch {
            throw Problem(.bodyCutOff, "the body ended before its announced length")
        }
    }

    /// A JSON object of this API's own, read strictly.
    func object(limit: Int = 64 * 1_024) async throws(Problem) -> BodyReader {
        let type = try single(.contentType) ?? ""
        guard MediaType(type)?.essence == "application/json" else {
            throw Problem(.mediaType, "this takes application/json", headers: [.init("Accept")!: "application/json"])
        }
        let bytes = try await bytes(limit: limit)
        do throws(JSONError) {
            guard case .object(let object) = try StrictJSON.parse(bytes) else {
                throw JSONError(.syntax, at: 0)
            }
            return BodyReader(object)
        } catch {
            throw Problem(
                .bodyMalformed, "the body is no JSON object: \(error)", members: ["offset": .int(Int64(error.offset))])
        }
    }
}

/// The value of a `Content-Type` header.
struct MediaType: Hashable {
    /// `application/json`: lower case, without parameters.
    let essence: String

    init?(_ text: String) {
        // Nearly always.
        if text == "application/json" {
            essence = text
            return
        }
        let bytes = text.utf8.prefix { $0 != UInt8(ascii: ";") }
            .map { (65...90).contains($0) ? $0 + 32 : $0 }
            .filter { $0 != 0x20 && $0 != 0x09 }
        guard bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).count == 2 else { return nil }
        essence = String(decoding: bytes, as: UTF8.self)
    }

    /// `application`
    var family: Substring { Substring(essence.utf8.prefix { $0 != UInt8(ascii: "/") }) }
}

/// The members of a JSON object while they are read: every member known, none of another type.
struct BodyReader {
    private let object: JSONObject
    private var asked: [String] = []

    init(_ object: JSONObject) { self.object = object }

    mutating func text(_ name: String, limitInBytes: Int = 2_000) throws(Problem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrongType(name, "text") }
        guard text.utf8.count <= limitInBytes else {
            throw Problem(.bodyMalformed, "'\(name)' has more than \(limitInBytes) bytes", members: pointer(name))
        }
        return text
    }

    mutating func requiredText(_ name: String, limitInBytes: Int = 2_000) throws(Problem) -> String {
        guard let text = try text(name, limitInBytes: limitInBytes), !text.isEmpty else { throw missing(name) }
        return text
    }

    mutating func flag(_ name: String) throws(Problem) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw wrongType(name, "true or false") }
        return flag
    }

    mutating func texts(_ name: String, limit: Int = 10_000) throws(Problem) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let elements = value.array else { throw wrongType(name, "a list of texts") }
        guard elements.count <= limit else {
            throw Problem(.bodyMalformed, "'\(name)' has more than \(limit) elements", members: pointer(name))
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw wrongType(name, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// A span of time: `30s`, `15m`, `72h`, `7d`; above zero, at most ten years.
    mutating func span(_ name: String) throws(Problem) -> Duration? {
        guard let text = try text(name, limitInBytes: 20) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.count <= 12,
            digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(digits),
            (1...3_650 * 86_400 / unit).contains(count)
        else {
            throw Problem(
                .bodyMalformed, "'\(name)' is a span such as 30s, 15m, 72h or 7d, at most ten years",
                members: pointer(name))
        }
        return .seconds(count * unit)
    }

    func missing(_ name: String) -> Problem {
        Problem(.bodyMalformed, "the member '\(name)' is missing or empty", members: pointer(name))
    }

    /// - Throws: `Problem` for a member nobody asked for.
    func finish() throws(Problem) {
        for member in object.members where !asked.contains(where: { $0.utf8.elementsEqual(member.key.utf8) }) {
            let guess = closestMatch(to: member.key, among: asked).map { "; did you mean '\($0)'?" } ?? ""
            throw Problem(
                .bodyMalformed, "unknown member '\(member.key.escapedForDisplay(limit: 40))'\(guess)",
                members: pointer(member.key))
        }
    }

    /// Null counts as absent.
    private mutating func value(_ name: String) -> JSONValue? {
        asked.append(name)
        return object[name]?.unlessNull
    }

    private func wrongType(_ name: String, _ expected: String) -> Problem {
        Problem(.bodyMalformed, "'\(name)' is \(expected)", members: pointer(name))
    }

    private func pointer(_ name: String) -> JSONObject { ["pointer": .string("/" + name)] }
}
