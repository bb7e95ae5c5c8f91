import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffYAML
import Foundation

/// Which server a command talks to, and as whom.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address (BAILIFF_URL).")
    var url: String?

    @Option(
        name: .customLong("token-file"), help: "The file with your token (BAILIFF_TOKEN_FILE).", completion: .file())
    var tokenFile: String?

    @Option(help: "The local administrator's socket on the server's machine (BAILIFF_SOCKET).", completion: .file())
    var socket: String?

    @Option(
        help: "A server's configuration file: its socket is used (BAILIFF_CONFIG).",
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("ca-file"), help: "Certificates to trust in place of the system's, PEM (BAILIFF_CA_FILE).",
        completion: .file())
    var caFile: String?

    func validate() throws {
        let ways = [url != nil, socket != nil, config != nil].count { $0 }
        if ways > 1 { throw ValidationError("--url, --socket and --config exclude each other") }
    }
}

/// The way to a server, decided.
struct ServerPlace: Sendable {
    enum Way: Sendable, Hashable {
        case url(String)
        case socket(String)
    }

    var way: Way
    var token: Secret?
    var certificates: [UInt8]?

    /// A server on this machine, as its administrator.
    init(socket: String) { way = .socket(socket) }

    init(url: String) { way = .url(url) }

    /// What the command line says counts before the environment.
    ///
    /// - Parameter prefersSocket: For administrators' commands: where the environment names both, the socket is taken.
    init(
        _ options: ServerOptions, environment: [String: String] = ProcessInfo.processInfo.environment,
        prefersSocket: Bool = false
    ) throws(CommandFailure) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        way = try Self.way(
            options, url: variable("BAILIFF_URL"), socket: variable("BAILIFF_SOCKET"),
            config: variable("BAILIFF_CONFIG"),
            prefersSocket: prefersSocket)
        // Through the socket the caller is the local administrator, unless a token is named for this very call.
        var tokenFile = options.tokenFile
        if case .url = way, tokenFile == nil { tokenFile = variable("BAILIFF_TOKEN_FILE") }
        if let tokenFile { token = try TokenFile.read(tokenFile) }
        if let path = options.caFile ?? variable("BAILIFF_CA_FILE") {
            certificates = try InputFile.read(path, limit: 1 << 20)
        }
    }

    private static func way(
        _ options: ServerOptions, url: String?, socket: String?, config: String?, prefersSocket: Bool
    ) throws(CommandFailure) -> Way {
        if let url = options.url { return .url(url) }
        if let socket = options.socket { return .socket(socket) }
        if let config = options.config { return .socket(try ConfiguredSocket.path(configuration: config)) }
        var local = socket
        if local == nil, let config { local = try ConfiguredSocket.path(configuration: config) }
        if let local, prefersSocket || url == nil { return .socket(local) }
        if let url { return .url(url) }
        throw .usage(
            "it is not said which server is meant",
            hint: "set BAILIFF_URL and BAILIFF_TOKEN_FILE, or on the server's machine BAILIFF_SOCKET or BAILIFF_CONFIG")
    }
}

/// A token in a file that only its owner may read.
enum TokenFile {
    static func read(_ path: String) throws(CommandFailure) -> Secret {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
            throw CommandFailure(
                "the token file \(path) can be read by others", hint: "chmod 600 '\(path)'")
        }
        let bytes = try InputFile.read(path, limit: 4_096)
        let token = bytes.reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed()
        guard !token.isEmpty, token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandFailure("the token file \(path) holds no token")
        }
        return Secret(bytes: Array(token))
    }
}

/// Finds the socket a configuration names, without needing any of its secrets.
enum ConfiguredSocket {
    static func path(configuration: String) throws(CommandFailure) -> String {
        let bytes = try InputFile.read(configuration, limit: 1 << 20)
        let node: YAMLNode
        do throws(DiagnosticsError) {
            node = try StrictYAML.parse(StrictYAML.source(file: configuration, bytes: bytes).get()).get()
        } catch {
            throw CommandFailure("\(configuration) is no configuration: \(error)")
        }
        let folder = (configuration as NSString).deletingLastPathComponent
        func resolved(_ path: String) -> String {
            path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
        }
        if let socket = node["server"]?["socket"]?.text { return resolved(socket) }
        guard let store = node["store"]?["path"]?.text else {
            throw CommandFailure("\(configuration) names neither server.socket nor store.path")
        }
        // Where the configuration is silent, the socket lies beside the database.
        return (resolved(store) as NSString).deletingLastPathComponent + "/admin.sock"
    }
}
