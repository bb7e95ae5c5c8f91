import BailiffAPI
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffServer
import Foundation
import Testing

/// Feeds that are bound to an address, a client certificate or a mapping, over real connections.
@Suite("Where a delivery comes from", .serialized)
struct FeedOriginTests {
    private static let verdict: JSONValue = ["verdict": "malicious", "sha256": .string(Digest.of("file").hex)]

    private func with(
        _ feeds: [ServerConfiguration.Feed], tls: Bool = false, proxies: [String]? = nil,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        var configuration = try Estate.configuration(folder, "http://127.0.0.1:9", tenant: "tenant-1")
        configuration.feeds = feeds
        configuration.server.trustedProxies = try proxies.map { try AddressList($0) }
        if tls {
            configuration.server.tls = TLSFiles(
                certificate: try folder.write("server.pem", TestCertificate.one.certificatePEM, mode: 0o644),
                key: try folder.write("server.key", TestCertificate.one.keyPEM),
                clientAuthority: try folder.write("clients.pem", TestCertificate.two.certificatePEM, mode: 0o644))
        }
        let server = try await RunningServer.start(configuration, logger: Estate.logger)
        do {
            try await body(server)
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    @Test("an address that is not one of the feed's is refused before anything is read")
    func sources() async throws {
        let feeds: [ServerConfiguration.Feed] = [
            .init(
                name: "near", product: .generic, authentication: .none,
                sources: try AddressList(["127.0.0.0/8", "::1"])),
            .init(
                name: "far", product: .generic, authentication: .none, sources: try AddressList(["192.0.2.0/24"])),
        ]
        try await with(feeds) { server in
            let client = try Client(server.intakeURL)
            #expect(try await client.send(.post, "/v1/feeds/near", body: Self.verdict).status == 200)
            let refused = try await client.send(.post, "/v1/feeds/far", body: Self.verdict)
            #expect(refused.status == 403)
            #expect(refused.json["code"]?.string == "feed.source")
            // Not even a body that is none is looked at.
            let unread = try await client.send(.post, "/v1/feeds/far", bytes: [0xFF], headers: [])
            #expect(unread.json["code"]?.string == "feed.source")
            let verdicts = try await UnixSocketCall(path: server.socketPath).send("GET", "/v1/verdicts", nil)
            #expect(verdicts.json["verdicts"]?.array?.count == 1)
        }
    }

    @Test("a trusted proxy says where a delivery comes from, and nobody else does")
    func behindAProxy() async throws {
        let feeds: [ServerConfiguration.Feed] = [
            .init(name: "far", product: .generic, authentication: .none, sources: try AddressList(["192.0.2.0/24"])),
            .init(name: "open", product: .generic, authentication: .none),
        ]
        func status(_ server: RunningServer, _ feed: String, _ headers: [(String, String)]) async throws -> Int {
            try await Client(server.intakeURL).send(
                .post, "/v1/feeds/\(feed)", body: Self.verdict, headers: headers.map { HTTPHeader($0.0, $0.1) }
            ).status
        }
        let common = "X-Forwarded-For"
        let rows: [(feed: String, headers: [(String, String)], status: Int)] = [
            ("far", [(common, "192.0.2.7")], 200), ("far", [("Forwarded", "for=192.0.2.7;proto=https")], 200),
            ("far", [(common, "192.0.2.7, 198.51.100.1")], 403), ("far", [(common, "192.0.2.7, 10.1.2.3")], 200),
            ("far", [(common, "192.0.2.7, unknown")], 403),
            ("far", [(common, "192.0.2.7"), ("Forwarded", "for=192.0.2.7")], 403), ("far", [], 403),
            ("open", [(common, "junk")], 200),
        ]
        try await with(feeds, proxies: ["127.0.0.1", "10.0.0.0/8"]) { server in
            for row in rows {
                let have = try await status(server, row.feed, row.headers)
                #expect(have == row.status, "\(row.headers)")
            }
        }
        for proxies in [["10.0.0.0/8"], nil] {
            try await with(feeds, proxies: proxies) { server in
                let have = try await status(server, "far", [(common, "192.0.2.7")])
                #expect(have == 403)
            }
        }
    }

    @Test("a feed takes its own client certificates; others work without one")
    func certificates() async throws {
        let pem = TestCertificate.two.certificatePEM.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let der = Array(try #require(Data(base64Encoded: pem)))
        let feeds: [ServerConfiguration.Feed] = [
            .init(
                name: "named", product: .generic, authentication: .none,
                clientCertificates: ClientIdentityList(names: ["LOCALHOST"])),
            .init(
                name: "pinned", product: .generic, authentication: .none,
                clientCertificates: ClientIdentityList(fingerprints: [.of(der)])),
            .init(
                name: "other", product: .generic, authentication: .none,
                clientCertificates: ClientIdentityList(names: ["two.bailiff.test"])),
            .init(name: "open", product: .generic, authentication: .none),
        ]
        try await with(feeds, tls: true) { server in
            let plain = try Client(server.intakeURL, trusting: .one)
            let shown = try Client(server.intakeURL, trusting: .one, showing: .two)
            for name in ["named", "pinned"] {
                #expect(try await shown.send(.post, "/v1/feeds/\(name)", body: Self.verdict).status == 200)
                let refused = try await plain.send(.post, "/v1/feeds/\(name)", body: Self.verdict)
                #expect(refused.status == 403)
                #expect(refused.json["code"]?.string == "feed.certificate")
            }
            // The common name counts for nothing.
            #expect(try await shown.send(.post, "/v1/feeds/other", body: Self.verdict).status == 403)
            #expect(try await plain.send(.post, "/v1/feeds/open", body: Self.verdict).status == 200)
            // One that the configured authority did not sign ends the handshake, whatever is asked for.
            await #expect(throws: HTTPFailure.self) {
                _ = try await Client(server.intakeURL, trusting: .one, showing: .one).send(
                    .post, "/v1/feeds/open", body: Self.verdict)
            }
        }
    }

    @Test("a mapping reads what no reader knows; a closed feed takes nothing")
    func mapping() async throws {
        let mapping = try FeedMappingFile.load(file: "m.yaml", bytes: Array(FeedMappingFileTests.good.utf8)).get()
        let feeds: [ServerConfiguration.Feed] = [
            .init(name: "acme", product: mapping.product, mapping: mapping, authentication: .none),
            .init(name: "asking", product: .triage, authentication: .closed),
        ]
        try await with(feeds) { server in
            let client = try Client(server.intakeURL)
            let body: JSONValue = ["verdict": "bad", "score": 9, "hash": .string(Digest.of("file").hex)]
            let reply = try await client.send(.post, "/v1/feeds/acme", body: body)
            #expect(reply.status == 200)
            let id = try #require(reply.json["accepted"]?.array?.first?["verdict"]?.int)
            let stored = try await UnixSocketCall(path: server.socketPath).send("GET", "/v1/verdicts/\(id)", nil).json
            #expect(stored.text().contains("acme-sandbox") && stored.text().contains("malicious"))
            #expect(try await client.send(.post, "/v1/feeds/asking", body: body).status == 401)
        }
    }
}
