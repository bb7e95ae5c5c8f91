import BailiffCore
import BailiffModel
import BailiffStore
import HTTPTypes

/// What the feeds said, and what of it could not be used.
struct VerdictRoutes: Sendable {
    let store: any StoreReading

    /// Bytes of a rejected record that are shown; its delivery keeps all of them.
    private static let shownBytes = 4_096

    var endpoints: [Endpoint] {
        let feed = EndpointDocumentation.Parameter(name: "feed", text: "Only this feed's.")
        return [
            Endpoint(
                .get, "/v1/verdicts", .needs(.read),
                EndpointDocumentation(
                    "listVerdicts", "Verdicts, newest first.", query: [feed] + EndpointDocumentation.page,
                    reply: "VerdictList", problems: [.queryMalformed]), respond: list),
            Endpoint(
                .get, "/v1/verdicts/{id}", .needs(.read),
                EndpointDocumentation(
                    "showVerdict", "One verdict by the number it was accepted with, and the delivery that brought it.",
                    reply: "VerdictWithDelivery", problems: [.idMalformed, .notFound]), respond: show),
            Endpoint(
                .get, "/v1/verdicts/{id}/body", .needs(.read),
                EndpointDocumentation(
                    "verdictBody", "The body that brought the verdict, byte for byte as it came.",
                    problems: [.idMalformed, .notFound]), respond: body),
            Endpoint(
                .get, "/v1/rejected", .needs(.read),
                EndpointDocumentation(
                    "listRejected", "Records and bodies that were authenticated but not usable, newest first.",
                    query: [feed] + EndpointDocumentation.page, reply: "RejectedList", problems: [.queryMalformed]),
                respond: rejected),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let feed = query.text("feed")
        let request = try query.page()
        try query.finish()
        let page = try await store.verdicts(feed: feed, request)
        var names = Names(store)
        var verdicts: [JSONValue] = []
        for verdict in page.elements {
            verdicts.append(Rendering.json(verdict, caseName: try await names.name(of: verdict.caseID)))
        }
        return .page("verdicts", verdicts, next: page.next)
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try id(of: call)
        guard let verdict = try await store.verdict(id),
            let delivery = try await store.delivery(ofVerdict: id, withBody: false)
        else { throw VerdictRoutes.unknown }
        var names = Names(store)
        var shown = Rendering.json(verdict, caseName: try await names.name(of: verdict.caseID))
        if case .object(var members) = shown {
            members["delivery"] = [
                "id": .int(delivery.id), "sha256": .string(delivery.digest.hex), "bytes": .int(Int64(delivery.length)),
            ]
            shown = .object(members)
        }
        return .json(shown)
    }

    /// Never to be taken for anything but bytes: they are the sender's.
    private func body(_ call: Call) async throws -> Reply {
        let id = try id(of: call)
        guard let delivery = try await store.delivery(ofVerdict: id, withBody: true), let body = delivery.body else {
            throw VerdictRoutes.unknown
        }
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "no-store",
            .contentDisposition: "attachment; filename=\"verdict-\(id.value).body\"",
        ]
        if let name = HTTPField.Name("X-Content-Type-Options") { headers[name] = "nosniff" }
        return Reply(status: .ok, headers: headers, body: body)
    }

    private static var unknown: Problem { Problem(.notFound, "no verdict has this number") }

    private func id(of call: Call) throws -> VerdictID {
        try call.takeNoQuery()
        let text = call.parameter("id")
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int64(text)
        else { throw Problem(.idMalformed, "a verdict is named by the number it was accepted with") }
        return VerdictID(id)
    }

    private func rejected(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let feed = query.text("feed")
        let request = try query.page()
        try query.finish()
        let page = try await store.rejections(feed: feed, request)
        return .page("rejected", page.elements.map(json), next: page.next)
    }

    private func json(_ rejection: StoredRejection) -> JSONValue {
        let shown = rejection.bytes.prefix(Self.shownBytes)
        return [
            "id": .int(rejection.id), "delivery": .int(rejection.delivery), "feed": .string(rejection.feed),
            "at": .optional(rejection.at), "index": .int(Int64(rejection.record.ordinal)),
            "code": .string(rejection.record.code), "message": .string(rejection.record.message),
            "bytes": .int(Int64(rejection.bytes.count)),
            "text": .optional(String(validating: shown, as: UTF8.self)),
            "base64": .string(Base64.encode(shown)),
        ]
    }
}
