import BailiffModel
import HTTPTypes

/// The places where people are told things, and how a message to one is tried.
package struct NotifierDesk: Sendable {
    package struct Place: Sendable, Hashable {
        package var name: String
        /// `webhook`, `teams` or `slack`.
        package var kind: String
        /// Scheme, host and port: the rest of the address may be a secret.
        package var origin: String

        package init(name: String, kind: String, origin: String) {
            self.name = name
            self.kind = kind
            self.origin = origin
        }
    }

    package let places: [Place]
    /// Sends a test message now, once. Nil: it arrived; else why not, safe to print.
    package let test: @Sendable (_ name: String, _ person: String) async -> String?

    package init(
        places: [Place], test: @escaping @Sendable (_ name: String, _ person: String) async -> String?
    ) {
        self.places = places
        self.test = test
    }
}

struct NotifierRoutes: Sendable {
    let desk: NotifierDesk

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/notifiers", .needs(.read),
                EndpointDocumentation(
                    "listNotifiers", "Where people are told things; of an address only what is no secret.",
                    reply: "NotifierList"), respond: list),
            Endpoint(
                .post, "/v1/notifiers/{name}/test", .needs(.manageOperators),
                EndpointDocumentation(
                    "testNotifier", "Sends a message that says only that messages arrive, once and at once.",
                    reply: "NotifierTest", problems: [.notFound, .notifierFailed]), respond: test),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .json(["notifiers": .array(desk.places.map(Self.json))])
    }

    private func test(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let name = call.parameter("name")
        guard let place = desk.places.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw Problem(.notFound, "no notifier of this name is configured")
        }
        if let problem = await desk.test(place.name, call.callerName) {
            throw Problem(.notifierFailed, problem)
        }
        return .json(["notifier": Self.json(place), "delivered": true])
    }

    private static func json(_ place: NotifierDesk.Place) -> JSONValue {
        ["name": .string(place.name), "kind": .string(place.kind), "origin": .string(place.origin)]
    }
}
