import BailiffIntake
import BailiffModel
import Testing

struct FeedMappingTests {
    static let base: JSONValue = [
        "bailiff": "feed-mapping/v1", "name": "acme-sandbox",
        "fields": [
            "verdict": "/analysis/verdict", "score": "/analysis/score", "category": "/analysis/labels",
            "sha256": "/file/0/sha256",
            "file_name": "/file/0/a~1b~0c", "threat": "/analysis/threat", "analysed_at": "/when", "id": "/id",
        ],
        "words": ["malicious": ["bad", "known bad"], "suspicious": "odd", "benign": ["fine"], "unknown": ["pending"]],
        "categories": ["ransomware": ["locker"], "pua": ["adware"]],
        "scale": ["harmless": 10, "worst": 0],
    ]

    static let sha256 = String(repeating: "4c", count: 32)

    static func record(_ word: String, score: JSONValue = 1) -> JSONValue {
        [
            "id": 7, "when": 1_772_359_200,
            "analysis": ["verdict": .string(word), "score": score, "labels": ["x", "LOCKER"], "threat": "T"],
            "file": [["sha256": .string(sha256.uppercased()), "a/b~c": "n.exe"]],
        ]
    }

    static func changed(_ change: (inout JSONObject) -> Void) -> JSONValue {
        guard case .object(var object) = base else { return .null }
        change(&object)
        return .object(object)
    }

    static let words: [(String, VerdictLevel, Int)] = [
        ("bad", .malicious, 90), ("KNOWN BAD", .malicious, 90), ("odd", .suspicious, 84), ("fine", .benign, 19),
        ("pending", .unknown, 0), ("worse", .unknown, 0), ("bad ", .malicious, 90), ("bádd", .unknown, 0),
    ]

    @Test(arguments: words)
    func reads(_ word: String, _ level: VerdictLevel, _ score: Int) throws {
        let mapping = try FeedMapping(Self.base)
        let body = try Intake.normalise(IntakeBody(bytes: Self.record(word).utf8()), mapping: mapping)
        let verdict = try #require(body.records.first?.verdict)
        #expect(verdict.level == level)
        #expect(verdict.score.value == score)
        #expect(verdict.category == (level > .benign ? .ransomware : .unknown))
        #expect(verdict.hashes.sha256?.hex == Self.sha256)
        #expect(verdict.fileName == "n.exe")
        #expect(verdict.threat == "T")
        #expect(verdict.product == "acme-sandbox")
        #expect(verdict.analysedAt?.rfc3339 == "2026-03-01T10:00:00Z")
        #expect(verdict.eventID == "acme-sandbox:id:7:\(level.rawValue)")
    }

    @Test func listsAndLines() throws {
        let mapping = try FeedMapping(Self.changed { $0["records"] = "/results" })
        let body: JSONValue = ["results": [Self.record("bad"), Self.record("fine")]]
        let levels = try Intake.normalise(IntakeBody(bytes: body.utf8()), mapping: mapping).records.map {
            $0.verdict?.level
        }
        #expect(levels == [.malicious, .benign])
        let wrong = try Intake.normalise(IntakeBody(bytes: Self.record("bad").utf8()), mapping: mapping)
        #expect(wrong.records.first?.error?.code == "record.not_recognised")
        let lines = Self.record("bad").utf8() + [0x0A] + Self.record("odd").utf8()
        let plain = try Intake.normalise(IntakeBody(bytes: lines), mapping: try FeedMapping(Self.base))
        #expect(plain.records.map { $0.verdict?.level } == [.malicious, .suspicious])
    }

    @Test func bandsInTheirDirection() throws {
        let rising = Self.changed {
            $0["words"] = nil
            $0["fields"] = ["score": "/s", "md5": "/h"]
            $0["scale"] = ["harmless": 0, "worst": 10]
            $0["bands"] = ["benign": 0, "malicious": 7, "suspicious": 4]
        }
        let falling = Self.changed {
            $0["words"] = nil
            $0["fields"] = ["score": "/s", "md5": "/h"]
            $0["scale"] = ["harmless": 10, "worst": 0]
            $0["bands"] = ["malicious": 3, "suspicious": 6]
        }
        let rows: [(JSONValue, JSONValue, VerdictLevel)] = [
            (rising, 7, .malicious), (rising, 6.9, .suspicious), (rising, "4", .suspicious), (rising, 0, .benign),
            (rising, -1, .unknown), (rising, .null, .unknown), (rising, "x", .unknown), (falling, 0, .malicious),
            (falling, 3, .malicious), (falling, 4, .suspicious), (falling, 7, .unknown),
        ]
        for (document, score, level) in rows {
            let body: JSONValue = ["s": score, "h": .string(String(repeating: "5d", count: 16))]
            let read = try Intake.normalise(IntakeBody(bytes: body.utf8()), mapping: try FeedMapping(document))
            #expect(read.records.first?.verdict?.level == level, "\(score)")
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var document: JSONValue
        var code: FeedMappingError.Code
        var pointer: String

        init(
            _ description: String, _ code: FeedMappingError.Code, _ pointer: String,
            _ change: (inout JSONObject) -> Void
        ) {
            testDescription = description
            document = FeedMappingTests.changed(change)
            self.code = code
            self.pointer = pointer
        }
    }

    static let faults: [Fault] = [
        Fault("no marker", .missingKey, "") { $0["bailiff"] = nil },
        Fault("another marker", .wrongType, "/bailiff") { $0["bailiff"] = "feed-mapping/v2" },
        Fault("an unknown key", .unknownKey, "/feilds") { $0["feilds"] = [:] },
        Fault("no name", .missingKey, "") { $0["name"] = nil },
        Fault("a name in capitals", .badName, "/name") { $0["name"] = "Acme" },
        Fault("an empty name", .badName, "/name") { $0["name"] = "" },
        Fault("the name of a known product", .badName, "/name") { $0["name"] = "zscaler" },
        Fault("the name auto", .badName, "/name") { $0["name"] = "auto" },
        Fault("another name of a known product", .badName, "/name") { $0["name"] = "fire-eye" },
        Fault("a number for a name", .badName, "/name") { $0["name"] = 7 },
        Fault("fields as a list", .wrongType, "/fields") { $0["fields"] = [1] },
        Fault("an unknown field", .unknownKey, "/fields/sha512") { $0["fields"] = ["sha512": "/a"] },
        Fault("a pointer without a slash", .badPointer, "/fields/sha256") { $0["fields"] = ["sha256": "a"] },
        Fault("a pointer with a bad escape", .badPointer, "/fields/sha256") { $0["fields"] = ["sha256": "/a~2"] },
        Fault("a pointer that ends in an escape", .badPointer, "/fields/sha256") { $0["fields"] = ["sha256": "/a~"] },
        Fault("no hash", .missingKey, "/fields") { $0["fields"] = ["verdict": "/v", "score": "/s"] },
        Fault("no words", .missingKey, "/words") { $0["words"] = nil },
        Fault("words without a verdict", .missingKey, "/fields") { $0["fields"] = ["sha256": "/h", "score": "/s"] },
        Fault("neither word nor number", .missingKey, "/fields") {
            $0["fields"] = ["sha256": "/h"]
            $0["words"] = nil
            $0["scale"] = nil
        },
        Fault("a level nobody knows", .unknownKey, "/words/evil") { $0["words"] = ["evil": ["x"]] },
        Fault("a word of two levels", .badWord, "/words/benign") {
            $0["words"] = ["malicious": ["X"], "benign": ["x"]]
        },
        Fault("an empty word", .badWord, "/words/benign") { $0["words"] = ["benign": [""]] },
        Fault("a word that means absent", .badWord, "/words/benign") { $0["words"] = ["benign": ["none"]] },
        Fault("a number for a word", .badWord, "/words/benign") { $0["words"] = ["benign": [1]] },
        Fault("a category nobody knows", .unknownKey, "/categories/nasty") { $0["categories"] = ["nasty": ["x"]] },
        Fault("half a scale", .badScale, "/scale") { $0["scale"] = ["harmless": 0] },
        Fault("a scale of one number", .badScale, "/scale") { $0["scale"] = ["harmless": 1, "worst": 1] },
        Fault("a scale of text", .wrongType, "/scale/worst") { $0["scale"] = ["worst": "10", "harmless": 0] },
        Fault("a scale with another end", .unknownKey, "/scale/best") { $0["scale"] = ["best": 1, "worst": 2] },
        Fault("a scale without a score", .missingKey, "/fields") { $0["fields"] = ["sha256": "/h", "verdict": "/v"] },
        Fault("a score without a scale", .missingKey, "/scale") { $0["scale"] = nil },
        Fault("bands that do not fall", .badBands, "/bands") {
            $0["scale"] = ["harmless": 0, "worst": 10]
            $0["bands"] = ["malicious": 4, "suspicious": 7]
        },
        Fault("two bands at one number", .badBands, "/bands") {
            $0["scale"] = ["harmless": 0, "worst": 10]
            $0["bands"] = ["malicious": 4, "suspicious": 4]
        },
        Fault("bands without a scale", .badBands, "/bands") {
            $0["scale"] = nil
            $0["bands"] = ["malicious": 4]
        },
    ]

    @Test(arguments: faults)
    func refuses(_ fault: Fault) {
        do throws(FeedMappingError) {
            _ = try FeedMapping(fault.document)
            Issue.record("no error")
        } catch {
            #expect(error.code == fault.code)
            #expect(error.pointer == fault.pointer)
        }
    }

    static let pointers: [(String, JSONValue?)] = [
        ("", ["a": [1, ["b": 2]], "": 3, "m~n": 4, "x/y": 5, "n": .null]), ("/a/0", 1), ("/a/1/b", 2), ("/", 3),
        ("/m~0n", 4),
        ("/x~1y", 5), ("/n", Optional<JSONValue>.none), ("/a/2", Optional<JSONValue>.none),
        ("/a/-", Optional<JSONValue>.none),
        ("/a/00", Optional<JSONValue>.none), ("/a/+0", Optional<JSONValue>.none),
        ("/a/99999999999999999999", Optional<JSONValue>.none),
        ("/a/b", Optional<JSONValue>.none), ("/zz/y", Optional<JSONValue>.none),
    ]

    @Test(arguments: pointers)
    func pointerRows(_ text: String, _ want: JSONValue?) throws {
        let document = try #require(Self.pointers[0].1)
        let pointer = try #require(JSONPointer(text))
        #expect(pointer.value(in: document) == want)
        #expect(JSONPointer(pointer.description) == pointer)
    }
}
