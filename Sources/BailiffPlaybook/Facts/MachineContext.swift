import BailiffModel

/// What the policies in use add to the facts: roles of machines, trusted signers.
struct MachineContext: Sendable {
    static let noRole = "none"

    private let tables: [RoleTable]
    private let trustedSigners: Set<[UInt8]>

    init(_ policies: [Policy]) {
        tables = policies.map { RoleTable($0) }
        trustedSigners = Set(policies.flatMap { $0.trustedSigners.map { Array($0.utf8) } })
    }

    /// The roles the policies give a machine, each policy at most one, in the order of the policies; "none" alone where none
    /// does. What one policy says never takes away what another one says.
    func roles(of machine: Machine) -> [String] {
        var roles: [String] = []
        for table in tables {
            if let role = table.role(of: machine), !roles.contains(role) { roles.append(role) }
        }
        return roles.isEmpty ? [Self.noRole] : roles
    }

    /// The role conditions other than guards see, and people: the first one.
    func role(of machine: Machine) -> String { roles(of: machine).first ?? Self.noRole }

    /// Whether the certificate is valid and the signer trusted; nil where what is known does not decide it.
    func signerTrusted(_ file: FileFacts) -> Bool? {
        let listed = file.signer.map { trustedSigners.contains(Array($0.utf8)) }
        if listed == false || file.certificateValid == false { return false }
        guard listed == true, file.certificateValid == true else { return nil }
        return true
    }
}

/// What one policy says about roles: by a machine's id, else by its group; of several, the one that stands first.
private struct RoleTable: Sendable {
    private var byMachine: [MachineID: String] = [:]
    private var byGroup: [[UInt8]: String] = [:]

    init(_ policy: Policy) {
        for role in policy.roles {
            for machine in role.machines where byMachine[machine] == nil { byMachine[machine] = role.name }
            for group in role.groups where byGroup[Array(group.utf8)] == nil {
                byGroup[Array(group.utf8)] = role.name
            }
        }
    }

    func role(of machine: Machine) -> String? { byMachine[machine.id] ?? byGroup[Array(machine.group.utf8)] }
}
