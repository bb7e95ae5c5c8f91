package import BailiffCore

/// Who asks.
package enum Caller: Sendable {
    /// The local administrator at the socket.
    case local
    case person(Operator)

    /// As entries name it.
    package var name: String {
        switch self {
        case .local: "local"
        case .person(let person): person.name
        }
    }

    /// What the roles give, less what the token's scopes leave out; a service never decides.
    package var permissions: Set<Permission> {
        switch self {
        case .local: return Permission.ofLocalAdministrator
        case .person(let person):
            var permissions = Permission.of(roles: person.roles)
            if person.isService { permissions.remove(.decide) }
            if let scopes = person.scopes {
                permissions.formIntersection(scopes.compactMap { Permission(rawValue: $0) })
            }
            return permissions
        }
    }

    /// Nil at the socket, where nobody has a name.
    package var person: Operator? { if case .person(let person) = self { person } else { nil } }
}
