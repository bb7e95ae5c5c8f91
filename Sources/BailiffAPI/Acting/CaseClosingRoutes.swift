import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import HTTPTypes

/// Closing cases.
struct CaseClosingRoutes: Sendable {
    let store: any StoreReading
    let cases: CaseService
    let now: @Sendable () -> Timestamp

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/cases/{id}/close", .needs(.respond),
                EndpointDocumentation(
                    "closeCase",
                    "Withdraws what was not sent. As a false positive, it also releases what the case holds and allows the file.",
                    body: "CaseClose", reply: "CaseClosing",
                    problems: [
                        .bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .caseClosed, .unavailable,
                    ]), respond: close)
        ]
    }

    private func close(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let word = try body.requiredText("as")
        let reason = try body.requiredText("reason")
        let allowance = try body.span("for")
        try body.finish()
        guard let kind = Case.Closure.Kind(rawValue: word) else {
            throw Problem(.bodyMalformed, "'as' is resolved or false-positive", members: ["pointer": "/as"])
        }
        guard allowance == nil || kind == .falsePositive else {
            throw Problem(
                .bodyMalformed, "'for' is how long a false positive is allowed; a resolved case allows nothing",
                members: ["pointer": "/for"])
        }
        let id = try await Lookup(store: store).caseID(call.parameter("id"))
        let closing: CaseService.Closing
        do throws(CaseServiceError) {
            closing = try await cases.close(
                id, as: kind, allowance: allowance ?? CaseService.allowance, reason: reason, by: call.callerName)
        } catch { throw Self.problem(for: error) }
        var names = Names(store)
        let name = try await names.name(of: closing.state.id)
        let time = now()
        return .json([
            "case": name, "closure": closing.state.closure.map(Rendering.json) ?? .null,
            "releases": .array(closing.releases.map { Rendering.json($0, caseName: name) }),
            "allowed": closing.allowed.map { AllowListRoutes.json($0, caseName: name, at: time) } ?? .null,
        ])
    }

    static func problem(for error: CaseServiceError) -> any Error {
        switch error {
        case .unknownCase: Problem(.notFound, "no file with such a hash was ever reported")
        case .isClosed(let closure):
            Problem(
                .caseClosed, "\(closure.by) closed the case as \(closure.kind.rawValue) at \(closure.at.rfc3339)",
                members: ["closure": Rendering.json(closure)])
        case .store(let error): error
        }
    }
}
