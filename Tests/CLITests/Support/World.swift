import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffTestSupport
import Foundation
import Logging
import Testing

/// An emulator and a server as processes of their own, with everything a test needs to work with them.
final class World: @unchecked Sendable {
    // One test uses a world, one step after the other.
    let folder: TemporaryFolder
    private(set) var emulator: Daemon
    private(set) var server: Daemon
    private let http: OutgoingHTTPClient

    static let laptop = "f033ab5fb13ce2cd1d028131f8775375f904fd2e"
    static let controller = "95133329418bb5385c17dea106a749e56ff27cfd"
    static let file = "955eab476e9d615ee49e571cf82e3c72fb8a43079bd4962b0233177dc8e0f3f0"

    private init(folder: TemporaryFolder, emulator: Daemon, server: Daemon) throws {
        self.folder = folder
        self.emulator = emulator
        self.server = server
        http = try OutgoingHTTPClient(
            allowing: [emulator.url, server.url, server.intake].compactMap { HTTPURL($0) }.map { .origin($0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func start(emulatorOptions: [String] = ["--speed", "demo"]) async throws -> World {
        await CooperativeThreads.untilPrompt()
        let folder = try TemporaryFolder()
        let emulator = try await Daemon.start(
            ["emulator", "--tenant", Program.fixture("tenants/demo.yaml"), "--no-quotas"] + emulatorOptions,
            folder: folder)
        for name in ["playbook", "policy", "approvals"] {
            try folder.makeFolder("playbooks")
            try folder.copy(Program.fixture("demo/\(name).yaml"), to: "playbooks/\(name).yaml")
        }
        try folder.write("secrets/lab", "whsec_" + Base64.encode(Array("a secret of at least 24 bytes".utf8)))
        try folder.write("secrets/key", "zscaler-key-1")
        try folder.write("secrets/read", "demo-read-secret")
        try folder.write("secrets/act", "demo-act-secret")
        let port = try freePort()
        try folder.write("bailiff.yaml", configuration(emulator.url, port: port))
        let server = try await Daemon.start(["serve", "--config", "bailiff.yaml"], folder: folder)
        return try World(folder: folder, emulator: emulator, server: server)
    }

    /// The server keeps its port over restarts, so it must not be one the system gives to somebody else meanwhile: it is
    /// taken from below the ephemeral range, each only once in this process.
    private static func freePort() throws -> UInt16 {
        for _ in 0..<2_000 {
            let port = nextPort.withLock { next in
                next = next >= 29_999 ? 20_000 : next + 1
                return next
            }
            if isFree(port) { return port }
        }
        throw CocoaError(.fileReadUnknown)
    }

    private static let nextPort = Locked(UInt16(20_000 + getpid() % 10_000))

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Foundation.close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func configuration(_ emulator: String, port: UInt16) -> String {
        """
        server: { api: "127.0.0.1:\(port)", socket: admin.sock }
        store: { path: bailiff.sqlite }
        audit: { key: { file: audit.key }, origin: test.example/soc, checkpoints_to: [{ file: kept.checkpoint }] }
        defender:
          tenant: 117543ce-490f-4247-a804-d07459ffe949
          urls: { login: "\(emulator)", api: "\(emulator)", graph: "\(emulator)" }
          read: { client_id: b501c78c-c53b-4a2a-950e-bbdba257c435, secret: { file: secrets/read } }
          act: { client_id: 38056efa-49c9-432a-b698-7a7ff1298663, secret: { file: secrets/act } }
        feeds:
          lab: { product: generic, auth: { standard_webhooks: { secrets: [{ file: secrets/lab }] } } }
          zscaler: { product: zscaler, auth: { header: { name: X-Feed-Key, value: { file: secrets/key } } } }
        playbooks: { folder: playbooks, activate: on_load, mode: live }

        """
    }

    func close() async {
        await http.shutdown()
        await server.terminate()
        await emulator.terminate()
    }

    // MARK: The server

    func kill() async { await server.kill() }

    /// - Parameter wrapper: A program that starts the server.
    func restart(under wrapper: [String] = []) async throws {
        server = try await Daemon.start(["serve", "--config", "bailiff.yaml"], under: wrapper, folder: folder)
    }

    /// Kills the server's own process where a wrapper stands between: its number is in the lock beside the database.
    func killWrapped() async throws {
        let lock = try String(contentsOfFile: folder.path("bailiff.sqlite.lock"), encoding: .utf8)
        if let pid = Int32(lock.split(whereSeparator: \.isNewline).first ?? ""), !server.hasEnded {
            Foundation.kill(pid, SIGKILL)
        }
        await server.end()
    }

    var variables: [String: String] {
        ["BAILIFF_URL": server.url, "BAILIFF_SOCKET": folder.path("admin.sock")]
    }

    /// Runs a command as the local administrator, or as an operator with a token file.
    func run(_ arguments: [String], tokenOf name: String? = nil, input: String = "") async throws -> Program.Output {
        var variables: [String: String] = ["BAILIFF_SOCKET": folder.path("admin.sock")]
        if let name {
            variables = ["BAILIFF_URL": server.url, "BAILIFF_TOKEN_FILE": folder.path("\(name).token")]
        }
        return try await Program.run(arguments, input: input, variables: variables, folder: folder)
    }

    /// The JSON that a command prints.
    func json(_ arguments: [String], tokenOf name: String? = nil) async throws -> JSONValue {
        let output = try await run(arguments + ["--format", "json"], tokenOf: name)
        guard output.status == 0 else { throw CommandFailed(arguments: arguments, output: output) }
        return try StrictJSON.parse(output.stdout, limits: .trusted)
    }

    struct CommandFailed: Error {
        var arguments: [String]
        var output: Program.Output
    }

    func addOperator(_ name: String, _ roles: String...) async throws {
        let options = roles.flatMap { ["--role", $0] }
        let output = try await run(["operator", "add", name, "--save", "\(name).token"] + options)
        guard output.status == 0 else { throw CommandFailed(arguments: ["operator", "add"], output: output) }
    }

    // MARK: Deliveries

    func submit(_ body: String, id: String) async throws -> Program.Output {
        try folder.write("body.json", body)
        return try await Program.run(
            [
                "verdict", "submit", "body.json", "--feed", "lab", "--signing-secret", "secrets/lab", "--id", id,
                "--format", "json",
            ], variables: ["BAILIFF_URL": server.intake], folder: folder)
    }

    static func verdict(_ sha256: String = file, id: String = "lab-1") -> String {
        """
        {"bailiff":"verdict/v1","id":"\(id)","verdict":"malicious","score":97,"category":"other","sha256":"\(sha256)"}
        """
    }

    // MARK: The emulator

    func control(_ method: BailiffHTTPClient.HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws
        -> [JSONValue]
    {
        guard let url = HTTPURL(emulator.url + "/emulator/" + path) else { throw CocoaError(.fileReadUnknown) }
        let reply = try await http.send(
            BailiffHTTPClient.HTTPRequest(
                method, url, headers: [HTTPHeader("Content-Type", "application/json")], body: body?.utf8() ?? []))
        guard (200..<300).contains(reply.status) else { throw CocoaError(.fileReadUnknown) }
        return try StrictJSON.lines(reply.body, limits: .trusted).map { try $0.value.get() }
    }

    /// Requests that ordered something, as the emulator recorded them.
    func orders(_ type: String, on machine: String? = nil) async throws -> [JSONValue] {
        try await control(.get, "requests").filter { request in
            request["action_type"]?.string == type && (machine == nil || request["machine_id"]?.string == machine)
        }
    }

    // MARK: Waiting

    /// Looks again and again, each look being a command or a call of its own, until something is there.
    @discardableResult
    func until<Value>(_ what: String, _ look: () async throws -> Value?) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            if let value = try await look() { return value }
            // Each look starts a process: fewer of them leave the processor to what is waited for.
            try await Task.sleep(for: .milliseconds(200))
        }
        throw NeverHappened(what: what, log: server.errors)
    }

    struct NeverHappened: Error {
        var what: String
        var log: String
    }

    func outcome(_ action: String, on machine: String, in value: JSONValue) -> String? {
        (value["actions"]?.array ?? []).first {
            $0["action"]?.string == action && $0["machine_id"]?.string == machine
        }?["outcome"]?.string
    }
}
