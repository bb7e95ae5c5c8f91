import BailiffHTTPClient
import BailiffModel
import BailiffServer
import Foundation
import Testing

@Suite("Who may post is replaced without a restart")
struct FeedSendersTests {
    private static let verdict: JSONValue = ["verdict": "malicious", "sha256": .string(Digest.of("file").hex)]

    private func text(secrets: String, sources: String = "") -> String {
        """
        server: { api: "127.0.0.1:0", socket: admin.sock }
        store: { path: bailiff.sqlite }
        audit: { key: { file: audit.key }, origin: log.example/test }
        defender:
          tenant: 5f1f7c5a-9f0e-4c0b-8f4e-2f9c1a7b3d10
          urls: { login: "http://127.0.0.1:9", api: "http://127.0.0.1:9", graph: "http://127.0.0.1:9" }
          read: { client_id: 0d0b8a52-6d0b-4f1e-9a53-6b8f0c1d2e3f, secret: { file: app } }
        feeds:
          lab: { product: generic, auth: { bearer: { \(secrets) } }\(sources) }
        playbooks: { folder: playbooks, activate: manual }

        """
    }

    @Test("a new secret in its file, a second one, another network; a broken file changes nothing")
    func replaced() async throws {
        let folder = try TemporaryFolder()
        try folder.write("app", "secret")
        try folder.write("lab", "the-first-secret")
        let path = try folder.write("bailiff.yaml", text(secrets: "token: { file: lab }"))
        let load: @Sendable () -> Result<ServerConfiguration, ConfigurationProblems> = {
            Result { () throws(ConfigurationProblems) in
                try ServerConfiguration.load(path: path, environment: [:]).configuration
            }
        }
        var options = Estate.options
        options.reread = load
        options.rereadInterval = .milliseconds(10)
        let server = try await RunningServer.start(try load().get(), options: options, logger: Estate.logger)
        func status(_ token: String) async throws -> Int {
            try await Client(server.intakeURL, token: token).send(.post, "/v1/feeds/lab", body: Self.verdict).status
        }
        func become(_ wanted: Int, _ token: String) async throws {
            let begin = ContinuousClock.now
            while try await status(token) != wanted {
                try #require(.now - begin < .seconds(30), "\(token) is never answered \(wanted)")
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        do {
            #expect(try await status("the-first-secret") == 200)
            #expect(try await status("the-second-secret") == 401)
            try folder.write("lab", "the-second-secret")
            try await become(200, "the-second-secret")
            #expect(try await status("the-first-secret") == 401)

            try folder.write("lab2", "the-third-secret")
            try folder.write("bailiff.yaml", text(secrets: "tokens: [{ file: lab }, { file: lab2 }]"))
            try await become(200, "the-third-secret")
            #expect(try await status("the-second-secret") == 200)

            // Readable by others, then no YAML at all: both are left alone, and what follows them is taken.
            try folder.write("lab2", "the-fourth-secret", mode: 0o644)
            try folder.write("bailiff.yaml", "feeds: [")
            #expect(try await status("the-third-secret") == 200)
            try folder.write("lab2", "the-fourth-secret")
            try folder.write(
                "bailiff.yaml",
                text(secrets: "tokens: [{ file: lab }, { file: lab2 }]", sources: ", sources: [192.0.2.1]"))
            try await become(403, "the-fourth-secret")
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }
}
