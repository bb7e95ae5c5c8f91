import ArgumentParser
import BailiffModel
import Foundation

struct ApprovalApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve exactly what a digest stands for.",
        discussion: """
            The digest is the one that 'bailiff approval show' printed: if the question has changed since, nothing is \
            approved. Without --digest the question is shown and you are asked.
            """)

    @Option(
        name: .customLong("only"), help: "Approve for this machine only, by the beginning of its id; once for each.")
    var only: [String] = []

    @OptionGroup var answer: AnswerOptions

    func run() async throws { try await answer.give("approve", only: only) }
}

struct ApprovalDeny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Refuse what is asked; one refusal ends the question.",
        discussion: "Without --digest the question as it stands is refused.")

    @OptionGroup var answer: AnswerOptions

    func run() async throws { try await answer.give("deny", only: []) }
}

/// What both answers share.
struct AnswerOptions: ParsableArguments {
    @Argument(help: "The question's id, or the beginning of it.")
    var id: String

    @Option(help: "What was looked at: the digest, or its first 12 digits or more.")
    var digest: String?

    @Option(help: "Why; it stands in the log.")
    var reason: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says nothing") }
        if let digest, !isDigest(digest) {
            throw ValidationError("--digest is 12 to 64 hexadecimal digits")
        }
    }

    private func isDigest(_ text: String) -> Bool {
        (12...64).contains(text.utf8.count) && text.utf8.allSatisfy { Hex.value(of: $0) != nil }
    }

    func give(_ word: String, only: [String]) async throws {
        let answered = try await APIClient.with(server) { client in
            let agreed = try await agreedDigest(word, client)
            var body: JSONValue = ["answer": .string(word), "digest": .string(agreed), "reason": .string(reason)]
            if !only.isEmpty, case .object(var object) = body {
                object["only"] = .array(try await machines(only, client).map { .string($0) })
                body = .object(object)
            }
            return try await client.post(["v1", "approvals", id, "decisions"], body)
        }
        let sheet = ApprovalView.sheet(answered, now: Surroundings.system.now())
        Renderer(output.format).print(.one(answered, sheet))
    }

    /// The ids of the question's machines that begin so. The digest binds the answer to the machines that are looked through.
    private func machines(_ only: [String], _ client: APIClient) async throws -> [String] {
        let question = try await client.get(["v1", "approvals", id])
        let ids = (question["machines"]?.array ?? []).compactMap { $0["machine_id"]?.string }
        return try only.map { text throws(CommandFailure) in try MachineChoice(ids: ids).id(beginning: text) }
    }

    /// The whole digest of what the person looked at. A whole one goes out as it was typed, and the server judges it.
    private func agreedDigest(_ word: String, _ client: APIClient) async throws -> String {
        if let digest, digest.utf8.count == 64 { return digest.lowercased() }
        let question = try await client.get(["v1", "approvals", id])
        guard let current = question["digest"]?.string else { throw CommandFailure("the server gives no digest") }
        if let digest {
            guard current.utf8.starts(with: digest.lowercased().utf8) else {
                throw CommandFailure(
                    "the question's digest is \(Words.short(current, ApprovalView.digestLength)), not \(digest): it is not what was looked at",
                    hint: "look again with 'bailiff approval show \(id)'")
            }
            return current
        }
        if word == "deny" { return current }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw CommandFailure.usage(
                "approving needs --digest where nobody can be asked",
                hint: "'bailiff approval show \(id)' prints it")
        }
        let console = Console.standard
        let sheet = ApprovalView.sheet(question, now: Surroundings.system.now())
        for line in sheet.lines(width: console.width, isColoured: false) { console.remark(line) }
        try Confirmation().require("approves what stands above")
        return current
    }
}
