import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// Who may do what.
struct OperatorRoutes: Sendable {
    let store: any StoreReading
    let operators: OperatorService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/operators", .needs(.manageOperators),
                EndpointDocumentation("listOperators", "All operators, revoked ones too.", reply: "OperatorList"),
                respond: list),
            Endpoint(
                .post, "/v1/operators", .needs(.manageOperators),
                EndpointDocumentation(
                    "addOperator", "Makes an operator; the token is shown this once.", body: "NewOperator",
                    reply: "AddedOperator", success: .created,
                    problems: [.bodyMalformed, .mediaType, .operatorExists, .operatorInvalid, .unavailable]),
                respond: add),
            Endpoint(
                .delete, "/v1/operators/{name}", .needs(.manageOperators),
                EndpointDocumentation(
                    "revokeOperator", "Makes an operator's token worthless. A second call changes nothing.",
                    reply: "Operator", problems: [.notFound, .unavailable]), respond: revoke),
            Endpoint(
                .get, "/v1/roles", .needs(.read),
                EndpointDocumentation(
                    "listRoles",
                    "Who may do what: every role with its permissions and the approval policies that ask for it.",
                    reply: "RoleList"), respond: roles),
            Endpoint(
                .get, "/v1/whoami", .needs(.read),
                EndpointDocumentation("whoAmI", "Who the token belongs to, and what it allows.", reply: "WhoAmI"),
                respond: whoAmI),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .json(["operators": .array(try await store.operators().map(Self.json))])
    }

    private func add(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let name = try body.requiredText("name", limitInBytes: 64)
        let roles = try body.texts("roles", limit: 64)
        let isService = try body.flag("service") ?? false
        let expires = try body.text("expires_at", limitInBytes: 64)
        let scopes = try body.texts("scopes", limit: 64)
        try body.finish()
        guard let roles else { throw body.missing("roles") }
        let end = try Self.time(expires)
        try Self.check(scopes)
        do throws(OperatorError) {
            let added = try await operators.add(
                name: name, roles: roles, isService: isService, expiresAt: end, scopes: scopes, by: call.callerName)
            guard case .object(var object) = Self.json(added.operator) else { return .json(.null) }
            object["token"] = .string(added.token.revealedText)
            return .json(.object(object), status: .created)
        } catch {
            throw try Self.problem(for: error)
        }
    }

    private static func time(_ text: String?) throws(Problem) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Problem(.bodyMalformed, "'expires_at' is no RFC 3339 time", members: ["pointer": "/expires_at"])
        }
        return time
    }

    private static func check(_ scopes: [String]?) throws(Problem) {
        guard let scopes else { return }
        let known = Permission.allCases.map(\.rawValue)
        if let unknown = scopes.first(where: { !known.contains($0) }) {
            throw Problem(
                .operatorInvalid, "no permission is called '\(unknown.escapedForDisplay(limit: 40))'",
                members: ["scopes": Rendering.list(known)])
        }
        if scopes.isEmpty {
            throw Problem(.operatorInvalid, "'scopes' names no permission", members: ["scopes": Rendering.list(known)])
        }
    }

    /// Roles with a meaning of their own, then those that approval policies in force ask for, then the local administrator.
    private func roles(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let policies = operators.approvalPolicies
        func row(_ role: String, _ permissions: Set<Permission>, answersAs: String?) -> JSONValue {
            let asking = policies.filter { policy in policy.require.contains { $0.role == role } }.map(\.name)
            return [
                "role": .string(role), "answers_as": .optional(answersAs), "asked_by": Rendering.list(asking.sorted()),
                "permissions": Rendering.list(
                    Permission.allCases.filter(permissions.contains).map(\.rawValue)),
            ]
        }
        let named = operators.knownRoles.map { role in
            row(role, Permission.of(role: role), answersAs: Permission.answersAs(role: role))
        }
        return .json([
            "roles": .array(named + [row("(local socket)", Permission.ofLocalAdministrator, answersAs: nil)]),
            "permissions": .array(
                Permission.allCases.map { ["name": .string($0.rawValue), "meaning": .string($0.meaning)] }),
        ])
    }

    private func revoke(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        do throws(OperatorError) {
            return .json(
                Self.json(try await operators.revoke(name: call.parameter("name"), by: call.callerName)))
        } catch {
            throw try Self.problem(for: error)
        }
    }

    private func whoAmI(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let permissions = (call.caller?.permissions ?? []).map(\.rawValue).sorted()
        return .json([
            "name": .string(call.callerName), "local": .bool(call.caller?.person == nil),
            "roles": Rendering.list(call.caller?.person?.roles ?? []), "permissions": Rendering.list(permissions),
        ])
    }

    private static func problem(for error: OperatorError) throws(StoreError) -> Problem {
        switch error {
        case .store(let error): throw error
        case .exists: Problem(.operatorExists, error.description)
        case .unknown: Problem(.notFound, "there is no operator of this name")
        case .unknownRole(let role, let known):
            Problem(
                .operatorInvalid, "no role is called '\(role.escapedForDisplay(limit: 80))'",
                members: ["roles": Rendering.list(known)])
        case .invalidName, .noRoles, .expired: Problem(.operatorInvalid, error.description)
        }
    }

    private static func json(_ person: Operator) -> JSONValue {
        [
            "name": .string(person.name), "roles": Rendering.list(person.roles), "service": .bool(person.isService),
            "token_prefix": .string(person.tokenPrefix), "created_at": .optional(person.createdAt),
            "revoked_at": .optional(person.revokedAt), "active": .bool(person.isActive),
            "expires_at": .optional(person.expiresAt), "last_used_at": .optional(person.lastUsedAt),
            "scopes": person.scopes.map(Rendering.list) ?? .null,
        ]
    }
}
