/// How long what came in is kept.
package enum Retention {
    /// Deliveries and event ids stay at least this long: the same event acts at most once in 30 days.
    package static let shortest = Duration.seconds(31 * 86_400)
}
