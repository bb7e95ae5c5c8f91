import BailiffAudit
import BailiffModel
import Testing

struct SignedNoteTests {
    static let seed = [UInt8](0..<32)

    private func key(_ name: String = "log.example/a", _ change: UInt8 = 0) throws -> SigningKey {
        try SigningKey(name: name, seed: Self.seed.map { $0 ^ change })
    }

    private func note(_ text: String = "hello\n") throws -> SignedNote {
        try SignedNote(signing: Array(text.utf8), with: [key()])
    }

    private func code(_ body: () throws -> Void) -> AuditError.Code? {
        do { try body() } catch { return (error as? AuditError)?.code }
        return nil
    }

    @Test func signsParsesAndVerifies() throws {
        let note = try note("one\n\ntwo\n")
        let parsed = try SignedNote(parsing: note.bytes)
        #expect(parsed == note)
        #expect(parsed.bytes == note.bytes)
        #expect(String(decoding: parsed.text, as: UTF8.self) == "one\n\ntwo\n")
        #expect(try parsed.verify(with: [key().verifierKey]).map(\.key) == [key().verifierKey])
    }

    @Test func signaturesAreDeterministic() throws {
        #expect(try note().bytes == note().bytes)
    }

    @Test func everyChangedByteIsNoticed() throws {
        let bytes = try note("a checkpoint of sorts\n").bytes
        let known = [try key().verifierKey]
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                #expect(throws: AuditError.self) { _ = try SignedNote(parsing: changed).verify(with: known) }
            }
        }
        for position in 0..<bytes.count {
            #expect(throws: AuditError.self) {
                _ = try SignedNote(parsing: Array(bytes[..<position])).verify(with: known)
            }
        }
    }

    @Test func unknownSignaturesAreIgnored() throws {
        let other = try key("log.example/b", 1)
        let sameName = try key("log.example/a", 2)
        let both = try SignedNote(signing: Array("hello\n".utf8), with: [other, sameName, key()])
        #expect(try both.verify(with: [key().verifierKey]).map(\.key) == [key().verifierKey])
        #expect(try both.verify(with: [other.verifierKey, key().verifierKey]).count == 2)
        // The same id under another name is another key.
        let renamed = SignedNote.Signature(
            name: "log.example/c", keyID: try key().verifierKey.id, payload: [UInt8](repeating: 0, count: 64))
        #expect(try note().adding(renamed).verify(with: [key().verifierKey]).count == 1)
        #expect(code { _ = try both.verify(with: [key("log.example/z", 9).verifierKey]) } == .noKnownSignature)
        #expect(code { _ = try both.verify(with: []) } == .noKnownSignature)
    }

    @Test func aKnownKeyWithABadSignatureRefusesTheNote() throws {
        let other = try key("log.example/b", 1)
        let good = try SignedNote(signing: Array("hello\n".utf8), with: [key(), other])
        let forged = SignedNote.Signature(
            name: other.name, keyID: other.verifierKey.id, payload: [UInt8](repeating: 1, count: 64))
        let known = [try key().verifierKey, other.verifierKey]
        #expect(code { _ = try good.adding(forged).verify(with: known) } == .badSignature)
        #expect(code { _ = try note().adding(forged).verify(with: known) } == .badSignature)
        let short = SignedNote.Signature(name: other.name, keyID: other.verifierKey.id, payload: [1])
        #expect(code { _ = try note().adding(short).verify(with: known) } == .badSignature)
    }

    @Test func repeatedSignaturesCountOnce() throws {
        let note = try note()
        let twice = try SignedNote(parsing: note.adding(note.signatures[0]).bytes)
        #expect(try twice.verify(with: [key().verifierKey]).count == 1)
        #expect(code { _ = try twice.verify(with: [key().verifierKey, key().verifierKey]) } == .ambiguousKey)
    }

    @Test func hundredSignaturesAreTheLimit() throws {
        var note = try note()
        let line = note.signatures[0]
        for _ in 1..<100 { note = note.adding(line) }
        #expect(try SignedNote(parsing: note.bytes).verify(with: [key().verifierKey]).count == 1)
        #expect(code { _ = try SignedNote(parsing: note.adding(line).bytes) } == .malformedNote)
    }

    @Test(arguments: [
        ("carriage return", "hello\r\n", "{line}"), ("tab", "a\tb\n", "{line}"),
        ("byte order mark", "\u{FEFF}hello\n", "{line}"),
        ("NUL", "a\0\n", "{line}"), ("no signature", "hello\n", ""), ("text without LF", "hello", "{line}"),
        ("hyphen for dash", "hello\n", "- {name} {base64}\n"), ("no space", "hello\n", "—{name} {base64}\n"),
        ("two spaces", "hello\n", "—  {name} {base64}\n"), ("space in name", "hello\n", "— a b {base64}\n"),
        ("no-break space in name", "hello\n", "— a\u{A0}b {base64}\n"), ("plus in name", "hello\n", "— a+b {base64}\n"),
        ("empty name", "hello\n", "—  {base64}\n"), ("no name", "hello\n", "— {base64}\n"),
        ("text behind", "hello\n", "{line}more\n"), ("trailing space", "hello\n", "— {name} {base64} \n"),
        ("CR behind", "hello\n", "— {name} {base64}\r\n"),
    ])
    func malformedNotesAreRefused(_ what: String, _ text: String, _ lines: String) throws {
        let line = try note().signatures[0]
        let base64 = Base64.encode(line.keyID + line.payload)
        var block = lines
        for (from, to) in [("{line}", line.line), ("{name}", line.name), ("{base64}", base64)] {
            block = block.split(separator: from, omittingEmptySubsequences: false).joined(separator: to)
        }
        #expect(code { _ = try SignedNote(parsing: Array((text + "\n" + block).utf8)) } == .malformedNote, "\(what)")
    }

    @Test func base64MustBeCanonical() throws {
        let line = try note().signatures[0]
        let base64 = Base64.encode(line.keyID + line.payload)
        #expect(base64.hasSuffix("="))
        let loose = [
            String(base64.dropLast()), base64 + "=", base64.dropLast(2) + "/=", "", "AAAA", "AAAAA===",
            "AAAA\u{2028}AAAA",
        ]
        for text in loose {
            let bytes = Array("hello\n\n— \(line.name) \(text)\n".utf8)
            #expect(code { _ = try SignedNote(parsing: bytes) } == .malformedSignature, "\(text)")
        }
    }

    @Test func invalidUTF8AndOverlongNotesAreRefused() throws {
        let bytes = try note().bytes
        #expect(code { _ = try SignedNote(parsing: [0xFF] + bytes) } == .malformedNote)
        #expect(code { _ = try SignedNote(parsing: [0xC0, 0x8A] + bytes) } == .malformedNote)
        let long = [UInt8](repeating: 0x61, count: SignedNote.lengthLimitInBytes)
        #expect(code { _ = try SignedNote(parsing: long + bytes) } == .malformedNote)
        #expect(code { _ = try SignedNote(signing: Array("no line break".utf8), with: []) } == .malformedNote)
        #expect(code { _ = try SignedNote(signing: Array("a\r\n".utf8), with: []) } == .malformedNote)
    }

    @Test(arguments: 0..<300)
    func randomInputNeverCrashes(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = try note("some text\nof two lines\n").bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.insert(contentsOf: generator.bytes(Int.random(in: 1...4, using: &generator)), at: position)
            case 1: bytes.removeSubrange(position..<min(bytes.count, position + 3))
            default: bytes[position] = UInt8.random(in: .min ... .max, using: &generator)
            }
            if bytes.isEmpty { bytes = [0x0A] }
        }
        let known = try key().verifierKey
        if let opened = try? SignedNote(parsing: bytes), (try? opened.verify(with: [known])) != nil {
            #expect(try opened.text == note("some text\nof two lines\n").text)
        }
        _ = try? Checkpoint(note: bytes, key: known)
        _ = try? InclusionProofFile(parsing: bytes)
        _ = try? AddCheckpointRequest(parsing: bytes)
        _ = try? VerifierKey(file: bytes)
        _ = TilePath(text: String(decoding: bytes, as: UTF8.self))
        _ = try? EntryBundle.decode(bytes)
    }
}

struct NoteKeyTests {
    @Test func textFormsReadBack() throws {
        let key = try SigningKey.generate(origin: "log.example/a") { [UInt8](repeating: 9, count: $0) }
        #expect(try SigningKey(text: key.text.revealedText).verifierKey == key.verifierKey)
        #expect(try SigningKey(file: Secret(key.text.revealedText + "\n")).verifierKey == key.verifierKey)
        #expect(try VerifierKey(text: key.verifierKey.text) == key.verifierKey)
        #expect(try VerifierKey(file: Array("\(key.verifierKey.text)\n".utf8)) == key.verifierKey)
        #expect(throws: AuditError.self) { try VerifierKey(text: key.verifierKey.text + "\n") }
        #expect(throws: AuditError.self) { try VerifierKey(file: Array("\(key.verifierKey.text)\n\n".utf8)) }
        #expect(throws: AuditError.self) { try VerifierKey(file: Array("\(key.verifierKey.text)\r\n".utf8)) }
    }

    @Test func theSeedIsNeverShown() throws {
        let seed = [UInt8](0..<32)
        let key = try SigningKey(name: "log.example/a", seed: seed)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains(Base64.encode(seed).dropLast(2)))
            #expect(!text.contains("PRIVATE"))
            #expect(!text.contains(Base64.encode([1] + seed)))
        }
    }

    @Test(arguments: ["", " ", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{85}", "a\u{0}"])
    func namesThatNoNoteCanCarryAreRefused(_ name: String) {
        #expect(throws: AuditError.self) { try SigningKey(name: name, seed: [UInt8](repeating: 1, count: 32)) }
    }

    @Test func seedsAndKeysHave32Bytes() {
        #expect(throws: AuditError.self) { try SigningKey(name: "a", seed: [UInt8](repeating: 1, count: 31)) }
        #expect(throws: AuditError.self) { try SigningKey.generate(origin: "a") { _ in [] } }
        #expect(throws: AuditError.self) { try VerifierKey(name: "a", publicKey: []) }
    }

    @Test func namesAreComparedByBytes() throws {
        let public1 = [UInt8](repeating: 1, count: 32)
        let composed = try VerifierKey(name: "\u{E9}", publicKey: public1)
        let decomposed = try VerifierKey(name: "e\u{301}", publicKey: public1)
        #expect(composed.name == decomposed.name)
        #expect(composed != decomposed)
    }

    @Test func everyChangedOrCutByteIsNoticed() throws {
        let key = try SigningKey(name: "log.example/a", seed: [UInt8](0..<32))
        for text in [key.verifierKey.text, key.text.revealedText] {
            let bytes = Array(text.utf8)
            for position in bytes.indices {
                for change in [1, 0x20, 0x80] as [UInt8] {
                    var changed = bytes
                    changed[position] = changed[position] &+ change
                    Self.expectRefused(changed)
                }
                var cut = bytes
                cut.remove(at: position)
                Self.expectRefused(cut)
                for end in position...bytes.count where end - position < bytes.count {
                    Self.expectRefused(Array(bytes[position..<end]))
                }
            }
        }
    }

    private static func expectRefused(_ bytes: [UInt8]) {
        #expect(throws: AuditError.self) { try VerifierKey(file: bytes) }
        #expect(throws: AuditError.self) { try SigningKey(file: Secret(bytes: bytes)) }
    }
}
