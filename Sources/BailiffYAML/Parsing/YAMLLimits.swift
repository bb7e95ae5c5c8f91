/// How large a document may be. What is larger is refused before it is read.
package struct YAMLLimits: Sendable, Hashable {
    package var bytes: Int
    /// Collections within each other, the document's own counted.
    package var depth: Int
    /// Scalars (keys included) and collections.
    package var nodes: Int

    package init(bytes: Int, depth: Int, nodes: Int) {
        self.bytes = bytes
        self.depth = min(depth, 64)
        self.nodes = nodes
    }

    /// Playbooks, policies, approvals, configuration.
    package static let playbook = YAMLLimits(bytes: 256 * 1_024, depth: 16, nodes: 5_000)
    /// Fleets for the emulator.
    package static let tenant = YAMLLimits(bytes: 8 * 1_024 * 1_024, depth: 16, nodes: 500_000)
}
