import BailiffModel

/// How long a watch goes on while its server is away: over a restart, not for ever.
struct WatchPatience: Sendable {
    static let limit: Duration = .seconds(300)

    private var wasReached = false
    private var awaySince: Timestamp?

    /// - Returns: Whether it had been away.
    mutating func reached() -> Bool {
        wasReached = true
        defer { awaySince = nil }
        return awaySince != nil
    }

    /// - Returns: What to tell, the first time; nil while it is known.
    /// - Throws: The failure where it does not pass by itself, where nothing was seen before, or once it has lasted too long.
    mutating func lost(_ failure: CommandFailure, at now: Timestamp) throws(CommandFailure) -> String? {
        guard failure.isTemporary, wasReached else { throw failure }
        guard let since = awaySince else {
            awaySince = now
            return "\(failure.description); trying again for \(LocalTime.span(Self.limit))"
        }
        guard now - since < Self.limit else { throw failure }
        return nil
    }
}
