import ArgumentParser
import BailiffModel
import Foundation

struct ApprovalReview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Go through the questions you may answer, one after another.",
        discussion: """
            Shows each question with everything its answer needs and takes a (approve), d (deny), s (skip) or q (quit) and \
            Return, then a reason. An answer counts for exactly what was shown: where that has changed meanwhile, nothing is \
            answered and the question is shown again.
            """)

    @OptionGroup var server: ServerOptions

    func run() async throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw CommandFailure.usage(
                "a review takes a person at a terminal",
                hint: "'bailiff approval approve' and 'deny' answer one question with its digest")
        }
        let console = Console.standard
        try await APIClient.with(server) { client in
            let review = ApprovalReviewing(
                questions: {
                    try await client.list(
                        ["v1", "approvals"], member: "approvals", query: [("state", "waiting")], limit: 10_000
                    ).elements
                },
                question: { try await client.get(["v1", "approvals", $0]) },
                answer: { id, body in try await client.post(["v1", "approvals", id, "decisions"], body) },
                ask: { prompt in
                    _ = FileDescriptor.write(Array(prompt.utf8), to: STDERR_FILENO)
                    let line = readLine()
                    // The end of the input leaves the cursor behind the prompt.
                    if line == nil { console.remark("") }
                    return line
                },
                show: { question in
                    let sheet = ApprovalView.sheet(question, now: Surroundings.system.now())
                    console.line("")
                    for line in sheet.lines(width: console.width, isColoured: console.isColoured) { console.line(line) }
                },
                tell: { console.note($0) })
            try await review.run()
        }
    }
}

/// A walk through the waiting questions, apart from the terminal and the server.
struct ApprovalReviewing {
    /// Waiting questions, in short.
    let questions: () async throws -> [JSONValue]
    /// One question as it is now.
    let question: (_ id: String) async throws -> JSONValue
    let answer: (_ id: String, _ body: JSONValue) async throws -> JSONValue
    /// Nil at the end of the input.
    let ask: (_ prompt: String) -> String?
    let show: (JSONValue) -> Void
    let tell: (String) -> Void

    private enum Next { case another, again, stop }

    private struct Counts {
        var answered = 0
        var skipped = 0
        /// Over before this person answered.
        var over = 0
        var notForYou = 0
    }

    /// What expires first is asked first.
    func run() async throws {
        let ids = try await questions().reversed().sorted {
            ($0["expires_at"]?.string ?? "") < ($1["expires_at"]?.string ?? "")
        }.compactMap { $0["id"]?.string }
        var counts = Counts()
        walk: for id in ids {
            while true {
                let current = try await question(id)
                guard current["state"]?.string == "waiting" else {
                    counts.over += 1
                    break
                }
                guard current["you"]?["may_answer"]?.bool == true else {
                    counts.notForYou += 1
                    break
                }
                show(current)
                switch try await one(id, current, &counts) {
                case .another: continue walk
                case .again: continue
                case .stop: break walk
                }
            }
        }
        let rest = ids.count - counts.answered - counts.skipped - counts.over - counts.notForYou
        var parts = ["\(counts.answered) answered", "\(counts.skipped) skipped"]
        if counts.over > 0 { parts.append("\(counts.over) over meanwhile") }
        if counts.notForYou > 0 { parts.append("\(counts.notForYou) not for you") }
        if rest > 0 { parts.append("\(rest) not looked at") }
        tell(ids.isEmpty ? "no question waits" : parts.joined(separator: ", "))
    }

    private func one(_ id: String, _ current: JSONValue, _ counts: inout Counts) async throws -> Next {
        guard let digest = current["digest"]?.string else { throw CommandFailure("the server gives no digest") }
        let word: String
        switch ask("[a]pprove, [d]eny, [s]kip, [q]uit? ")?.trimmingCharacters(in: .whitespaces).lowercased() {
        case "a", "approve": word = "approve"
        case "d", "deny": word = "deny"
        case "s", "skip":
            counts.skipped += 1
            return .another
        case nil, "q", "quit": return .stop
        default:
            tell("answer with a, d, s or q; nothing was answered")
            return .again
        }
        guard let reason = ask("why? (it stands in the log) ") else { return .stop }
        guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
            tell("an answer needs a reason; nothing was answered")
            return .again
        }
        do {
            let after = try await answer(
                id, ["answer": .string(word), "digest": .string(digest), "reason": .string(reason)])
            tell(
                "\(id): \(word == "approve" ? "approved" : "denied"), the question is \(after["state"]?.string ?? "answered")"
            )
            counts.answered += 1
            return .another
        } catch let failure as CommandFailure {
            // What was decided by others, or changed, meanwhile is told; the look at it begins anew.
            tell("\(id): not answered: \(failure.description)")
            for hint in failure.hints { tell(hint) }
            return .again
        }
    }
}
