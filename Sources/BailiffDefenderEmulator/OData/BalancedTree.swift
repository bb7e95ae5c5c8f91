/// Joins many operands pairwise, so that long chains do not become deep trees.
enum BalancedTree {
    /// Nil without operands. The order of the operands is kept.
    static func fold<Node>(_ nodes: [Node], _ join: (Node, Node) -> Node) -> Node? {
        var level = nodes
        while level.count > 1 {
            var next: [Node] = []
            next.reserveCapacity(level.count / 2 + 1)
            var index = 0
            while index < level.count {
                next.append(index + 1 < level.count ? join(level[index], level[index + 1]) : level[index])
                index += 2
            }
            level = next
        }
        return level.first
    }
}
