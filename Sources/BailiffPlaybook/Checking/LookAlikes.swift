/// Finds names that are the same, or that only the case of their letters sets apart: for people the same.
struct LookAlikes {
    private var seen: [String: String] = [:]

    /// Nil the first time; then what is wrong with the name.
    mutating func objection(to name: String) -> String? {
        let folded = name.lowercased()
        guard let earlier = seen[folded] else {
            seen[folded] = name
            return nil
        }
        return LookAlikes.areSame(earlier, name) ? "is used twice" : "differs from '\(earlier)' by case alone"
    }

    static func areSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
