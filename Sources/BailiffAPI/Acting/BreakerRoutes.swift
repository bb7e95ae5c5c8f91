import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import HTTPTypes

/// The tenant-wide breaker.
struct BreakerRoutes: Sendable {
    let store: any StoreReading
    let breaker: BreakerService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/breaker", .needs(.read),
                EndpointDocumentation(
                    "showBreaker", "Whether the breaker is open, and why: while it is, everything disruptive holds.",
                    reply: "Breaker"), respond: show),
            Endpoint(
                .post, "/v1/breaker/reset", .needs(.resume),
                EndpointDocumentation(
                    "resetBreaker",
                    "Closes the breaker and forgets its evidence; what waited for it alone goes on.",
                    body: "Resume", reply: "Breaker", problems: [.bodyMalformed, .mediaType, .unavailable]),
                respond: reset),
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .json(Self.json(try await store.breaker()))
    }

    private func reset(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let reason = try body.requiredText("reason")
        try body.finish()
        return .json(Self.json(try await breaker.reset(by: call.callerName, reason: reason)))
    }

    static func json(_ breaker: Breaker) -> JSONValue {
        [
            "open": .bool(breaker.isOpen), "opened_at": .optional(breaker.openedAt),
            "reason": .optional(breaker.reason), "reset_at": .optional(breaker.resetAt),
            "reset_by": .optional(breaker.resetBy),
        ]
    }
}
