import BailiffCore
import BailiffEngine
import BailiffModel
import HTTPTypes

/// The tenant-wide switches.
struct ControlRoutes: Sendable {
    let control: ControlService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/halt", .needs(.halt),
                EndpointDocumentation(
                    "halt",
                    "Stops every send; with `all` releases ordered by people too. A second call changes nothing.",
                    body: "Halt", reply: "Control", problems: [.bodyMalformed, .mediaType, .unavailable]), respond: halt
            ),
            Endpoint(
                .post, "/v1/resume", .needs(.resume),
                EndpointDocumentation(
                    "resume", "Lets sends go on. A second call changes nothing.", body: "Resume", reply: "Control",
                    problems: [.bodyMalformed, .mediaType, .unavailable]), respond: resume),
        ]
    }

    private func halt(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let reason = try body.requiredText("reason")
        let all = try body.flag("all") ?? false
        try body.finish()
        let control = try await control.halt(all ? .all : .automatic, by: call.callerName, reason: reason)
        return .json(Self.json(control))
    }

    private func resume(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let reason = try body.requiredText("reason")
        try body.finish()
        return .json(Self.json(try await control.resume(by: call.callerName, reason: reason)))
    }

    static func json(_ control: Control) -> JSONValue {
        [
            "halted": .bool(control.halt != nil), "extent": .optional(control.halt?.rawValue),
            "changed_at": .optional(control.changedAt), "changed_by": .optional(control.changedBy),
        ]
    }
}
