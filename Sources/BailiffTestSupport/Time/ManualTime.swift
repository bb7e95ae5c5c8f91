package import BailiffModel

/// The surroundings of a test: time it moves itself, and random bytes that follow from a seed.
package struct ManualTime: Sendable {
    package let clock: ManualClock
    package let surroundings: Surroundings

    package init(start: Timestamp = Timestamp(seconds: 1_790_000_000), seed: UInt64 = 1) {
        let clock = ManualClock(start: start)
        let generator = Locked(SplitMix64(seed: seed))
        self.clock = clock
        surroundings = Surroundings(
            clock: clock, now: { clock.wallTime }, randomBytes: { count in generator.withLock { $0.bytes(count) } })
    }

    package var now: Timestamp { clock.wallTime }

    package func advance(by duration: Duration) { clock.advance(by: duration) }
}
