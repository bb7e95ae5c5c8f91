import BailiffDefender
import BailiffDefenderEmulator
import BailiffModel
import Testing

/// A call that changes something without being an order to one machine.
struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var path: String
    /// Repeating it would make a second one.
    var isOrder = false
    /// Makes what the call needs, before anything goes wrong; gives its id.
    var prepare: @Sendable (World) async throws -> String = { _ in "" }
    /// Whether what came back is right.
    var send: @Sendable (DefenderClient, String) async throws -> Bool

    static func block(_ hash: FileHash) -> Indicator {
        Indicator(hash, action: .blockAndRemediate, title: "[7F3K02QD]", description: "case 17")
    }

    static let all: [Change] = [
        Change(testDescription: "tag", path: "/tags") { client, _ in
            try await client.setTag("bailiff:held", .add, on: machine(1)).tags.contains("bailiff:held")
        },
        Change(testDescription: "untag", path: "/tags") { client, _ in
            try await client.setTag("vip", .remove, on: machine(1)).tags.isEmpty
        },
        Change(testDescription: "tag many", path: "/AddOrRemoveTagForMultipleMachines") { client, _ in
            try await client.setTag("many", .add, on: [machine(1), machine(2)])
            return true
        },
        Change(testDescription: "block", path: "/indicators") { client, _ in
            try await client.putIndicator(block(sha1())).hash == sha1()
        },
        Change(testDescription: "import", path: "/indicators/import") { client, _ in
            try await client.importIndicators([block(sha1())]).map(\.succeeded) == [true]
        },
        Change(
            testDescription: "unblock", path: "/indicators/",
            prepare: { try await $0.client.putIndicator(block(sha1())).id },
            send: { client, id in try await client.deleteIndicator(id) }),
        Change(
            testDescription: "unblock many", path: "/indicators/BatchDelete",
            prepare: { try await $0.client.putIndicator(block(sha1())).id },
            send: { client, id in
                try await client.deleteIndicators([id])
                return true
            }),
        Change(
            testDescription: "cancel", path: "/cancel",
            prepare: { try await $0.client.isolate(machine(1), type: .full, comment: "c").id },
            send: { client, id in try await client.cancel(action: id, comment: "no longer").id == id }),
        Change(
            testDescription: "alert", path: "/CreateAlertByReference", isOrder: true,
            prepare: { world in
                let event = try #require(try await world.client.events(of: [sha1()], on: [machine(1)]).first)
                return "\(event.reportID)"
            },
            send: { client, report in
                let event = try #require(try await client.events(of: [sha1()], on: [machine(1)]).first)
                let alert = try await client.createAlert(
                    from: event, severity: .high, title: "[7F3K02QD]", description: "d", recommendedAction: "r")
                return try alert.machineID == machine(1) && String(event.reportID) == report
            }),
    ]
}
