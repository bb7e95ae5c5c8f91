import BailiffAPI
import BailiffDefender
import BailiffDefenderEmulator
import BailiffEngine
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffPlaybook
import BailiffServer
import BailiffTestSupport
import Foundation
import Logging
import Testing

/// A server with the demo's playbooks over the demo's fleet, everything on loopback and on disk in a folder of its own.
final class Estate: Sendable {
    static let labSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let feedKey = "a-long-feed-key"

    let folder: TemporaryFolder
    let emulator: DefenderEmulator
    let configuration: ServerConfiguration
    let server: RunningServer

    private init(
        folder: TemporaryFolder, emulator: DefenderEmulator, configuration: ServerConfiguration, server: RunningServer
    ) {
        self.folder = folder
        self.emulator = emulator
        self.configuration = configuration
        self.server = server
    }

    static var logger: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }

    /// - Parameter tenant: Changes the text of the demo's tenant.
    static func with(
        tenant edit: (String) -> String = { $0 }, _ change: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (Estate) async throws -> Void
    ) async throws {
        await CooperativeThreads.untilPrompt()
        let folder = try TemporaryFolder()
        let tenant = try EmulatorTenant(
            yaml: edit(TemporaryFolder.contents("fixtures/tenants/demo.yaml")), file: "demo.yaml")
        let emulator = try await DefenderEmulator.start(
            tenant: tenant, options: EmulatorOptions(progress: .immediate, quotas: .off), logger: logger)
        var configuration = try configuration(folder, emulator.url, tenant: tenant.id)
        change(&configuration)
        do {
            let server = try await RunningServer.start(configuration, options: options, logger: logger)
            let estate = Estate(folder: folder, emulator: emulator, configuration: configuration, server: server)
            do {
                try await body(estate)
            } catch {
                try? await server.stop()
                throw error
            }
            try await server.stop()
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    static var options: ServerRun.Options {
        var engine = EngineOptions(tenant: "")
        engine.pollInterval = .milliseconds(50)
        engine.askSettle = .milliseconds(20)
        engine.retryInterval = .milliseconds(200)
        var options = ServerRun.Options()
        options.engine = engine
        options.sequencer.interval = .milliseconds(20)
        return options
    }

    static func configuration(
        _ folder: TemporaryFolder, _ url: String, tenant: String
    ) throws -> ServerConfiguration {
        let service = try #require(HTTPURL(url))
        return ServerConfiguration(
            server: .init(
                api: ListenAddress(host: "127.0.0.1", port: 0), intake: ListenAddress(host: "127.0.0.1", port: 0),
                socket: folder.file("admin.sock")),
            store: .init(path: folder.file("bailiff.sqlite")),
            audit: .init(
                key: .file(folder.file("audit.key")), origin: "log.example/test",
                checkpointFiles: [folder.file("elsewhere.checkpoint")]),
            defender: .init(
                tenant: tenant, endpoints: DefenderEndpoints(login: service, api: service, graph: service),
                read: .init(clientID: "b501c78c-c53b-4a2a-950e-bbdba257c435", .secret(Secret("demo-read-secret"))),
                act: .init(clientID: "38056efa-49c9-432a-b698-7a7ff1298663", .secret(Secret("demo-act-secret")))),
            feeds: [
                .init(
                    name: "zscaler", product: .zscaler,
                    authentication: .header(name: "X-Feed-Key", value: [Secret(feedKey)])),
                .init(
                    name: "lab", product: .generic,
                    authentication: .standardWebhooks(secrets: [try StandardWebhooksSecret(Secret(labSecret))])),
            ],
            playbooks: .init(folder: TemporaryFolder.repository + "fixtures/demo", activation: .onLoad(.live)))
    }

    // MARK: Talking to it

    /// The local administrator's way in, spoken over HTTP by hand: the outgoing client knows no sockets.
    func local(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> (
        status: Int, json: JSONValue
    ) {
        try await UnixSocketCall(path: server.socketPath).send(method, path, body)
    }

    func person(_ name: String, _ roles: [String]) async throws -> Client {
        let made = try await local(
            "POST", "/v1/operators", ["name": .string(name), "roles": .array(roles.map { .string($0) })])
        try #require(made.status == 201, "\(made.json.text())")
        return try Client(server.apiURL, token: made.json["token"]?.string)
    }

    func deliver(_ bytes: [UInt8], id: String) async throws -> HTTPReply {
        let seconds = Surroundings.system.now().seconds
        let secret = try StandardWebhooksSecret(Secret(Estate.labSecret))
        let signature = try #require(
            StandardWebhooks.signature(id: id, timestamp: seconds, body: bytes, secret: secret))
        return try await Client(server.intakeURL).send(
            .post, "/v1/feeds/lab", bytes: bytes,
            headers: [
                HTTPHeader("Content-Type", "application/json"), HTTPHeader("webhook-id", id),
                HTTPHeader("webhook-timestamp", String(seconds)), HTTPHeader("webhook-signature", signature),
            ])
    }

    /// Asks whenever the log has grown, until `condition` holds.
    func eventually(
        _ path: String, by client: Client, _ condition: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var last = JSONValue.null
        var size: Int64 = 0
        for _ in 0..<200 {
            last = try await client.get(path)
            if condition(last) { return last }
            size = try await client.get("/v1/audit/entries?from=\(size)&limit=1000&wait=10")["size"]?.int ?? size
        }
        Issue.record("never came true; last: \(last.text().prefix(3_000))")
        return last
    }
}
