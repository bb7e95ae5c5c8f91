import BailiffIntake
import BailiffModel
import HTTPTypes
import Logging
import NIOCore
import Testing

@testable import BailiffAPI

/// What a proxy's word on the sender counts, and when it counts for nothing.
struct SenderAddressTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var peer = "10.0.0.1"
        var headers: [(String, String)]
        var address: String?

        init(_ description: String, from peer: String = "10.0.0.1", _ headers: [(String, String)], _ address: String?) {
            testDescription = description
            self.peer = peer
            self.headers = headers
            self.address = address
        }
    }

    private static let common = "X-Forwarded-For"
    private static let standard = "Forwarded"

    static let rows: [Row] = [
        Row("nobody's proxy", from: "192.0.2.9", [(common, "198.51.100.1")], "192.0.2.9"),
        Row("nobody's proxy, the other header", from: "192.0.2.9", [(standard, "for=198.51.100.1")], "192.0.2.9"),
        Row("no header", [], nil),
        Row("one address", [(common, "198.51.100.1")], "198.51.100.1"),
        Row(
            "a proxy as a dual-stack socket shows it", from: "::ffff:10.0.0.1", [(common, "198.51.100.1")],
            "198.51.100.1"),
        Row("what the sender wrote stands to the left", [(common, "127.0.0.1, 198.51.100.1")], "198.51.100.1"),
        Row("two proxies", [(common, "127.0.0.1, 198.51.100.1, 10.0.0.2")], "198.51.100.1"),
        Row("nothing but proxies", [(common, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
        Row("a line of its own from each proxy", [(common, "127.0.0.1"), (common, "198.51.100.1")], "198.51.100.1"),
        Row("a port", [(common, "198.51.100.1:4711")], "198.51.100.1"),
        Row("version 6", [(common, "2001:db8::7")], "2001:db8::7"),
        Row("version 6 with a port", [(common, "[2001:db8::7]:443")], "2001:db8::7"),
        Row("a word", [(common, "unknown")], nil),
        Row("a name", [(common, "sandbox.example")], nil),
        Row("nothing in it", [(common, "")], nil),
        Row("nothing at the right", [(common, "198.51.100.1,")], nil),
        Row("a hole among the proxies", [(common, "198.51.100.1,,10.0.0.2")], nil),
        Row("junk at the left of the sender", [(common, "junk, 198.51.100.1")], "198.51.100.1"),
        Row("junk at the right of it", [(common, "198.51.100.1, junk")], nil),
        Row("octal", [(common, "010.0.0.1")], nil),
        Row("a zone", [(common, "fe80::1%eth0")], nil),
        Row("a port that is none", [(common, "198.51.100.1:x")], nil),
        Row("version 4 in brackets", [(common, "[198.51.100.1]")], nil),
        Row("an open bracket", [(common, "[2001:db8::7")], nil),
        Row("both headers", [(common, "198.51.100.1"), (standard, "for=198.51.100.1")], nil),
        Row("forwarded", [(standard, "for=198.51.100.1;proto=https;by=10.0.0.1")], "198.51.100.1"),
        Row(
            "forwarded, in capitals and quotes", [(standard, "Proto=https; FOR=\"[2001:db8::7]:4711\"")], "2001:db8::7"),
        Row("forwarded, several", [(standard, "for=127.0.0.1, for=198.51.100.1;by=x , for=10.0.0.2")], "198.51.100.1"),
        Row("forwarded, without for", [(standard, "proto=https")], nil),
        Row("forwarded, unknown", [(standard, "for=unknown")], nil),
        Row("forwarded, a made-up name", [(standard, "for=_hidden")], nil),
        Row("forwarded, two in one", [(standard, "for=198.51.100.1;for=127.0.0.1")], nil),
        Row("forwarded, a quote the sender left open", [(standard, "for=\"198.51.100.1, for=192.0.2.1")], nil),
        Row(
            "forwarded, a quote that swallows the proxy's part",
            [(standard, "for=127.0.0.1;by=\", for=\"[2001:db8::7]\"")], nil),
        Row("forwarded, no value", [(standard, "for=")], nil),
        Row("forwarded, a bare word", [(standard, "198.51.100.1")], nil),
        Row("forwarded, an empty line", [(standard, "")], nil),
        Row(
            "more proxies than there are", [(common, Array(repeating: "10.0.0.2", count: 40).joined(separator: ","))],
            nil),
        Row(
            "a long way that ends in time",
            [(common, Array(repeating: "junk", count: 999).joined(separator: ",") + ",198.51.100.1,10.0.0.2")],
            "198.51.100.1"),
    ]

    @Test(arguments: rows)
    func address(_ row: Row) throws {
        var headers = HTTPFields()
        for (name, value) in row.headers {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let request = APIRequest(
            method: .post, target: "/v1/feeds/a", headers: headers,
            peer: .network(try SocketAddress(ipAddress: row.peer, port: 4711)), name: "1")
        let proxies = try AddressList(["10.0.0.0/24"])
        #expect(SenderAddress(behind: proxies).address(of: request) == row.address)
        // Without a proxy the headers are anybody's word.
        #expect(SenderAddress(behind: nil).address(of: request) == row.peer)
    }

    @Test func theSocketHasNoAddress() throws {
        let request = APIRequest(method: .post, target: "/", peer: .local, name: "1")
        #expect(SenderAddress(behind: try AddressList(["10.0.0.0/24"])).address(of: request) == "local")
    }
}
