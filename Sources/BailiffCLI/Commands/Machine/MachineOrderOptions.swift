import ArgumentParser
import BailiffModel

/// A person's order to machines, and how it is given.
struct MachineOrderOptions: ParsableArguments {
    @Argument(help: "Defender's ids of the machines; names are not unique and are not taken.")
    var ids: [String]

    @Option(help: "Why; it stands in the log and at Defender.")
    var reason: String

    @Option(
        name: .customLong("case"), help: "The case it is done for: the beginning of a hash of its file.")
    var caseID: String?

    @Option(help: "The approval policy that is asked; needed for more than one machine.")
    var approve: String?

    @Flag(help: "Wait until it has ended everywhere; a question that waits for people counts as under way.")
    var wait = false

    @OptionGroup var confirmation: Confirmation
    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !ids.isEmpty else { throw ValidationError("name at least one machine") }
        guard ids.count == 1 || caseID != nil else {
            throw ValidationError(
                "more than one machine takes --case: what is done to several is done because of a file")
        }
    }

    /// Gives the order and prints the run it became.
    ///
    /// - Parameters:
    ///   - warning: What it does to whom, for actions that have to be confirmed: `takes 1 machine off the network`.
    ///   - members: What goes with the action.
    func give(_ action: String, confirming warning: String?, _ members: [(String, JSONValue)] = []) async throws {
        if let warning { try confirmation.require("\(warning): \(ids.joined(separator: ", "))") }
        var body: JSONObject = ["action": .string(action), "reason": .string(reason)]
        if let approve { body["approve"] = .string(approve) }
        for (name, value) in members { body[name] = value }
        let run = try await APIClient.with(server) { client in
            let made = try await post(body, client)
            return wait ? try await end(of: made, client) : made
        }
        Renderer(output.format).print(.one(run, RunView.sheet(run)))
        try report(run)
    }

    private func post(_ body: JSONObject, _ client: APIClient) async throws -> JSONValue {
        var body = body
        if ids.count > 1, let caseID {
            body["machines"] = .array(ids.map { .string($0) })
            return try await client.post(["v1", "cases", caseID, "actions"], .object(body))
        }
        if let caseID { body["case"] = .string(caseID) }
        return try await client.post(["v1", "machines", ids.first ?? "", "actions"], .object(body))
    }

    private func end(of run: JSONValue, _ client: APIClient) async throws -> JSONValue {
        var current = run
        while current["state"]?.string != "ended" {
            try await Task.sleep(for: .seconds(1))
            current = try await client.get(["v1", "runs", run["id"]?.string ?? ""])
        }
        return current
    }

    var count: String { Words.count(Set(ids).count, "machine") }

    /// - Throws: `CommandFailure` where nothing of it will be done, or not all of it was.
    private func report(_ run: JSONValue) throws(CommandFailure) {
        let actions = run["actions"]?.array ?? []
        let never = actions.filter { ["denied", "skipped", "not_possible"].contains($0["outcome"]?.string ?? "") }
        if never.count == actions.count, let first = never.first {
            throw CommandFailure("nothing is sent: \(why(first))")
        }
        guard run["state"]?.string == "ended" else {
            Console.standard.note("follow it with 'bailiff run watch \(run["id"]?.string ?? "")'")
            return
        }
        let undone = actions.filter { $0["outcome"]?.string != "done" }
        if let first = undone.first {
            throw CommandFailure(
                "not done on \(undone.count) of \(Words.count(actions.count, "machine")): \(why(first))")
        }
    }

    private func why(_ action: JSONValue) -> String {
        let reasons = (action["reasons"]?.array ?? []).compactMap(\.string).joined(separator: "; ")
        return "\(action["outcome"]?.string ?? "-"), \(reasons.shown())"
    }
}
