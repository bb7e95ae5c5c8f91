import ArgumentParser
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import Foundation

struct VerdictSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Deliver a body or a verdict of your own to a feed, as a sandbox does.",
        discussion: """
            The body is a file, or is made of --verdict and a hash: then the feed's product is generic or auto.

            Authenticates as the feed is configured: --signing-secret signs as Standard Webhooks say, --header-secret sends a \
            static header. Secrets come from files, never from the command line. Exit status 1 where nothing was accepted.
            """)

    @Option(help: "The feed's name.")
    var feed: String

    @Option(
        name: .customLong("signing-secret"), help: "File with a Standard Webhooks secret (whsec_…).",
        completion: .file())
    var signingSecret: String?

    @Option(
        name: .customLong("header-secret"), help: .init("Header and the file with its value.", valueName: "NAME=FILE"))
    var headerSecret: String?

    @Option(name: .customLong("bearer-secret"), help: "File with a bearer token.", completion: .file())
    var bearerSecret: String?

    @Option(help: "The delivery's id; a second delivery with the same id counts once. Made up where it is absent.")
    var id: String?

    @Option(name: .customLong("content-type"), help: "The body's type.")
    var contentType = "application/json"

    @Option(help: "The address for deliveries, where it is not the server's own (BAILIFF_INTAKE_URL).")
    var intake: String?

    @Argument(help: "The body; - reads standard input.", completion: .file())
    var file: String?

    @OptionGroup(title: "A verdict of your own") var stated: StatedVerdict
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [signingSecret != nil, headerSecret != nil, bearerSecret != nil].count(where: { $0 }) > 1 {
            throw ValidationError("a feed has one scheme of authentication")
        }
        guard stated.isEmpty == (file != nil) else {
            throw ValidationError(
                file == nil ? "a file with the body, or --verdict and a hash" : "a file excludes a verdict of your own")
        }
        if file == nil { _ = try stated.record(id: id) }
    }

    func run() async throws {
        let body = try file.map { try InputFile.read($0, limit: InputFile.bodyLimitInBytes) } ?? stated.record(id: id)
        let headers = [HTTPHeader("Content-Type", contentType)] + (try authentication(of: body))
        var place = try place()
        place.token = nil
        let answer = try await APIClient.with(place) {
            try await $0.deliver(["v1", "feeds", feed], headers: headers, body: body)
        }
        Renderer(output.format).print(.one(answer, Self.sheet(answer)))
    }

    private func place() throws -> ServerPlace {
        let variable = ProcessInfo.processInfo.environment["BAILIFF_INTAKE_URL"] ?? ""
        var options = server
        if let address = intake ?? (variable.isEmpty ? nil : variable), options.url == nil {
            options.url = address
            options.socket = nil
            options.config = nil
        }
        return try ServerPlace(options)
    }

    private func authentication(of body: [UInt8]) throws -> [HTTPHeader] {
        if let signingSecret { return try signature(of: body, secret: TokenFile.read(signingSecret)) }
        if let bearerSecret {
            return [HTTPHeader("Authorization", "Bearer \(try TokenFile.read(bearerSecret).revealedText)")]
        }
        guard let headerSecret else { return [] }
        let parts = headerSecret.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw CommandFailure.usage("--header-secret is NAME=FILE") }
        return [HTTPHeader(parts[0], try TokenFile.read(parts[1]).revealedText)]
    }

    private func signature(of body: [UInt8], secret: Secret) throws -> [HTTPHeader] {
        let id = id ?? "msg_" + Hex.encode(Surroundings.system.randomBytes(12))
        let now = Surroundings.system.now().seconds
        let key: StandardWebhooksSecret
        do throws(StandardWebhooksSecret.Problem) {
            key = try StandardWebhooksSecret(secret)
        } catch {
            throw CommandFailure("\(error)")
        }
        guard let signature = StandardWebhooks.signature(id: id, timestamp: now, body: body, secret: key) else {
            throw CommandFailure("a public key signs nothing; the sender's own secret is needed")
        }
        return [
            HTTPHeader(StandardWebhooks.idHeader, id), HTTPHeader(StandardWebhooks.timestampHeader, String(now)),
            HTTPHeader(StandardWebhooks.signatureHeader, signature),
        ]
    }

    private static func sheet(_ answer: JSONValue) -> Sheet {
        let accepted = answer["accepted"]?.array ?? []
        let rejected = answer["rejected"]?.array ?? []
        var sheet = Sheet([.line(CellText("\(accepted.count) accepted, \(rejected.count) rejected"))])
        sheet.add(
            "Accepted",
            Table([
                .number("VERDICT", "verdict"), Table.Column("CASE") { .optional($0["case"]?.string) },
                .member("DUPLICATE", "duplicate"),
            ]), accepted)
        sheet.add(
            "Rejected",
            Table([.number("RECORD", "index"), .member("CODE", "code"), .member("WHY", "message", isFlexible: true)]),
            rejected)
        return sheet
    }
}
