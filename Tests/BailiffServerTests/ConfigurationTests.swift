import BailiffAPI
import BailiffDefender
import BailiffDiagnostics
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffPlaybook
import Testing

@testable import BailiffServer

@Suite("Configuration")
struct ConfigurationTests {
    /// As little as a configuration can say.
    static let least = """
        store: { path: /var/lib/bailiff/bailiff.sqlite }
        defender:
          tenant: 00000000-0000-0000-0000-000000000000
          cloud: eu
          read: { client_id: one, secret: { env: READ } }
        feeds:
          lab: { product: auto, auth: { standard_webhooks: { secrets: [{ env: LAB }] } } }
        playbooks: { folder: playbooks, activate: on_load, mode: live }

        """
    static let environment = [
        "READ": "read-secret", "LAB": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "KEY": "a-key", "OTHER": "other-key",
    ]

    private static func parse(
        _ text: String, environment: [String: String] = environment, folder: String = "/etc/bailiff"
    ) throws -> LoadedConfiguration {
        try ServerConfiguration.parse(
            SourceText(file: "bailiff.yaml", text: text),
            ConfigurationSurroundings(environment: environment, folder: folder))
    }

    /// The first diagnostic, and what was rendered of all.
    private static func problem(
        _ text: String, environment: [String: String] = environment, folder: String = "/etc/bailiff"
    ) throws -> (first: Diagnostic, rendered: String) {
        do {
            _ = try parse(text, environment: environment, folder: folder)
        } catch let problems as ConfigurationProblems {
            let first = try #require(problems.report.diagnostics.first { $0.severity == .error })
            return (first, problems.rendered().joined(separator: "\n"))
        }
        throw Failure.accepted(text)
    }

    private enum Failure: Error { case accepted(String) }

    // MARK: Good ones

    @Test("the least configuration has sensible defaults")
    func defaults() throws {
        let loaded = try Self.parse(Self.least)
        let configuration = loaded.configuration
        #expect(configuration.server.api == ListenAddress(host: "127.0.0.1", port: 8480))
        #expect(configuration.server.intake == nil)
        #expect(configuration.server.socket == "/var/lib/bailiff/admin.sock")
        #expect(configuration.server.tls == nil)
        #expect(configuration.store.retention == .seconds(400 * 86_400))
        guard case .file("/var/lib/bailiff/audit.key") = configuration.audit.key else {
            Issue.record("\(configuration.audit.key)")
            return
        }
        #expect(configuration.audit.origin == "bailiff.local/00000000-0000-0000-0000-000000000000")
        #expect(configuration.defender.hunting == [.graph])
        #expect(configuration.defender.quotas == nil)
        #expect(configuration.feeds.map(\.trust) == [2])
        #expect(configuration.feeds.map(\.bodyLimitInBytes) == [16 << 20])
        #expect(configuration.playbooks == .init(folder: "/etc/bailiff/playbooks", activation: .onLoad(.live)))
        #expect(loaded.remarks.isEmpty)
    }

    @Test("the example in the repository says every key and is read whole")
    func example() throws {
        let folder = try TemporaryFolder()
        try folder.write("tls/server.pem", TestCertificate.one.certificatePEM, mode: 0o644)
        try folder.write("tls/server.key", TestCertificate.one.keyPEM)
        try folder.write("tls/clients.pem", TestCertificate.two.certificatePEM, mode: 0o644)
        try folder.write("tls/internal.pem", TestCertificate.two.certificatePEM, mode: 0o644)
        try folder.write("mappings/acme.yaml", FeedMappingFileTests.good, mode: 0o644)
        try folder.write("defender/act.pem", TestCertificate.two.certificatePEM, mode: 0o644)
        try folder.write("defender/act.key", TestCertificate.two.keyPEM)
        let text = try TemporaryFolder.contents("fixtures/config/bailiff.yaml")
        let names = [
            "DEFENDER_READ_SECRET", "ZSCALER_KEY", "MIRROR_SECRET", "STRIPE_STYLE_SECRET", "OLD_BOX_PASSWORD",
            "PIPELINE_TOKEN", "SOC_HOOK_SECRET", "ACME_TOKEN", "CAPE_TOKEN", "TRIAGE_KEY", "VIRUSTOTAL_KEY",
            "ZSCALER_CLIENT_SECRET",
        ]
        var environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "secret-\($0)") })
        environment["LAB_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        environment["LAB_SECRET_NEXT"] = "whsec_" + Base64.encode([UInt8](repeating: 7, count: 32))
        environment["SOC_HOOK_SECRET"] = "whsec_" + Base64.encode([UInt8](repeating: 9, count: 32))
        environment["TEAMS_HOOK"] = "https://teams.example/hook"
        environment["SLACK_HOOK"] = "https://slack.example/hook"
        let loaded = try Self.parse(text, environment: environment, folder: folder.path)
        let configuration = loaded.configuration
        #expect(configuration.server.intake == ListenAddress(host: "0.0.0.0", port: 8443))
        #expect(configuration.server.tls?.key == folder.file("tls/server.key"))
        #expect(configuration.audit.checkpointFiles == ["/mnt/evidence/bailiff.checkpoint"])
        #expect(
            configuration.feeds.map(\.name) == [
                "zscaler", "lab", "mirror", "billing-style", "old-box", "pipeline", "playground", "acme", "partner",
                "cape", "triage", "virustotal",
            ])
        #expect(configuration.feeds.map(\.trust) == [2, 2, 2, 2, 2, 2, 0, 2, 2, 1, 2, 2])
        let acme = try #require(configuration.feeds.first { $0.name == "acme" })
        #expect(acme.product.name == "acme-sandbox" && acme.mapping != nil)
        let partner = try #require(configuration.feeds.first { $0.name == "partner" }?.clientCertificates)
        let identity = ClientIdentity(fingerprint: Digest.of("x"), names: ["Sandbox.partner.example"])
        #expect(partner.allows(identity) == true)
        let cape = try #require(configuration.feeds.first { $0.name == "cape" })
        #expect(cape.sources?.contains("192.0.2.7") == true && cape.sources?.contains("192.0.2.8") == false)
        #expect(cape.server?.authority != nil && cape.server?.pollInterval == nil)
        let zscaler = try #require(configuration.feeds.first?.server?.server)
        #expect(zscaler.grant?.endpoint.text == "https://vanity.zslogin.net/oauth2/v1/token")
        #expect(zscaler.grant?.audience == "https://api.zscaler.com" && zscaler.rules.count == 2)
        #expect(configuration.server.trustedProxies?.contains("10.0.0.1") == true)
        let triage = try #require(configuration.feeds.first { $0.name == "triage" })
        #expect(triage.server?.pollInterval == .seconds(300))
        guard case .closed = triage.authentication else {
            Issue.record("anybody may post to a feed that only polls")
            return
        }
        #expect(configuration.feeds.first?.bodyLimitInBytes == 4 << 20)
        #expect(configuration.defender.quotas?.perMinute == 45 && configuration.defender.quotas?.perHour == 1_500)
        guard case .certificate = configuration.defender.act?.proof else {
            Issue.record("no certificate")
            return
        }
        #expect(configuration.defender.read.secretExpires == Timestamp(rfc3339: "2028-03-01T00:00:00Z"))
        #expect(configuration.defender.endpoints.apiScope == DefenderEndpoints.defaultScope)
        #expect(configuration.notifiers.map(\.name) == ["soc", "server-operations", "incident"])
        #expect(configuration.playbooks.activation == .onLoad(.hold))
        // Every key that is read at all stands in the example: what it lacks would be undocumented.
        for key in [
            "checkpoints_to", "retention", "hunting", "max_body", "trust", "bearer", "stripe", "teams", "slack",
            "audience", "secret_expires", "client_authority", "mapping", "client_certificates", "names", "fingerprints",
            "sources", "server", "url",
            "credential", "token", "certificate_authority", "poll",
            "trusted_proxies", "client", "token_url", "id", "scope",
        ] {
            #expect(text.contains(key + ":"))
        }
    }

    @Test("environment variables lie over the file, values are YAML")
    func overrides() throws {
        let loaded = try Self.parse(
            Self.least,
            environment: Self.environment.merging([
                "BAILIFF__SERVER__API": "127.0.0.1:0", "BAILIFF__FEEDS__LAB__TRUST": "3",
                "BAILIFF__STORE__RETENTION": "30d", "BAILIFF__DEFENDER__READ__SECRET": "{ env: KEY }",
                "BAILIFF__PLAYBOOKS__MODE": "shadow", "BAILIFF__AUDIT__CHECKPOINTS_TO": "[{ file: /a }, { file: /b }]",
                "BAILIFF_URL": "http://127.0.0.1:1",
            ]) { _, new in new })
        let configuration = loaded.configuration
        #expect(configuration.server.api.port == 0)
        #expect(configuration.feeds.first?.trust == 3)
        #expect(configuration.store.retention == .seconds(30 * 86_400))
        #expect(configuration.defender.read.proof == .secret(Secret("a-key")))
        #expect(configuration.playbooks.activation == .onLoad(.shadow))
        #expect(configuration.audit.checkpointFiles == ["/a", "/b"])
    }

    @Test("another audience becomes the scope of Defender's tokens")
    func audience() throws {
        for text in ["https://api.security.example", "https://api.security.example/.default"] {
            let loaded = try Self.parse(Self.least.replacing("cloud: eu", with: "cloud: eu\n  audience: \(text)"))
            #expect(loaded.configuration.defender.endpoints.apiScope == "https://api.security.example/.default")
        }
    }

    @Test("a key with a hyphen is found by its variable")
    func hyphen() throws {
        let text = Self.least.replacing("  lab:", with: "  old-box:")
        let loaded = try Self.parse(
            text, environment: Self.environment.merging(["BAILIFF__FEEDS__OLD_BOX__TRUST": "1"]) { _, new in new })
        #expect(loaded.configuration.feeds.map(\.name) == ["old-box"])
        #expect(loaded.configuration.feeds.first?.trust == 1)
    }

    @Test("secrets come from files and credentials too")
    func secretSources() throws {
        let folder = try TemporaryFolder()
        try folder.write("read.secret", "from-file\n")
        try folder.write("credentials/read", "from-credential", mode: 0o440)
        let byFile = try Self.parse(
            Self.least.replacing("{ env: READ }", with: "{ file: read.secret }"), folder: folder.path)
        #expect(byFile.configuration.defender.read.proof == .secret(Secret("from-file")))
        let byCredential = try Self.parse(
            Self.least.replacing("{ env: READ }", with: "{ credential: read }"),
            environment: Self.environment.merging(["CREDENTIALS_DIRECTORY": folder.file("credentials")]) { _, new in new
            })
        #expect(byCredential.configuration.defender.read.proof == .secret(Secret("from-credential")))
    }

    @Test("listening beyond this machine without encryption is remarked")
    func unencrypted() throws {
        let loaded = try Self.parse(Self.least + "server: { intake: 0.0.0.0:8443 }\n")
        #expect(loaded.remarks.report.diagnostics.map(\.code) == ["CFG091"])
    }

    @Test("proxies that nothing asks are remarked")
    func idleProxies() throws {
        let text = Self.least + "server: { trusted_proxies: [10.0.0.1, 2001:db8::/64] }\n"
        let idle = try Self.parse(text)
        #expect(idle.remarks.report.diagnostics.map(\.code) == ["CFG048"])
        let used = try Self.parse(text.replacing("product: auto,", with: "product: auto, sources: [192.0.2.7],"))
        #expect(used.remarks.isEmpty)
        #expect(used.configuration.server.trustedProxies?.contains("2001:db8::1") == true)
    }

    // MARK: Bad ones

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// A piece of the least configuration, and what stands in its place.
        var replace: String
        var with: String
        var code: String
        var hint: String?
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            Row(
                testDescription: "a misspelt section", replace: "feeds:", with: "feds:", code: "YAML012",
                hint: "did you mean 'feeds'?"),
            Row(
                testDescription: "a misspelt key", replace: "client_id", with: "clientid", code: "YAML012",
                hint: "did you mean 'client_id'?"),
            Row(testDescription: "a missing key", replace: "cloud: eu", with: "hunting: [graph]", code: "CFG033"),
            Row(
                testDescription: "an unknown cloud", replace: "cloud: eu", with: "cloud: gcc-hihg", code: "CFG030",
                hint: "did you mean 'gcc-high'?"),
            Row(
                testDescription: "cloud and urls", replace: "cloud: eu",
                with:
                    "cloud: eu\n  urls: { login: https://a.example, api: https://b.example, graph: https://c.example }",
                code: "CFG033"),
            Row(
                testDescription: "plain http", replace: "cloud: eu",
                with: "urls: { login: http://a.example, api: https://b.example, graph: https://c.example }",
                code: "CFG031"),
            Row(
                testDescription: "a former host", replace: "cloud: eu",
                with:
                    "urls: { login: https://a.example, api: https://api.securitycenter.microsoft.com, graph: https://c.example }",
                code: "CFG031"),
            Row(
                testDescription: "a tenant that would leave its place", replace: "00000000-0000-0000-0000-000000000000",
                with: "../common", code: "CFG032"),
            Row(
                testDescription: "a secret in the clear", replace: "{ env: READ }", with: "hunter2-hunter2",
                code: "CFG010"),
            Row(
                testDescription: "two sources of a secret", replace: "{ env: READ }", with: "{ env: READ, file: x }",
                code: "CFG010"),
            Row(
                testDescription: "an unset variable", replace: "{ env: READ }", with: "{ env: NOBODY }", code: "CFG011"),
            Row(testDescription: "a missing file", replace: "{ env: READ }", with: "{ file: nowhere }", code: "CFG011"),
            Row(
                testDescription: "a credential without a manager", replace: "{ env: READ }", with: "{ credential: x }",
                code: "CFG011"),
            Row(
                testDescription: "an unknown product", replace: "product: auto", with: "product: zcaler",
                code: "CFG041",
                hint: "did you mean 'zscaler'?"),
            Row(
                testDescription: "no authentication",
                replace: "auth: { standard_webhooks: { secrets: [{ env: LAB }] } }",
                with: "auth: {}", code: "CFG043"),
            Row(
                testDescription: "two schemes",
                replace: "auth: { standard_webhooks: { secrets: [{ env: LAB }] } }",
                with: "auth: { bearer: { token: { env: KEY } }, github: { secret: { env: KEY } } }", code: "CFG043"),
            Row(
                testDescription: "trust without authentication",
                replace: "auth: { standard_webhooks: { secrets: [{ env: LAB }] } }", with: "auth: none, trust: 2",
                code: "CFG042"),
            Row(
                testDescription: "three secrets", replace: "[{ env: LAB }]",
                with: "[{ env: LAB }, { env: LAB }, { env: LAB }]", code: "CFG043"),
            Row(
                testDescription: "a secret that is no webhook secret", replace: "[{ env: LAB }]",
                with: "[{ env: KEY }]",
                code: "CFG043"),
            Row(
                testDescription: "an audience with a space", replace: "cloud: eu",
                with: "cloud: eu\n  audience: my service", code: "CFG034"),
            Row(
                testDescription: "the end of a secret that is no day", replace: "{ env: READ }",
                with: "{ env: READ }, secret_expires: soon", code: "CFG035"),
            Row(
                testDescription: "the end of a secret that is not there", replace: "secret: { env: READ }",
                with: "certificate: { file: a.pem }, key: { env: READ }, secret_expires: 2028-03-01", code: "CFG033"),
            Row(
                testDescription: "a product and a mapping", replace: "product: auto,",
                with: "product: auto, mapping: m.yaml,", code: "CFG033"),
            Row(
                testDescription: "a mapping that is not there", replace: "product: auto,", with: "mapping: m.yaml,",
                code: "CFG001"),
            Row(
                testDescription: "a source that is no network", replace: "product: auto,",
                with: "product: auto, sources: [10.1.2.3/8],", code: "CFG045"),
            Row(
                testDescription: "sources that take nobody", replace: "product: auto,",
                with: "product: auto, sources: [],", code: "CFG045"),
            Row(
                testDescription: "proxies for everybody", replace: "store: {",
                with: "server: { trusted_proxies: [10.0.0.1, 0.0.0.0/0] }\nstore: {", code: "CFG048"),
            Row(
                testDescription: "proxies that are none", replace: "store: {",
                with: "server: { trusted_proxies: [proxy.example] }\nstore: {", code: "CFG048"),
            Row(
                testDescription: "a token service in the clear", replace: "product: auto,",
                with:
                    "product: zscaler, server: { url: https://a.example, credential: { client: { token_url: http://a.example/t, id: a, secret: { env: KEY } } } },",
                code: "CFG031"),
            Row(
                testDescription: "a token service's address with a query", replace: "product: auto,",
                with:
                    "product: zscaler, server: { url: https://a.example, credential: { client: { token_url: 'https://a.example/t?x=y', id: a, secret: { env: KEY } } } },",
                code: "CFG031"),
            Row(
                testDescription: "client certificates that nobody is asked for", replace: "product: auto,",
                with: "product: auto, client_certificates: { names: [a.example] },", code: "CFG046"),
            Row(
                testDescription: "client certificates that take nobody", replace: "product: auto,",
                with: "product: auto, client_certificates: {},", code: "CFG046"),
            Row(
                testDescription: "a fingerprint of another kind", replace: "product: auto,",
                with: "product: auto, client_certificates: { fingerprints: [abcd] },", code: "CFG046"),
            Row(
                testDescription: "a server of a product that has none", replace: "product: auto,",
                with: "product: auto, server: { url: https://a.example },", code: "CFG047"),
            Row(
                testDescription: "a list that is not there", replace: "product: auto,",
                with: "product: cape, server: { url: https://a.example, poll: 5m },", code: "CFG047"),
            Row(
                testDescription: "a list that is read all the time", replace: "product: auto,",
                with: "product: triage, server: { url: https://a.example, poll: 1s },", code: "CFG047"),
            Row(
                testDescription: "a server in the clear", replace: "product: auto,",
                with: "product: cape, server: { url: http://a.example },", code: "CFG031"),
            Row(
                testDescription: "two credentials", replace: "product: auto,",
                with:
                    "product: cape, server: { url: https://a.example, credential: { bearer: { env: KEY }, token: { env: KEY } } },",
                code: "CFG033"),
            Row(
                testDescription: "a server's authority that is not there", replace: "product: auto,",
                with: "product: cape, server: { url: https://a.example, certificate_authority: a.pem },",
                code: "CFG022"),
            Row(testDescription: "a feed's name", replace: "  lab:", with: "  Lab Two:", code: "CFG040"),
            Row(
                testDescription: "a body limit", replace: "product: auto,", with: "product: auto, max_body: 4,",
                code: "YAML028"),
            Row(
                testDescription: "a mode without on_load", replace: "activate: on_load, mode: live", with: "mode: live",
                code: "CFG033"),
            Row(
                testDescription: "a notifier's secret that signs nothing", replace: "store:",
                with:
                    "notifiers: { soc: { webhook: { url: https://a.example, secret: { env: KEY } } } }\nstore:",
                code: "CFG044"),
            Row(testDescription: "no mode", replace: ", mode: live", with: "", code: "CFG033"),
            Row(
                testDescription: "an address", replace: "store:", with: "server: { api: 8480 }\nstore:", code: "YAML021"
            ),
            Row(
                testDescription: "an address without a port", replace: "store:",
                with: "server: { api: localhost }\nstore:", code: "CFG020"),
            Row(
                testDescription: "a socket's path that is too long", replace: "store:",
                with: "server: { socket: /\(String(repeating: "a", count: 90)) }\nstore:", code: "CFG021"),
            Row(
                testDescription: "an origin with a space", replace: "store:",
                with: "audit: { origin: my log }\nstore:", code: "CFG050"),
            Row(
                testDescription: "certificates that are not there", replace: "store:",
                with: "server: { tls: { certificate: a.pem, key: a.key } }\nstore:", code: "CFG022"),
            Row(
                testDescription: "single sign-on", replace: "store:", with: "operators: { oidc: {} }\nstore:",
                code: "CFG090"),
            Row(
                testDescription: "a notifier of two kinds", replace: "store:",
                with:
                    "notifiers: { soc: { teams: { url: https://a.example }, slack: { url: https://b.example } } }\nstore:",
                code: "CFG033"),
        ])
    func refuses(_ row: Row) throws {
        try #require(Self.least.contains(row.replace))
        let (diagnostic, rendered) = try Self.problem(Self.least.replacing(row.replace, with: row.with))
        #expect(diagnostic.code == row.code, "\(diagnostic)")
        #expect(diagnostic.location.file == "bailiff.yaml")
        if let hint = row.hint { #expect(diagnostic.hint == hint) }
        for secret in Self.environment.values { #expect(!rendered.contains(secret)) }
        #expect(!rendered.contains("hunter2"))
    }

    @Test("a fault in a mapping is told at its place in its own file")
    func mapping() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("m.yaml", FeedMappingFileTests.good.replacing("name: acme", with: "nane: acme"))
        let (diagnostic, _) = try Self.problem(
            Self.least.replacing("product: auto", with: "mapping: m.yaml"), folder: folder.path)
        #expect(diagnostic.code == "mapping.unknown_key")
        #expect(diagnostic.location.file == file && diagnostic.location.line == 2)
    }

    @Test("nobody has to authenticate to a feed that only asks, and nobody may post to it")
    func pollOnly() throws {
        let lab = "lab: { product: auto, auth: { standard_webhooks: { secrets: [{ env: LAB }] } } }"
        let polled = "lab: { product: misp, server: { url: https://misp.example, poll: 5m } }"
        let feed = try #require(try Self.parse(Self.least.replacing(lab, with: polled)).configuration.feeds.first)
        #expect(feed.trust == 2)
        guard case .closed = feed.authentication else {
            Issue.record("open")
            return
        }
        let fetched = "lab: { product: cape, server: { url: https://cape.example } }"
        #expect(try Self.problem(Self.least.replacing(lab, with: fetched)).first.message.contains("'auth'"))
    }

    @Test("a secret's file that others may read is refused", arguments: [0o640, 0o604, 0o644, 0o660])
    func exposed(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write("read.secret", "from-file", mode: mode)
        let (diagnostic, _) = try Self.problem(
            Self.least.replacing("{ env: READ }", with: "{ file: read.secret }"), folder: folder.path)
        #expect(diagnostic.code == "CFG012")
        #expect(diagnostic.hint == "chmod 600 read.secret")
    }

    @Test(
        "what is wrong with a variable is told under its name",
        arguments: [
            ("BAILIFF__SEVER__API", "127.0.0.1:0", "YAML012"), ("BAILIFF__SERVER__API", "nonsense", "CFG020"),
            ("BAILIFF__SERVER__API", "{", "YAML"), ("BAILIFF____API", "x", "CFG002"),
            ("BAILIFF__STORE__PATH__DEEPER", "x", "CFG002"),
        ])
    func badVariables(_ name: String, _ value: String, _ code: String) throws {
        let (diagnostic, _) = try Self.problem(
            Self.least, environment: Self.environment.merging([name: value]) { _, new in new })
        #expect(diagnostic.code.hasPrefix(code), "\(diagnostic)")
        #expect(diagnostic.location.file == "environment variable \(name)")
    }

    @Test("all mistakes are shown at once")
    func severalAtOnce() throws {
        let text = Self.least.replacing("cloud: eu", with: "cloud: mars").replacing("product: auto", with: "product: x")
            .replacing("mode: live", with: "mode: bold")
        do {
            _ = try Self.parse(text)
            Issue.record("accepted")
        } catch let problems as ConfigurationProblems {
            #expect(problems.report.diagnostics.map(\.code) == ["CFG030", "CFG041", "YAML028"])
        }
    }

    @Test("a file that cannot be read says so")
    func noFile() {
        #expect(throws: ConfigurationProblems.self) {
            _ = try ServerConfiguration.load(path: "/nonexistent/bailiff.yaml", environment: [:])
        }
    }

    // MARK: Addresses

    @Test(
        "addresses to listen on",
        arguments: [
            ("127.0.0.1:8480", "127.0.0.1", 8480), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65_535),
            ("0.0.0.0:1", "0.0.0.0", 1),
        ])
    func addresses(_ text: String, _ host: String, _ port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "what is no address",
        arguments: [
            "", ":", ":80", "a:", "a:65536", "a:-1", "a:08x", "::1:80", "[::1]", "[]:80", "[a b]:1", "a b:1", "ä:1",
            "127.0.0.1:99999999999999999999",
        ])
    func noAddresses(_ text: String) { #expect(ListenAddress(text) == nil) }
}
