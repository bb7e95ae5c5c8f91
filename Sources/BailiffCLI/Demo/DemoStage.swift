import BailiffDefenderEmulator
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffServer
import Foundation

/// What a demo is played on: an emulated Defender, a server, and a way to both.
struct DemoStage: Sendable {
    let folder: DemoFolder
    let emulator: DefenderEmulator
    let server: RunningServer
    /// Over the local administrator's socket.
    let client: APIClient
    let program = OwnProgram()

    static let tokenFile = "ana.token"
    static let signingSecretFile = "secrets/lab"
    static let headerSecretFile = "secrets/zscaler"

    /// What a person sets to work with this server.
    var variables: [(String, String)] {
        [
            ("BAILIFF_URL", server.apiURL), ("BAILIFF_TOKEN_FILE", folder.path(Self.tokenFile)),
            ("BAILIFF_SOCKET", server.socketPath),
        ]
    }

    static func build(_ teller: DemoTeller) async throws -> DemoStage {
        let folder = try DemoFolder()
        let tenant: EmulatorTenant
        do throws(DiagnosticsError) {
            tenant = try EmulatorTenant(yaml: DemoFiles.tenant, file: "tenant.yaml")
        } catch {
            throw CommandFailure("the demo's tenant cannot be read: \(error)")
        }
        let emulator = try await DefenderEmulator.start(
            tenant: tenant, logger: TextLog.file(folder.path("emulator.log"), "emulator", level: .info))
        teller.tell("Defender, emulated: \(tenant.machines.count) machines at \(emulator.url)")
        do {
            // Somebody opened the mail on a machine that has no sensor: it can be seen, not acted upon.
            if let bare = tenant.machines.first(where: { $0.onboardingStatus == "CanBeOnboarded" }) {
                try emulator.addSighting(machine: bare.id, file: DemoFiles.verdictSHA1)
            }
            let server = try await startServer(folder, tenant, emulator)
            teller.tell("server: \(server.apiURL), database in \(folder.path)")
            let place = ServerPlace(socket: server.socketPath)
            return DemoStage(folder: folder, emulator: emulator, server: server, client: try APIClient(place))
        } catch {
            await emulator.stop()
            throw error
        }
    }

    private static func startServer(
        _ folder: DemoFolder, _ tenant: EmulatorTenant, _ emulator: DefenderEmulator
    ) async throws -> RunningServer {
        try writeFiles(folder, tenant, emulator)
        let configuration: ServerConfiguration
        do throws(ConfigurationProblems) {
            configuration = try ServerConfiguration.load(path: folder.path("bailiff.yaml"), environment: [:])
                .configuration
        } catch {
            throw CommandFailure("the demo's configuration is wrong: \(error)")
        }
        var options = ServerRun.Options()
        options.version = CommandLineTool.version
        // People watch: polls and checkpoints come sooner than in production.
        var engine = EngineOptions(tenant: tenant.id)
        engine.pollInterval = .milliseconds(200)
        options.engine = engine
        options.sequencer.checkpointInterval = .seconds(1)
        do {
            return try await RunningServer.start(
                configuration, options: options,
                logger: TextLog.file(folder.path("server.log"), "bailiff", level: .info))
        } catch let problem as StartProblem {
            throw ServerStart.failure(problem)
        }
    }

    private static func writeFiles(
        _ folder: DemoFolder, _ tenant: EmulatorTenant, _ emulator: DefenderEmulator
    ) throws(CommandFailure) {
        func application(_ name: String) throws(CommandFailure) -> EmulatorTenant.Application {
            guard let found = tenant.applications.first(where: { $0.name == name }) else {
                throw CommandFailure("the demo's tenant has no application \(name)")
            }
            return found
        }
        let reader = try application("bailiff-read")
        let actor = try application("bailiff-act")
        let random = Surroundings.system.randomBytes
        try folder.write("secrets/read", reader.secret ?? "")
        try folder.write("secrets/act", actor.secret ?? "")
        try folder.write(signingSecretFile, "whsec_" + Base64.encode(random(32)))
        try folder.write(headerSecretFile, Hex.encode(random(24)))
        for (name, text) in DemoFiles.playbooks { try folder.write("playbooks/\(name)", text) }
        try folder.write(
            "elsewhere/README", "What an auditor keeps on another machine: the log's key and checkpoints.\n")
        try folder.write("scratch/README", "")
        try folder.write(
            "bailiff.yaml",
            """
            server: { api: "127.0.0.1:0", socket: admin.sock }
            store: { path: bailiff.sqlite }
            audit: { key: { file: audit.key }, origin: demo.bailiff.example/soc, checkpoints_to: [{ file: elsewhere/checkpoint }] }
            defender:
              tenant: \(tenant.id)
              urls: { login: "\(emulator.url)", api: "\(emulator.url)", graph: "\(emulator.url)" }
              read: { client_id: \(reader.clientID), secret: { file: secrets/read } }
              act: { client_id: \(actor.clientID), secret: { file: secrets/act } }
            feeds:
              lab: { product: generic, auth: { standard_webhooks: { secrets: [{ file: \(signingSecretFile) }] } } }
              zscaler: { product: zscaler, auth: { header: { name: X-Feed-Key, value: { file: \(headerSecretFile) } } } }
            playbooks: { folder: playbooks, activate: on_load, mode: live }
            """)
    }

    /// Stops everything; what is in the folder stays.
    func close() async {
        await client.close()
        try? await server.stop()
        await emulator.stop()
    }
}
