import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import HTTPTypes

/// What people do to runs.
struct RunChangeRoutes: Sendable {
    let store: any StoreReading
    let runs: RunService
    let pages: RunRoutes

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/runs/{id}/cancel", .needs(.respond),
                EndpointDocumentation(
                    "cancelRun",
                    "Withdraws what was not sent, and recalls what no machine has taken up. Effects stay: see undo.",
                    body: "RunCancel", reply: "Run",
                    problems: [
                        .bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .runEnded, .unavailable,
                    ]), respond: cancel),
            Endpoint(
                .post, "/v1/runs/{id}/undo", .needs(.release),
                EndpointDocumentation(
                    "undoRun",
                    "Makes the run that takes the effects of this one back, on all machines or on some; nobody is asked.",
                    body: "RunUndo", reply: "RunsMade",
                    problems: [
                        .bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .runNothingToUndo,
                        .unavailable,
                    ]), respond: undo),
        ]
    }

    private func cancel(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let reason = try body.requiredText("reason")
        try body.finish()
        let run = try await Lookup(store: store).run(call.parameter("id"))
        let cancelled: Run
        do throws(RunServiceError) {
            cancelled = try await runs.cancel(run.id, reason: reason, by: call.callerName)
        } catch { throw Self.problem(for: error) }
        return .json(try await pages.page(of: cancelled))
    }

    private func undo(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object(limit: 1 << 20)
        let reason = try body.requiredText("reason")
        let texts = try body.texts("machines")
        try body.finish()
        let lookup = Lookup(store: store)
        let machines = try texts.map { texts throws(Problem) in try lookup.machines(texts) }
        let run = try await lookup.run(call.parameter("id"))
        let made: [Run]
        do throws(RunServiceError) {
            made = try await runs.undo(run.id, only: machines, reason: reason, by: call.callerName)
        } catch { throw Self.problem(for: error) }
        var names = Names(store)
        var out: [JSONValue] = []
        for run in made { out.append(Rendering.json(run, caseName: try await names.name(of: run.caseID))) }
        return .json(["runs": .array(out)])
    }

    private static func problem(for error: RunServiceError) -> any Error {
        switch error {
        case .unknownRun: Problem(.notFound, "no run has this id")
        case .hasEnded: Problem(.runEnded, "the run has ended: there is nothing left to cancel")
        case .nothingToUndo:
            Problem(.runNothingToUndo, "no effect of the run is in force there, or all are being taken back already")
        case .store(let error): error
        }
    }
}
