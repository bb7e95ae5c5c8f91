import BailiffHTTPClient
import BailiffModel

/// An answer that says why something was not done (RFC 9457), for the person at the terminal.
struct ProblemReply {
    private let reply: HTTPReply
    private let body: JSONValue

    init(_ reply: HTTPReply) {
        self.reply = reply
        body = (try? StrictJSON.parse(reply.body, limits: .trusted)) ?? .null
    }

    func failure(from server: String, hasToken: Bool) -> CommandFailure {
        guard let code = body["code"]?.string else {
            return CommandFailure("\(server) answers with status \(reply.status): is it a Bailiff server?")
        }
        let detail = body["detail"]?.string ?? body["title"]?.string ?? "status \(reply.status)"
        return CommandFailure("\(detail) [\(code)]", hints: hints(code, hasToken: hasToken))
    }

    private func hints(_ code: String, hasToken: Bool) -> [String] {
        switch code {
        case "auth.missing": return ["set BAILIFF_TOKEN_FILE to the file with your token"]
        case "auth.invalid": return ["an administrator makes a new one with 'bailiff operator add'"]
        case "auth.forbidden": return forbidden
        case "id.ambiguous": return texts("candidates").map { "it may be \($0)" }
        case "approval.other_digest":
            return texts("changed") + ["look again with 'bailiff approval show', then answer what it shows"]
        case "approval.needs_person" where !hasToken: return ["set BAILIFF_TOKEN_FILE to the file with your token"]
        case "approval.unknown_machines":
            return texts("machines").map { "\($0) is not asked about" }
                + ["--only takes the machine ids that 'bailiff approval show' lists"]
        case "order.needs_approval", "order.unknown_approval":
            return texts("policies").isEmpty
                ? ["no approval policy is in force"]
                : ["--approve takes one of \(texts("policies").joined(separator: ", "))"]
        case "order.unknown_machines":
            return ["a machine is named by Defender's whole id: see 'bailiff case show' or 'bailiff machine list'"]
        case "case.closed": return ["'bailiff case show' tells more"]
        case "run.ended": return ["'bailiff run undo' takes back what it did"]
        case "operator.invalid":
            if !texts("scopes").isEmpty { return ["the permissions are \(texts("scopes").joined(separator: ", "))"] }
            if texts("roles").isEmpty { return [] }
            return [
                "known roles: \(texts("roles").joined(separator: ", "))",
                "other roles are those that approval policies in force require",
            ]
        case "delivery.rejected":
            return (body["rejected"]?.array ?? []).prefix(5).compactMap { record in
                guard let index = record["index"]?.int, let message = record["message"]?.string else { return nil }
                return "record \(index): \(message) [\(record["code"]?.string ?? "")]"
            }
        case "server.internal":
            return body["request_id"]?.string.map { ["the server's log tells more under \($0)"] } ?? []
        default: return []
        }
    }

    /// Who may do it instead.
    private var forbidden: [String] {
        if !texts("scopes").isEmpty {
            return [
                "it is limited to \(texts("scopes").joined(separator: ", ")): use a token of yours without that limit"
            ]
        }
        if body["permission"]?.string == "decide" {
            return ["a question is answered by the roles it asks for: 'bailiff approval show' names them"]
        }
        guard !texts("roles").isEmpty else { return [] }
        let roles = texts("roles").joined(separator: ", ")
        return ["these roles have it: \(roles); 'bailiff operator roles' shows who may do what"]
    }

    private func texts(_ member: String) -> [String] { body[member]?.array?.compactMap(\.string) ?? [] }
}
