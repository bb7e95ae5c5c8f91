import BailiffCore
import BailiffModel

extension Problem {
    /// The caller may not do this: says which roles may, and where the roles would do but the token is limited.
    static func lacking(_ permission: Permission, _ caller: Caller) -> Problem {
        var problem = Problem(
            .forbidden, "this needs the permission '\(permission.rawValue)'",
            members: [
                "permission": .string(permission.rawValue), "roles": Rendering.list(Permission.roles(with: permission)),
            ])
        // What a body orders is not known yet.
        if permission == .release { problem.detail += ", or 'respond' for anything but a release" }
        guard let person = caller.person, let scopes = person.scopes,
            Permission.of(roles: person.roles).contains(permission)
        else { return problem }
        problem.detail += "; your token leaves it out"
        problem.members["scopes"] = Rendering.list(scopes)
        return problem
    }
}

extension Permission {
    /// Roles with a meaning of their own that give it.
    fileprivate static func roles(with permission: Permission) -> [String] {
        ofRole.filter { $0.permissions.contains(permission) }.map(\.role)
    }
}
