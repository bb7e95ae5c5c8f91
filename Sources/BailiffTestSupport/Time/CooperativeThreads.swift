/// The threads that all tests of a process share.
package enum CooperativeThreads {
    /// Returns once a task that gives way gets its turn again within a tenth of a second, several times over.
    ///
    /// At the start of a run every test that only computes stands in one queue, and a turn may be many seconds away. What
    /// waits for an answer with a limit in real time would run out of it there, whatever it tests; so it begins afterwards.
    package static func untilPrompt() async {
        let clock = ContinuousClock()
        var turns = 0
        while turns < 5 {
            let start = clock.now
            await Task.yield()
            turns = start.duration(to: clock.now) < .milliseconds(100) ? turns + 1 : 0
        }
    }
}
