/// What an operator may do over the API, and which roles may do it: the one table.
package enum Permission: String, Sendable, CaseIterable {
    /// Cases, verdicts, machines, runs, actions, approvals, the status.
    case read
    /// The audit log.
    case readLog = "read_log"
    /// Answer questions. Whether this person may answer this question is for the approval to say.
    case decide
    /// Stop all sends.
    case halt
    case resume
    case manageOperators = "manage_operators"

    /// Roles with a meaning of their own. Every other role is one that approval policies ask for: see ``ofOtherRoles``.
    package static let ofRole: [(role: String, permissions: Set<Permission>)] = [
        ("viewer", [.read]),
        ("auditor", [.read, .readLog]),
        ("responder", [.read, .decide, .halt]),
        ("releaser", [.read, .decide]),
        ("playbook-admin", [.read, .decide]),
        ("admin", [.read, .readLog, .decide, .halt, .resume, .manageOperators]),
    ]

    /// Of roles that only approval policies know, such as `soc-lead`.
    package static let ofOtherRoles: Set<Permission> = [.read, .decide]

    /// The local administrator at the socket: everything but answering, which takes a person with a name.
    package static let ofLocalAdministrator: Set<Permission> = [.read, .readLog, .halt, .resume, .manageOperators]

    package static func of(roles: [String]) -> Set<Permission> {
        roles.reduce(into: []) { all, role in
            let known = ofRole.first { $0.role.utf8.elementsEqual(role.utf8) }
            all.formUnion(known?.permissions ?? ofOtherRoles)
        }
    }

    /// The table as text, one line for each role.
    package static var table: String {
        let columns = allCases.map(\.rawValue)
        let rows =
            ofRole.map { ($0.role, $0.permissions) }
            + [("(any other)", ofOtherRoles), ("(local socket)", ofLocalAdministrator)]
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let head = padded("role", width) + columns.map { padded($0, $0.count + 2) }.joined()
        let lines = rows.map { role, permissions in
            padded(role, width)
                + allCases.map { padded(permissions.contains($0) ? "yes" : "-", $0.rawValue.count + 2) }.joined()
        }
        return ([head] + lines).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
