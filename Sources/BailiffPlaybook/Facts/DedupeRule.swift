/// What a changed verdict does inside the dedupe window.
package enum DedupeRule: String, Hashable, Sendable, Codable, CaseIterable {
    /// A new plan replaces what is unsent.
    case supersede
    /// Only a harder verdict makes a new plan.
    case ignoreSofter = "ignore_softer"
}
