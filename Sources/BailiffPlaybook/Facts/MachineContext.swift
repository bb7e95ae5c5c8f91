import BailiffModel

/// What the policies in use add to the facts: roles of machines, trusted signers.
struct MachineContext: Sendable {
    static let noRole = "none"

    private var rolesByMachine: [MachineID: String] = [:]
    private var rolesByGroup: [[UInt8]: String] = [:]
    private var trustedSigners: Set<[UInt8]> = []

    init(_ policies: [Policy]) {
        for policy in policies {
            for role in policy.roles {
                for machine in role.machines where rolesByMachine[machine] == nil {
                    rolesByMachine[machine] = role.name
                }
                for group in role.groups where rolesByGroup[Array(group.utf8)] == nil {
                    rolesByGroup[Array(group.utf8)] = role.name
                }
            }
            trustedSigners.formUnion(policy.trustedSigners.map { Array($0.utf8) })
        }
    }

    /// The role of a machine: by its id, else by its group; of several, the one that stands first in the policies.
    func role(of machine: Machine) -> String {
        rolesByMachine[machine.id] ?? rolesByGroup[Array(machine.group.utf8)] ?? Self.noRole
    }

    /// Whether the certificate is valid and the signer trusted; nil where what is known does not decide it.
    func signerTrusted(_ file: FileFacts) -> Bool? {
        let listed = file.signer.map { trustedSigners.contains(Array($0.utf8)) }
        if listed == false || file.certificateValid == false { return false }
        guard listed == true, file.certificateValid == true else { return nil }
        return true
    }
}
