import BailiffIntake
import BailiffModel
import Testing

struct AddressListTests {
    static let rows: [(network: String, address: String, isIn: Bool)] = [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/24", "192.0.2.255", true),
        ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.128/25", "192.0.2.128", true), ("10.0.0.0/8", "10.255.1.2", true), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.0/24", "::ffff:192.0.2.9", true),
        ("::ffff:192.0.2.0/120", "192.0.2.9", true), ("2001:db8::/32", "2001:db8:1::5", true),
        ("2001:db8::/32", "2001:db9::", false), ("2001:DB8::1", "2001:0db8:0:0:0:0:0:1", true), ("::1", "::1", true),
        ("::/0", "fe80::1", true), ("::/0", "127.0.0.1", true), ("fe80::/10", "febf::1", true),
        ("fe80::/10", "fec0::1", false), ("1::8", "1:0:0:0:0:0:0:8", true),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true),
    ]

    @Test(arguments: rows)
    func membership(_ network: String, _ address: String, _ isIn: Bool) throws {
        #expect(try AddressList([network]).contains(address) == isIn)
        #expect(try AddressList(["203.0.113.1", network]).contains(address) == isIn)
    }

    static let malformed = [
        "", " ", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.02.1", "192.0.2.1/", "192.0.2.1/33",
        "192.0.2.1/24", "192.0.2.0/024", "192.0.2.0/-1", "192.0.2.0/24/8", "0x7f.0.0.1", "127.1", "1.2.3.4 ",
        "::1%eth0",
        "2001:db8::/129", "2001:db8::1/32", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        ":1", "1:", "12345::", "g::", "+1::", "1.2.3.4::", "::1.2.3", "[::1]", "١٢٣.0.0.1", "1:2:3:4:5:6:7:1.2.3.4",
    ]

    @Test(arguments: malformed)
    func refuses(_ text: String) throws {
        #expect(throws: AddressList.Problem(text: text)) { try AddressList(["192.0.2.1", text]) }
        #expect(try !AddressList(["::/0", "0.0.0.0/0"]).contains(text))
    }

    @Test func anEmptyListHoldsNobody() throws {
        let list = try AddressList([])
        #expect(list.isEmpty)
        #expect(!list.contains("127.0.0.1"))
    }
}

struct ClientIdentityTests {
    static let first = Digest.of("first")
    static let second = Digest.of("second")

    @Test func knowsWhomItTakes() {
        let list = ClientIdentityList(fingerprints: [Self.first], names: ["sandbox.example", "spiffe://example/Feed"])
        #expect(list.allows(ClientIdentity(fingerprint: Self.first)))
        #expect(!list.allows(ClientIdentity(fingerprint: Self.second)))
        #expect(list.allows(ClientIdentity(fingerprint: Self.second, names: ["other", "SANDBOX.example"])))
        #expect(!list.allows(ClientIdentity(fingerprint: Self.second, names: ["a.sandbox.example", "*.example", ""])))
        #expect(!list.allows(nil))
    }

    @Test func anEmptyListTakesNobody() {
        #expect(!ClientIdentityList().allows(ClientIdentity(fingerprint: Self.first, names: [""])))
        #expect(!ClientIdentityList().allows(nil))
        #expect(ClientIdentityList().isEmpty)
    }

    @Test func fingerprints() {
        let hex = Self.first.hex
        let pairs = stride(from: 0, to: 64, by: 2).map { String(Array(hex)[$0..<($0 + 2)]).uppercased() }
        #expect(ClientIdentityList.fingerprint(hex) == Self.first)
        #expect(ClientIdentityList.fingerprint(pairs.joined(separator: ":")) == Self.first)
        for text in [
            "", String(hex.dropLast()), hex + "0", pairs.joined(separator: "-"), String(repeating: ":", count: 95),
        ] {
            #expect(ClientIdentityList.fingerprint(text) == nil)
        }
    }
}
