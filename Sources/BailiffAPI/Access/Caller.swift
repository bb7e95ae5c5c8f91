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

    package var permissions: Set<Permission> {
        switch self {
        case .local: Permission.ofLocalAdministrator
        case .person(let person):
            person.isService
                ? Permission.of(roles: person.roles).subtracting([.decide]) : Permission.of(roles: person.roles)
        }
    }

    /// Nil at the socket, where nobody has a name.
    package var person: Operator? { if case .person(let person) = self { person } else { nil } }
}
