import UnixSignals

/// The signals that ask a server to end.
enum Signals {
    /// Returns at the first SIGINT or SIGTERM, or when the caller is cancelled.
    static func waitForEnd() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
