/// Roles that operators have besides those that approval policies name.
package enum OperatorRole: String, Hashable, Sendable, CaseIterable {
    case viewer, responder, releaser
    case playbookAdmin = "playbook-admin"
    case admin, auditor
}
