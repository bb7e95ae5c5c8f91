import Foundation

/// What the world gives: time and randomness. They come in through initialisers, so that tests decide them.
package struct Surroundings: Sendable {
    /// For waiting and backing off.
    package var clock: any Clock<Duration>
    /// For what is stored and shown.
    package var now: @Sendable () -> Timestamp
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    package init(
        clock: any Clock<Duration>, now: @escaping @Sendable () -> Timestamp,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.clock = clock
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The system's clocks and its cryptographic generator.
    package static let system = Surroundings(
        clock: ContinuousClock(),
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
        },
        randomBytes: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<max(0, count)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        })
}
