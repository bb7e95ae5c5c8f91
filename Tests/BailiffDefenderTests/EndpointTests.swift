import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct EndpointTests {
    struct Cloud: Sendable, CustomTestStringConvertible {
        var name: String
        var login: String
        var api: String
        var xdr: String
        var graph: String
        var testDescription: String { name }

        init(
            _ name: String, _ api: String, xdr: String? = nil, login: String = "login.microsoftonline.com",
            graph: String = "graph.microsoft.com"
        ) {
            self.name = name
            self.login = "https://\(login)/"
            self.api = "https://\(api)/api"
            self.xdr = "https://\(xdr ?? api)/api"
            self.graph = "https://\(graph)/"
        }
    }

    static let clouds = [
        Cloud("global", "api.security.microsoft.com"), Cloud("us", "us.api.security.microsoft.com"),
        Cloud("eu", "eu.api.security.microsoft.com"), Cloud("uk", "uk.api.security.microsoft.com"),
        Cloud("au", "au.api.security.microsoft.com"), Cloud("swa", "swa.api.security.microsoft.com"),
        Cloud("ina", "ina.api.security.microsoft.com"), Cloud("aea", "aea.api.security.microsoft.com"),
        Cloud("gcc", "api-gcc.securitycenter.microsoft.us", xdr: "api-gcc.security.microsoft.us"),
        Cloud(
            "gcc-high", "api-gov.securitycenter.microsoft.us", xdr: "api-gov.security.microsoft.us",
            login: "login.microsoftonline.us", graph: "graph.microsoft.us"),
        Cloud(
            "dod", "api-gov.securitycenter.microsoft.us", xdr: "api-gov.security.microsoft.us",
            login: "login.microsoftonline.us", graph: "dod-graph.microsoft.us"),
    ]

    @Test(arguments: clouds)
    func byName(_ cloud: Cloud) throws {
        let endpoints = try #require(DefenderEndpoints(cloud: cloud.name))
        #expect(endpoints.login.text == cloud.login)
        #expect(endpoints.api.text == cloud.api)
        #expect(endpoints.xdr.text == cloud.xdr)
        #expect(endpoints.graph.text == cloud.graph)
        #expect(endpoints.apiScope == "https://api.securitycenter.microsoft.com/.default")
        #expect(endpoints.graphScope == endpoints.graph.origin + "/.default")
        for url in [endpoints.login, endpoints.api, endpoints.xdr, endpoints.graph] {
            #expect(endpoints.hostRules.contains { $0.allows(url) })
        }
    }

    @Test func allNamesAreKnown() {
        #expect(DefenderEndpoints.cloudNames.sorted() == Self.clouds.map(\.name).sorted())
        for name in ["", "Global", "mars", "eu ", "china"] { #expect(DefenderEndpoints(cloud: name) == nil) }
    }

    struct Token: Sendable, CustomTestStringConvertible {
        var url: String
        var audience: DefenderAudience
        var may: Bool
        var testDescription: String { "\(audience) \(url)" }
    }

    @Test(arguments: [
        Token(url: "https://eu.api.security.microsoft.com/api/machines", audience: .defender, may: true),
        Token(url: "https://api-eu.securitycenter.windows.com/api/machines?$skip=1", audience: .defender, may: true),
        Token(url: "https://us.api.security.microsoft.com/x", audience: .defenderXDR, may: true),
        Token(url: "http://eu.api.security.microsoft.com/api/machines", audience: .defender, may: false),
        Token(url: "https://eu.api.security.microsoft.com:8443/api/machines", audience: .defender, may: false),
        Token(url: "https://graph.microsoft.com/v1.0/x", audience: .defender, may: false),
        Token(url: "https://graph.microsoft.com/v1.0/x", audience: .graph, may: true),
        Token(url: "https://api.security.microsoft.com/x", audience: .graph, may: false),
        Token(url: "https://login.microsoftonline.com/x", audience: .defender, may: false),
        Token(url: "https://api.security.microsoft.com.evil.example/x", audience: .defender, may: false),
        Token(url: "https://api-gov.securitycenter.microsoft.us/x", audience: .defender, may: false),
    ])
    func tokensStayHome(_ row: Token) throws {
        let endpoints = try #require(DefenderEndpoints(cloud: "eu"))
        #expect(endpoints.mayReceiveToken(try #require(HTTPURL(row.url)), for: row.audience) == row.may)
    }

    @Test(arguments: [
        "http://127.0.0.1:81", "http://127.0.0.1:81/", "http://127.0.0.1:81/api", "http://127.0.0.1:81/api/v1.0/",
    ])
    func explicitAddressesMayNameThePathOrNot(_ text: String) throws {
        let url = try #require(HTTPURL(text))
        let plain = try #require(HTTPURL("http://127.0.0.1:81"))
        let endpoints = DefenderEndpoints(
            login: plain, api: url, graph: try #require(HTTPURL("http://127.0.0.1:81/v1.0")))
        #expect(endpoints.api.text == "http://127.0.0.1:81/api")
        #expect(endpoints.graph.text == "http://127.0.0.1:81/")
        #expect(endpoints.graphScope == "https://graph.microsoft.com/.default")
        // An emulator's links can't make us send its token to the real service.
        #expect(endpoints.linkDomains.isEmpty)
    }

    @Test func anExplicitAddressOfTheServiceKnowsItsFamily() throws {
        let login = try #require(HTTPURL("https://login.microsoftonline.com"))
        let api = try #require(HTTPURL("https://api.securitycenter.microsoft.com"))
        let graph = try #require(HTTPURL("https://graph.microsoft.com"))
        #expect(
            DefenderEndpoints(login: login, api: api, graph: graph).linkDomains.contains("securitycenter.windows.com"))
    }

    @Test func formerNamesAreRecognised() {
        #expect(DefenderEndpoints.advice(forHost: "api-eu.securitycenter.microsoft.com")?.contains("cloud: eu") == true)
        #expect(DefenderEndpoints.advice(forHost: "api.securitycenter.windows.com")?.contains("cloud: global") == true)
        #expect(DefenderEndpoints.advice(forHost: "security.microsoft.com")?.contains("portal") == true)
        #expect(DefenderEndpoints.advice(forHost: "eu.api.security.microsoft.com") == nil)
    }

    @Test func aTenantCannotChangeThePath() async throws {
        for tenant in ["..", ".", ""] {
            let transport = ScriptedTransport([.action("a1")])
            let fixture = try Fixture(transport) { $0.tenant = tenant }
            #expect(await failure { try await fixture.client.machineAction("x") }?.code == .tokenRefused)
            #expect(transport.tokenRequests.isEmpty)
        }
        let transport = ScriptedTransport([.action("a1")])
        let fixture = try Fixture(transport) { $0.tenant = "a/../b?c" }
        _ = try await fixture.client.machineAction("x")
        #expect(transport.tokenRequests.first?.url.path == "/a%2F..%2Fb%3Fc/oauth2/v2.0/token")
    }

    @Test func everyCallKnowsItsPermissionsAndLimits() {
        for api in DefenderAPI.allCases {
            #expect(!api.permissions.isEmpty && api.permissions.allSatisfy { !$0.isEmpty })
            #expect(api.limits.perMinute != nil || api.limits.perHour != nil)
        }
        #expect(DefenderAPI.startInvestigation.limits == QuotaLimits(perMinute: nil, perHour: 50))
        #expect(DefenderAPI.isolate.limits == QuotaLimits(perMinute: 100, perHour: 1_500))
    }
}
