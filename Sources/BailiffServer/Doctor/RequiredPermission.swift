import BailiffDefender

/// One application permission that an app registration has to have for the playbooks at hand.
package struct RequiredPermission: Sendable, Hashable {
    /// `read` or `act`: the key of the registration in the configuration's `defender`.
    package var registration: String
    /// What the permission is listed under where an administrator grants it: `WindowsDefenderATP`.
    package var api: String
    package var permission: String
    /// Permissions that would do as well.
    package var alternatives: [String]
    /// In the words of playbooks.
    package var uses: [String]

    init(_ need: PermissionNeed) {
        registration = need.registration.rawValue
        api = need.audience.resourceName
        permission = need.toGrant
        alternatives = Array(need.anyOf.dropFirst())
        uses = need.uses.map(\.rawValue)
    }
}
