import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// What lies in the folder, what is in force, and how the one becomes the other.
struct PlaybookRoutes: Sendable {
    let desk: PlaybookDesk

    var endpoints: [Endpoint] {
        let refusals: [ProblemCode] = [
            .bodyMalformed, .mediaType, .notFound, .playbookOnLoad, .playbookOtherDigest, .playbookRefused,
            .playbookFolder, .playbookChanged, .unavailable,
        ]
        return [
            Endpoint(
                .get, "/v1/playbooks", .needs(.read),
                EndpointDocumentation(
                    "listPlaybooks",
                    "Playbooks, policies and approval policies: what the folder holds and what is in force.",
                    reply: "PlaybookList"), respond: list),
            Endpoint(
                .get, "/v1/playbooks/{name}", .needs(.read),
                EndpointDocumentation(
                    "showPlaybook",
                    "One of them, with what activating the folder's version would change; a slash in the name is `%2F`.",
                    reply: "Playbook", problems: [.notFound]), respond: show),
            Endpoint(
                .post, "/v1/playbooks/{name}/activate", .needs(.activate),
                EndpointDocumentation(
                    "activatePlaybook",
                    "Puts the folder's version in force, or changes its mode; the digest says which version was looked at.",
                    body: "PlaybookActivation", reply: "Playbook", problems: refusals), respond: activate),
            Endpoint(
                .post, "/v1/playbooks/{name}/deactivate", .needs(.activate),
                EndpointDocumentation(
                    "deactivatePlaybook", "Takes a version out of force.", body: "PlaybookDeactivation",
                    reply: "Playbook", problems: refusals), respond: deactivate),
        ]
    }

    // MARK: Looking

    private func list(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let (folder, problem) = lookAtFolder()
        let stored = try await desk.store.activations()
        let names = Set(folder.documents.map(\.reference.name) + stored.filter(\.isActive).map(\.name))
        let rows = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            Rendering.object(
                Self.summary(
                    name, folder.document(name), stored.first { $0.name.utf8.elementsEqual(name.utf8) }))
        }
        return .json([
            "playbooks": .array(rows), "activate": .string(desk.way == .manual ? "manual" : "on_load"),
            "folder_problem": .optional(problem),
            "diagnostics": .array(folder.report.diagnostics.map(Self.json)),
        ])
    }

    /// A folder that is broken is told of; what is in force is not affected.
    private func lookAtFolder() -> (PlaybookDesk.Folder, String?) {
        do throws(PlaybookFilesError) {
            let folder = try desk.folder()
            let errors = folder.report.diagnostics.count { $0.severity == .error }
            return (folder, folder.library == nil ? "the folder holds \(errors) error\(errors == 1 ? "" : "s")" : nil)
        } catch {
            return (PlaybookDesk.Folder(report: error.report ?? DiagnosticReport([])), error.message)
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .json(try await json(call.parameter("name")))
    }

    private func json(_ name: String) async throws -> JSONValue {
        let (folder, problem) = lookAtFolder()
        let activation = try await desk.store.activations().first { $0.name.utf8.elementsEqual(name.utf8) }
        let document = folder.document(name)
        guard document != nil || activation?.isActive == true else {
            throw Problem(
                .notFound,
                "neither the folder nor what is in force has '\(name.escapedForDisplay(limit: 100))'"
                    + (problem.map { "; \($0)" } ?? ""))
        }
        var changes: [PlaybookChange]?
        if let document { changes = try await desk.changes(from: activation, to: document) }
        return Rendering.object(
            Self.summary(name, document, activation) + [
                ("changes", changes.map { .array($0.map(Self.json)) } ?? .null),
                ("worst", .optional(changes?.worst.rawValue)), ("folder_problem", .optional(problem)),
            ])
    }

    // MARK: Changing

    private func activate(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let digest = try Self.digest(&body)
        let mode = try body.text("mode")
        let reason = try body.requiredText("reason")
        try body.finish()
        var wanted: ActivationMode?
        if let mode {
            guard let known = ActivationMode(rawValue: mode) else {
                throw Problem(
                    .bodyMalformed, "'mode' is shadow, hold or live", members: ["pointer": "/mode"])
            }
            wanted = known
        }
        return try await carryOut(
            PlaybookDesk.Order(
                name: call.parameter("name"), digest: digest, mode: wanted, person: call.callerName, reason: reason))
    }

    private func deactivate(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let digest = try Self.digest(&body)
        let reason = try body.requiredText("reason")
        try body.finish()
        return try await carryOut(
            PlaybookDesk.Order(
                name: call.parameter("name"), digest: digest, takesOut: true, person: call.callerName, reason: reason))
    }

    private static func digest(_ body: inout BodyReader) throws(Problem) -> Digest {
        guard let digest = Digest(hex: try body.requiredText("digest")) else {
            throw Problem(.bodyMalformed, "'digest' is 64 hexadecimal digits", members: ["pointer": "/digest"])
        }
        return digest
    }

    private func carryOut(_ order: PlaybookDesk.Order) async throws -> Reply {
        do throws(PlaybookDesk.Refusal) {
            let activation = try await desk.carryOut(order)
            guard activation.isActive else { return .json(Self.gone(activation)) }
        } catch {
            throw try Self.problem(for: error, order)
        }
        return .json(try await json(order.name))
    }

    /// What was taken out of force may not be in the folder either.
    private static func gone(_ activation: Activation) -> JSONValue {
        Rendering.object(
            summary(activation.name, nil, activation) + [
                ("changes", .null), ("worst", .null), ("folder_problem", .null),
            ])
    }

    private static func problem(
        for refusal: PlaybookDesk.Refusal, _ order: PlaybookDesk.Order
    ) throws(StoreError) -> Problem {
        switch refusal {
        case .store(let error): throw error
        case .onLoad:
            return Problem(
                .playbookOnLoad, "this server puts in force what its folder holds when it starts, and only so")
        case .notInFolder(let report):
            let errors = report.diagnostics.filter { $0.severity == .error }
            guard errors.isEmpty else {
                return Problem(
                    .playbookFolder, "the folder holds errors, so that nothing of it can be put in force",
                    members: ["diagnostics": .array(errors.map(json))])
            }
            return Problem(.notFound, "the folder has nothing of this name")
        case .notInForce: return Problem(.notFound, "nothing of this name is in force")
        case .folder(let error): return Problem(.playbookFolder, error.message)
        case .otherDigest(let digest):
            return Problem(
                .playbookOtherDigest, "look again at what would change, then activate that",
                members: ["digest": .string(digest.hex)])
        case .diagnostics(let report):
            return Problem(
                .playbookRefused,
                order.takesOut
                    ? "without it, what stays in force does not fit together"
                    : "together with what is in force it does not fit",
                members: ["diagnostics": .array(report.diagnostics.filter { $0.severity == .error }.map(json))])
        case .changedMeanwhile:
            return Problem(.playbookChanged, "somebody else has just changed what is in force; look again")
        }
    }

    // MARK: Writing down

    private static func summary(
        _ name: String, _ document: PlaybookDesk.Loaded?, _ activation: Activation?
    ) -> [(String, JSONValue)] {
        let active = activation.flatMap { $0.isActive ? $0 : nil }
        let kind = document?.kind ?? activation?.kind
        let state: String
        switch (document, active) {
        case (nil, _): state = active == nil ? "gone" : "not in the folder"
        case (.some, nil): state = "not in force"
        case (let document?, let active?):
            state = document.reference.digest == active.digest ? "in force" : "changed in the folder"
        }
        return [
            ("name", .string(name)), ("kind", .optional(kind?.rawValue)), ("state", .string(state)),
            (
                "loaded",
                document.map { document in
                    [
                        "digest": .string(document.reference.digest.hex),
                        "version": .optional(document.reference.version), "file": .string(document.source.file),
                    ]
                } ?? .null
            ),
            (
                "active",
                active.map { active in
                    [
                        "digest": .string(active.digest.hex), "mode": .optional(active.mode?.rawValue),
                        "at": .optional(active.at), "by": .string(active.by),
                    ]
                } ?? .null
            ),
        ]
    }

    private static func json(_ change: PlaybookChange) -> JSONValue {
        [
            "path": .string(change.path), "effect": .string(change.effect.rawValue), "old": .optional(change.old),
            "new": .optional(change.new), "note": .optional(change.note),
        ]
    }

    private static func json(_ diagnostic: Diagnostic) -> JSONValue {
        [
            "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code),
            "message": .string(diagnostic.message), "file": .string(diagnostic.location.file),
            "line": .int(Int64(diagnostic.location.line)), "column": .int(Int64(diagnostic.location.column)),
            "hint": .optional(diagnostic.hint),
        ]
    }
}
