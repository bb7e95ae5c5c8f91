import BailiffHTTPClient
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("https://API.Security.Microsoft.com", "https://api.security.microsoft.com/"),
        ("https://api.security.microsoft.com:443/api/machines?$filter=a%20eq%20'b'&$skip=1", nil),
        ("http://127.0.0.1:8080/x/", "http://127.0.0.1:8080/x/"),
        ("https://[::1]:8443/", "https://[::1]:8443/"),
        ("https://h?q=1", "https://h/?q=1"),
        ("https://h/findbyip(ip='1.2.3.4',timestamp=2020-01-01T00:00:00Z)", nil),
    ])
    func takesPlainOnes(_ row: (text: String, written: String?)) throws {
        let url = try #require(HTTPURL(row.text))
        let own = row.text.replacing(":443", with: "")
        #expect(url.text == row.written ?? own)
    }

    @Test(arguments: [
        "", "https://", "ftp://h/", "//h/", "h/path", "https:/h", "https:///p", "https://h:0/", "https://h:65536/",
        "https://h:8a/", "https://user@h/", "https://user:secret@h/", "https://h\\@evil/", "https://h/a b",
        "https://h/#f",
        "https://h/%zz", "https://h/%2", "https://h.example.evil\u{ff0f}/", "https://h\u{0}/", "https://-\u{e9}/",
        "https://h..x/",
        "https://[::1/", "https://[evil]/", "https://[::1]evil/", "https://h/\n", "https://.h/", "https://h,x/",
        "javascript://h/", "https://h/<x>", "https://h/\"x\"", "https://h/{x}", "https://h/a|b",
    ])
    func refusesAllElse(_ text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(arguments: [
        ("http://localhost/", true), ("http://127.0.0.1/", true), ("http://127.255.3.4:99/", true),
        ("http://[::1]/", true),
        ("http://127.0.0.1.example.org/", false), ("http://localhost.example.org/", false), ("http://10.0.0.1/", false),
        ("http://127.1/", false), ("http://0127.0.0.1/", false), ("http://127.0.0.256/", false),
        ("http://127.0.0.01/", false),
    ])
    func knowsThisMachine(_ row: (text: String, isLoopback: Bool)) throws {
        #expect(try #require(HTTPURL(row.text)).isLoopback == row.isLoopback)
    }

    @Test func hidesTheQueryWhenPrinted() throws {
        let url = try #require(HTTPURL("https://h/p?token=secret"))
        #expect("\(url)" == "https://h/p?…")
    }

    @Test func encodesSegments() {
        #expect(HTTPURL.encoded("a/b c'd\u{e9}") == "a%2Fb%20c%27d%C3%A9")
        #expect(
            HTTPURL.repaired("https://h/p?$filter=a eq 'b'&x=\u{e9}") == "https://h/p?$filter=a%20eq%20'b'&x=%C3%A9")
    }

    @Test func aNewPathMustBeAPath() throws {
        let url = try #require(HTTPURL("https://h/p"))
        #expect(url.at(path: "/x", query: "a=b")?.text == "https://h/x?a=b")
        for path in ["x", "", "/a?b", "/a#b", "/a b", "//\u{e9}"] { #expect(url.at(path: path) == nil) }
        #expect(url.at(path: "/x", query: "a b") == nil)
    }

    struct RuleRow: Sendable, CustomTestStringConvertible {
        var rule: HostRule
        var url: String
        var allows: Bool
        var testDescription: String { "\(rule) \(url)" }
    }

    @Test(arguments: [
        RuleRow(rule: .domain("api.security.microsoft.com"), url: "https://api.security.microsoft.com/x", allows: true),
        RuleRow(
            rule: .domain("api.security.microsoft.com"), url: "https://eu.API.security.microsoft.com/x", allows: true),
        RuleRow(
            rule: .domain("api.security.microsoft.com"), url: "https://evilapi.security.microsoft.com/", allows: false),
        RuleRow(
            rule: .domain("api.security.microsoft.com"), url: "https://api.security.microsoft.com.evil/", allows: false),
        RuleRow(rule: .domain("api.security.microsoft.com"), url: "http://api.security.microsoft.com/", allows: false),
        RuleRow(
            rule: .domain("api.security.microsoft.com"), url: "https://api.security.microsoft.com:444/", allows: false),
        RuleRow(rule: .domain(""), url: "https://h/", allows: false),
    ])
    func rulesOfDomains(_ row: RuleRow) throws {
        #expect(row.rule.allows(try #require(HTTPURL(row.url))) == row.allows)
    }
}
