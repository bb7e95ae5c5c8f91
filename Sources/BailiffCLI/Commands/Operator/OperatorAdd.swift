import ArgumentParser
import BailiffModel
import Foundation

struct OperatorAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make an operator; the token is shown this once.",
        discussion: """
            Roles are viewer, responder, releaser, playbook-admin, admin, auditor and every role that an approval policy in \
            force asks for.
            """)

    @Argument(help: "A name of lower-case letters, digits, and . - _ @")
    var name: String

    @Option(help: "A role; once for each.")
    var role: [String]

    @Flag(help: "A program, not a person: it never approves.")
    var service = false

    @Option(
        help: .init(
            "After that the token counts no more: a span such as 12h or 90d, or an RFC 3339 time.", valueName: "when"))
    var expires: TokenEnd?

    @Option(help: "Limit the token to this permission ('bailiff operator roles' lists them); once for each.")
    var scope: [String] = []

    @Option(
        help: "Write the token into this new file, which only you can read, in place of printing it.",
        completion: .file())
    var save: String?

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        // The file comes first: a token that nobody gets to see would be an operator nobody can be.
        let file = try save.map { path throws(CommandFailure) in try NewSecretFile(path) }
        let answer: JSONValue
        do {
            let request = request(at: Surroundings.system.now())
            answer = try await APIClient.with(server, prefersSocket: true) {
                try await $0.post(["v1", "operators"], request)
            }
        } catch {
            file?.discard()
            throw error
        }
        guard case .object(var object) = answer, let token = object["token"]?.string else {
            throw CommandFailure("the server gives no token")
        }
        if let file {
            try file.write(token)
            object["token"] = nil
            object["token_file"] = .string(file.path)
        }
        let console = Console.standard
        let shown = JSONValue.object(object)
        Renderer(output.format, console).print(.one(shown, sheet(shown)))
        if save == nil { console.note("the token is shown this once; only its digest is kept") }
    }

    private func request(at now: Timestamp) -> JSONValue {
        var body: JSONObject = [
            "name": .string(name), "roles": .array(role.map { .string($0) }), "service": .bool(service),
        ]
        if let expires { body["expires_at"] = .string(expires.time(from: now).rfc3339) }
        if !scope.isEmpty { body["scopes"] = .array(scope.map { .string($0) }) }
        return .object(body)
    }

    private func sheet(_ value: JSONValue) -> Sheet {
        var fields = [
            Sheet.Field("operator", .optional(value["name"]?.string, .bold)), .init("roles", value["roles"]),
            .init("service", value["service"]),
        ]
        if let end = value["expires_at"]?.string { fields.append(.init("expires", CellText(LocalTime.text(end)))) }
        if let scopes = value["scopes"], !scopes.isNull { fields.append(.init("limited to", scopes)) }
        fields.append(save == nil ? .init("token", value["token"]) : .init("token in", value["token_file"]))
        return Sheet([.fields(fields)])
    }
}

/// When a token ends: a span from now, or a time.
enum TokenEnd: ExpressibleByArgument, Equatable {
    case after(Duration)
    case at(Timestamp)

    init?(argument: String) {
        if let time = Timestamp(rfc3339: argument) {
            self = .at(time)
        } else if let span = Span(argument: argument) {
            self = .after(span.duration)
        } else {
            return nil
        }
    }

    func time(from now: Timestamp) -> Timestamp {
        switch self {
        case .after(let span): now + span
        case .at(let time): time
        }
    }
}

/// A new file that only its owner may read.
struct NewSecretFile {
    let path: String
    private let descriptor: Int32

    /// - Throws: Also where a file of this name exists.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path) cannot be made: \(String(cString: strerror(errno)).lowercased())")
        }
    }

    func write(_ text: String) throws(CommandFailure) { try write(bytes: Array(text.utf8) + [0x0A]) }

    /// Called once; nothing is written after it.
    func write(bytes: [UInt8]) throws(CommandFailure) {
        defer { close(descriptor) }
        guard FileDescriptor.write(bytes, to: descriptor) else {
            throw CommandFailure("\(path) cannot be written")
        }
    }

    func discard() {
        close(descriptor)
        unlink(path)
    }
}
