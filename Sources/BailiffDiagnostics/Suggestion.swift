/// The candidate closest to what somebody typed, for "did you mean"; nil when none is close (more than a third of the
/// letters, at least one and at most three, differ). Ties go to the first candidate.
package func closestMatch(to typed: String, among candidates: some Sequence<String>) -> String? {
    let source = Array(typed.lowercased().unicodeScalars.prefix(64))
    let allowed = min(3, max(1, source.count / 3))
    var best: (distance: Int, name: String)?
    for candidate in candidates {
        let target = Array(candidate.lowercased().unicodeScalars.prefix(64))
        guard abs(target.count - source.count) <= allowed else { continue }
        let distance = editDistance(source, target)
        if distance <= allowed, distance < (best?.distance ?? .max) { best = (distance, candidate) }
    }
    return best?.name
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swapped neighbours count one each.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    if left.isEmpty { return right.count }
    if right.isEmpty { return left.count }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 1...left.count {
        var current = [Int](repeating: i, count: right.count + 1)
        for j in 1...right.count {
            let cost = left[i - 1] == right[j - 1] ? 0 : 1
            current[j] = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
            if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                current[j] = min(current[j], beforeLast[j - 2] + 1)
            }
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
