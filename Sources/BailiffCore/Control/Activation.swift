package import BailiffModel
package import BailiffPlaybook

/// Which version of a playbook, policy or approvals file is in force, since when and by whom.
package struct Activation: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case playbook, policy, approvals }

    package var name: String
    package var kind: Kind
    package var version: Int
    package var digest: Digest
    /// Playbooks only.
    package var mode: ActivationMode?
    package var at: Timestamp
    /// `system` with `activate: on_load`.
    package var by: String
    /// False once it was taken out of force.
    package var isActive: Bool

    package init(
        name: String, kind: Kind, digest: Digest, mode: ActivationMode?, at: Timestamp, by: String,
        isActive: Bool = true
    ) {
        self.name = name
        self.kind = kind
        version = 0
        self.digest = digest
        self.mode = mode
        self.at = at
        self.by = by
        self.isActive = isActive
    }
}
