/// What an operator may do over the API, and which roles may do it: the one table.
package enum Permission: String, Sendable, CaseIterable {
    /// Cases, verdicts, machines, runs, actions, approvals, playbooks, the status.
    case read
    /// The audit log.
    case readLog = "read_log"
    /// Answer questions. Whether this person may answer this question is for the approval to say.
    case decide
    /// Act by hand: on a machine, on what a run has not sent, on a case.
    case respond
    /// Let machines go: also what nobody else may.
    case release
    /// Stop all sends.
    case halt
    /// Let sends go on after a halt or an open breaker.
    case resume
    /// Put playbooks, policies and approval policies in force.
    case activate
    case manageOperators = "manage_operators"

    /// Roles with a meaning of their own. Every other role is one that approval policies ask for: see ``ofOtherRoles``.
    package static let ofRole: [(role: String, permissions: Set<Permission>)] = [
        ("viewer", [.read]),
        ("auditor", [.read, .readLog]),
        ("responder", [.read, .decide, .respond, .release, .halt]),
        ("releaser", [.read, .decide, .release]),
        ("playbook-admin", [.read, .decide, .activate]),
        ("admin", [.read, .readLog, .decide, .halt, .resume, .manageOperators]),
    ]

    /// Of roles that only approval policies know, such as `soc-lead`.
    package static let ofOtherRoles: Set<Permission> = [.read, .decide]

    /// The local administrator at the socket: neither answering nor acting nor activating, which take a person with a name.
    package static let ofLocalAdministrator: Set<Permission> = [.read, .readLog, .halt, .resume, .manageOperators]

    /// What only people with a name may do: neither the local administrator nor, of these, a service its decisions.
    static let ofPeople: Set<Permission> = [.decide, .respond, .release, .activate]

    package static func of(roles: [String]) -> Set<Permission> {
        roles.reduce(into: []) { all, role in all.formUnion(of(role: role)) }
    }

    package static func of(role: String) -> Set<Permission> {
        ofRole.first { $0.role.utf8.elementsEqual(role.utf8) }?.permissions ?? ofOtherRoles
    }

    /// As which role somebody with `role` counts where a question asks for people; nil where it never does.
    package static func answersAs(role: String) -> String? { of(role: role).contains(.decide) ? role : nil }

    /// For people: what the permission lets its owner do.
    package var meaning: String {
        switch self {
        case .read: "see cases, verdicts, machines, runs, questions, playbooks and the status"
        case .readLog: "read, follow and export the audit log"
        case .decide: "answer questions, as the roles one has and the question asks for"
        case .respond: "act by hand on one machine, cancel or undo a run, close a case"
        case .release: "release a machine"
        case .halt: "stop every send"
        case .resume: "let sends go on after a halt, close the breaker, end what is on the allow-list"
        case .activate: "put playbooks, policies and approval policies in force"
        case .manageOperators: "make and revoke operators"
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
