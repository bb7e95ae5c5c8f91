import BailiffDefender
import BailiffDefenderEmulator
import BailiffModel
import Foundation
import Testing

/// How long an order takes on loopback: what this client adds to the service's own time.
@Suite(.serialized) struct LatencyTests {
    static let isMeasuring = ProcessInfo.processInfo.environment["BAILIFF_MEASURE"] != nil

    @Test(.enabled(if: isMeasuring, "set BAILIFF_MEASURE to measure"))
    func oneOrderAfterTheOther() async throws {
        try await World.with(.fleet(90 * Order.all.count), .zeroLatency) { (world: World) async throws in
            try await world.client.prepare()
            let clock = ContinuousClock()
            var times: [Duration] = []
            // The client's own quota ends at a hundred a minute for each call.
            for (index, order) in Order.all.filter({ $0.api.limits.perMinute == 100 }).enumerated() {
                for number in 1...90 {
                    let id = try machine(index * 90 + number)
                    let start = clock.now
                    _ = try await order.send(world.client, id, "[7F3K02QD] because")
                    times.append(start.duration(to: clock.now))
                }
            }
            times.sort()
            func percentile(_ share: Double) -> Duration {
                times[min(times.count - 1, Int(Double(times.count) * share))]
            }
            print(
                "orders \(times.count): p50 \(percentile(0.5)), p90 \(percentile(0.9)), p99 \(percentile(0.99)), max \(percentile(1))"
            )
            #expect(percentile(0.5) < .milliseconds(10))
        }
    }
}
