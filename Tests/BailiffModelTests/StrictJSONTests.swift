import BailiffModel
import Testing

/// RFC 8259 and nothing more, and the rules beyond it.
struct StrictJSONTests {
    static let good: [(String, JSONValue)] = [
        ("null", .null), (" true ", .bool(true)), ("\tfalse\r\n", .bool(false)), ("0", .int(0)), ("-1", .int(-1)),
        ("9223372036854775807", .int(.max)), ("-9223372036854775807", .int(-9_223_372_036_854_775_807)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
        ("-9223372036854775808", .int(.min)),
        ("1.5", .double(1.5)), ("1e2", .double(100)), ("1E+2", .double(100)), ("-0", .double(-0.0)),
        ("-0.0", .double(-0.0)),
        ("1e-400", .double(0)), ("0.1e1", .double(1)), (#""""#, .string("")), (#""\u0041""#, .string("A")),
        (#""\ud83d\ude00""#, .string("😀")), (#""\b\f\n\r\t\/\\\"""#, .string("\u{8}\u{C}\n\r\t/\\\"")),
        ("\"\u{7F}\u{80}\u{2028}é\"", .string("\u{7F}\u{80}\u{2028}é")), ("[]", .array([])),
        ("{}", .object(JSONObject())),
        ("[1 , 2]", [1, 2]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [.null]]]),
        (#"{"é":1,"e\u0301":2}"#, .object(JSONObject([.init("é", 1), .init("e\u{301}", 2)]))),
        (#"{"":0}"#, .object(JSONObject([.init("", 0)]))),
    ]

    @Test(arguments: good)
    func reads(_ text: String, _ value: JSONValue) throws {
        let parsed = try StrictJSON.parse(text)
        #expect(parsed == value)
        // What is written reads back.
        #expect(try StrictJSON.parse(parsed.utf8()) == value)
        #expect(try StrictJSON.parse(parsed.utf8(.init(isPretty: true))) == value)
        #expect(try StrictJSON.parse(parsed.utf8(.init(escapesNonASCII: true))) == value)
    }

    static let bad: [(String, JSONError.Code)] = [
        ("", .empty), ("  \n", .empty), ("nul", .syntax), ("nulll", .trailingData), ("True", .syntax), ("+1", .syntax),
        ("01", .trailingData), ("-", .syntax), ("-a", .syntax), ("1.", .syntax), (".5", .syntax), ("1e", .syntax),
        ("1e+", .syntax), ("0x10", .trailingData), ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax),
        ("1e400", .numberOutOfRange), ("-1e999", .numberOutOfRange),
        (String(repeating: "1", count: 33), .numberTooLong),
        ("0." + String(repeating: "0", count: 40), .numberTooLong), ("'a'", .syntax), ("\"a", .syntax),
        ("\"a\nb\"", .syntax),
        ("\"a\u{0}b\"", .syntax), ("\"\t\"", .syntax), (#""\x""#, .syntax), (#""\u12"#, .syntax),
        (#""\u12G4""#, .syntax),
        (#""\"#, .syntax), (#""\u0000""#, .nulCharacter), (#"{"\u0000":1}"#, .nulCharacter),
        (#""\ud800""#, .loneSurrogate),
        (#""\udc00""#, .loneSurrogate), (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800a""#, .loneSurrogate),
        ("[1,]", .syntax), ("[,1]", .syntax), ("[1 2]", .syntax), ("[", .syntax), ("[1", .syntax), ("]", .syntax),
        ("{", .syntax), ("{,}", .syntax), (#"{"a"}"#, .syntax), (#"{"a":}"#, .syntax), (#"{"a":1,}"#, .syntax),
        (#"{"a":1 "b":2}"#, .syntax), ("{a:1}", .syntax), ("{1:1}", .syntax), (#"{"a":1,"a":2}"#, .duplicateKey),
        (#"{"a":1,"\u0061":2}"#, .duplicateKey), (#"[{"x":{"b":1,"b":1}}]"#, .duplicateKey), ("1 2", .trailingData),
        ("{} {}", .trailingData), ("{}x", .trailingData), ("/* c */ 1", .syntax), ("1 // c", .trailingData),
        ("\u{FEFF}{}", .byteOrderMark), ("\u{A0}1", .syntax), ("\u{B}1", .syntax),
        (String(repeating: "[", count: 33) + String(repeating: "]", count: 33), .tooDeep),
        (String(repeating: #"{"a":"#, count: 33) + "1" + String(repeating: "}", count: 33), .tooDeep),
        (String(repeating: "[", count: 100_000), .tooDeep),
        ("[" + String(repeating: "0,", count: 10_000) + "0]", .tooManyValues),
    ]

    @Test(arguments: bad)
    func refuses(_ text: String, _ code: JSONError.Code) {
        #expect(throws: code) {
            do throws(JSONError) { _ = try StrictJSON.parse(text) } catch { throw error.code }
        }
    }

    static let notUTF8: [[UInt8]] = [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        [0x22, 0xE2, 0x82, 0x22], [0x22, 0x5C, 0x6E, 0x80, 0x22], [0x22, 0xC3],
        Array(#"{"a"#.utf8) + [0x80] + Array(#"":1}"#.utf8),
    ]

    @Test(arguments: notUTF8)
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) { #expect(throws: JSONError.self) { try StrictJSON.parse(bytes) } }

    /// UTF-16 and UTF-32 begin with bytes that no JSON in UTF-8 begins with.
    @Test(arguments: [
        [0xFF, 0xFE, 0x7B, 0x00], [0xFE, 0xFF, 0x00, 0x7B], [0x7B, 0x00, 0x7D, 0x00], [0, 0, 0, 0x7B],
    ])
    func refusesOtherEncodings(_ bytes: [UInt8]) { #expect(throws: JSONError.self) { try StrictJSON.parse(bytes) } }

    @Test func theLimitsAreExact() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try StrictJSON.parse(deep)
        _ = try StrictJSON.parse("[" + String(repeating: "0,", count: 9_998) + "0]")
        _ = try StrictJSON.parse(String(repeating: "1", count: 32))
        // No limit is deeper than the stack can bear.
        let limits = JSONLimits(depth: .max, values: .max)
        let deeper = String(repeating: "[", count: 257) + String(repeating: "]", count: 257)
        #expect(throws: JSONError.self) { try StrictJSON.parse(deeper, limits: limits) }
        _ = try StrictJSON.parse(deeper.dropFirst().dropLast().description, limits: limits)
    }

    @Test func manyKeysAreComparedToo() throws {
        let keys = (0..<500).map { "\"k\($0)\":0" }
        _ = try StrictJSON.parse("{" + keys.joined(separator: ",") + "}")
        for repeated in [0, 23, 24, 25, 499] {
            let text = "{" + (keys + ["\"k\(repeated)\":1"]).joined(separator: ",") + "}"
            #expect(throws: JSONError.self) { try StrictJSON.parse(text) }
        }
    }

    /// Ten thousand values in one record are too many; in ten thousand records they are not.
    @Test func aBadRecordSpoilsNoOther() throws {
        let many = "[" + String(repeating: "0,", count: 10_000) + "0]"
        let body = #"[{"a":1},{"a":1,"a":2},1e999,"\u0000",\#(many),{"b":2}]"#
        let records = try StrictJSON.records(Array(body.utf8))
        #expect(records.map(\.code) == [nil, .duplicateKey, .numberOutOfRange, .nulCharacter, .tooManyValues, nil])
        for record in records {
            let slice = Array(Array(body.utf8)[record.bytes])
            #expect(slice.first != 0x2C && slice.last != 0x2C)
        }
        #expect(String(decoding: Array(body.utf8)[records[0].bytes], as: UTF8.self) == #"{"a":1}"#)
        #expect(String(decoding: Array(body.utf8)[records[5].bytes], as: UTF8.self) == #"{"b":2}"#)
    }

    @Test(arguments: [
        (#"[{"a":1},{"a":]"#, JSONError.Code.syntax), ("[1]2", .trailingData), ("[1", .syntax), ("", .empty),
    ])
    func anIllFormedBodyHasNoRecords(_ body: String, _ code: JSONError.Code) {
        #expect(throws: code) {
            do throws(JSONError) { _ = try StrictJSON.records(Array(body.utf8)) } catch { throw error.code }
        }
    }

    @Test func linesStandAlone() {
        let body = "\n {\"a\":1}\r\n\n{\"a\":\n[1,2]\nnull x\n{\"a\":1,\"a\":1}"
        let records = StrictJSON.lines(Array(body.utf8))
        #expect(records.map(\.code) == [nil, .syntax, nil, .trailingData, .duplicateKey])
        #expect(StrictJSON.lines([]).isEmpty)
        #expect(StrictJSON.lines(Array("\n \r\n".utf8)).isEmpty)
    }

    @Test func emptyArraysHaveNoRecords() throws {
        #expect(try StrictJSON.records(Array(" [ ] ".utf8)).isEmpty)
        #expect(try StrictJSON.records(Array("{}".utf8)).count == 1)
    }

    /// No input makes it crash; what it reads it writes so that it reads the same again.
    @Test func seededNoise() {
        var generator = SplitMix(seed: 7)
        let seeds = Self.good.map { Array($0.0.utf8) } + Self.bad.map { Array($0.0.utf8.prefix(400)) }
        for _ in 0..<20_000 {
            var bytes = seeds[Int(generator.next() % UInt64(seeds.count))]
            for _ in 0...(generator.next() % 4) {
                let place = Int(generator.next() % UInt64(bytes.count + 1))
                switch generator.next() % 3 {
                case 0: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
                case 1 where place < bytes.count: bytes.remove(at: place)
                default: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: generator.next()) }
                }
            }
            if let value = try? StrictJSON.parse(bytes) {
                #expect((try? StrictJSON.parse(value.utf8())) == value)
            }
            _ = try? StrictJSON.records(bytes)
            _ = StrictJSON.lines(bytes)
        }
    }
}

extension JSONError.Code: Error {}

extension StrictJSON.Record {
    fileprivate var code: JSONError.Code? { if case .failure(let error) = value { error.code } else { nil } }
}

/// A small generator with a seed: the same numbers on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
