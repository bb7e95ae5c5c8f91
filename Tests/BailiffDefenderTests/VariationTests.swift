import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

/// Sample bodies as they might as well have come: with properties missing, null, of another type, with words nobody has
/// heard of.
@Suite(.enabled(if: Corpus.isAvailable, "set BAILIFF_CORPUS to a folder with defender-api/examples"))
struct VariationTests {
    /// Changes a property's value; nil leaves the property out.
    enum Variation: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case missing, null, text, digits, unheardOf, empty, object, extra
        var testDescription: String { rawValue }

        /// Whether what is read must stay the same.
        var keepsMeaning: Bool { self == .text || self == .digits || self == .extra }

        func change(_ value: JSONValue) -> JSONValue? {
            switch (self, value) {
            case (.missing, _): nil
            case (.null, _): .null
            case (.text, .int(let number)): .string(String(number))
            case (.text, .bool(let flag)): .string(flag ? "True" : "False")
            case (.digits, .string(let text)): .string(Self.sevenDigits(text))
            case (.unheardOf, .string): "Unforeseen"
            case (.empty, .string): ""
            case (.empty, .array): []
            case (.object, _): ["of": "another type"]
            default: value
            }
        }

        /// A time with all seven digits of a fraction; other text as it is.
        private static func sevenDigits(_ text: String) -> String {
            guard Timestamp(rfc3339: text) != nil, text.hasSuffix("Z") else { return text }
            let whole = String(text.dropLast())
            let count = whole.contains(".") ? whole.split(separator: ".").last?.count ?? 0 : 0
            let zeros = String(repeating: "0", count: max(0, 7 - count))
            return (count == 0 ? whole + "." : whole) + zeros + "Z"
        }
    }

    /// - Parameter keys: Properties without which an entity cannot be.
    private func varied(_ entity: JSONValue, _ variation: Variation, _ property: String) -> JSONValue {
        guard var object = entity.object else { return entity }
        if variation == .extra {
            object["futureProperty"] = ["kind": "unheard-of"]
        } else if let value = object[property] {
            object[property] = variation.change(value)
        }
        return .object(object)
    }

    /// Reads each entity of a body with one property after the other changed.
    private func check<Entity: Equatable>(
        _ name: String, keeping keys: Set<String>, _ variation: Variation, read: (JSONValue) -> Entity?
    ) throws {
        let body = try Corpus.example(name)
        let entities = body["value"]?.array ?? [body]
        try #require(entities.first?.object != nil, "\(name)")
        for entity in entities {
            let original = try #require(read(entity), "\(name)")
            for property in (entity.object?.keys ?? []) where !keys.contains(property) {
                let other = try #require(read(varied(entity, variation, property)), "\(name): \(property)")
                if variation.keepsMeaning { #expect(other == original, "\(name): \(property)") }
            }
        }
    }

    @Test(arguments: Variation.allCases)
    func entities(_ variation: Variation) throws {
        for name in ["machines-list.response", "files-machines.response", "machines-get.response"] {
            try check(name, keeping: ["id"], variation) { Machine(defender: $0) }
        }
        for name in [
            "machineactions-list.response", "machineactions-get.response", "machines-isolate.response",
            "machineactions-get.quarantine-timeout", "machines-runliveresponse.response",
        ] {
            try check(name, keeping: ["id"], variation) { MachineAction($0) }
        }
        for name in ["investigations-list.response", "machines-startInvestigation.response"] {
            try check(name, keeping: ["id"], variation) { Investigation($0) }
        }
        for name in ["alerts-list.response", "files-alerts.response", "alerts-get.response"] {
            try check(name, keeping: ["id"], variation) { DefenderAlert($0) }
        }
        try check("indicators-list.response", keeping: ["id", "indicatorValue"], variation) { StoredIndicator($0) }
        try check("indicators-import.response", keeping: ["indicator"], variation) { IndicatorImportResult($0) }
        try check("files-get.response", keeping: [], variation) { DefenderFile($0) }
        try check("files-stats.response", keeping: [], variation) { DefenderFileStatistics($0) }
    }

    /// An action is never derived from a guess: what became unreadable is neither an end nor a success.
    @Test(arguments: [Variation.missing, .null, .unheardOf, .empty, .object])
    func anUnreadableStatusIsNoEnd(_ variation: Variation) throws {
        let succeeded = try Corpus.example("machineactions-get.response")
        let action = try #require(MachineAction(varied(succeeded, variation, "status")))
        #expect(!action.status.isFinal)
        #expect(action.status != .succeeded)
        let kind = try #require(MachineAction(varied(succeeded, variation, "type"))).type
        if case .other = kind {} else { Issue.record("\(kind)") }
        let machine = try #require(
            Machine(defender: varied(try Corpus.example("machines-get.response"), variation, "onboardingStatus")))
        #expect(!machine.onboarded)
    }

    /// The three services name the members of their answers in different cases, and one sample mixes them.
    @Test(arguments: [("schema", "results"), ("Schema", "Results"), ("Schema", "results"), ("", "RESULTS")])
    func huntingEnvelopes(_ row: (schema: String, results: String)) async throws {
        let sha1 = try #require(Fixture.sha1)
        for name in ["hunting-row.DeviceFileEvents", "hunting-row.DeviceImageLoadEvents"] {
            let example = try #require(try Corpus.example(name).object)
            for lowers in [false, true] {
                let members = example.members.map { JSONObject.Member(lowers ? $0.key.lowercased() : $0.key, $0.value) }
                var body: JSONObject = ["@odata.context": "x"]
                if !row.schema.isEmpty { body[row.schema] = [["Name": "Timestamp", "Type": "DateTime"]] }
                body[row.results] = [.object(JSONObject(members))]
                let fixture = try Fixture(ScriptedTransport([.json(200, .object(body))]))
                let list = try await fixture.client.huntSightings(of: [sha1])
                let found = try #require(list.first, "\(name)")
                #expect(found.machine.text == example["DeviceId"]?.string)
                #expect(found.hashes.md5?.hex == example["MD5"]?.string)
            }
        }
    }
}
