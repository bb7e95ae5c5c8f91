import BailiffModel
import BailiffTestSupport
import Testing

@Suite struct ManualClockTests {
    @Test func sleepersWakeInTheOrderOfTheirDeadlines() async throws {
        let time = ManualTime()
        let woken = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [30, 10, 20] {
                group.addTask {
                    try await time.clock.sleep(until: time.clock.now.advanced(by: .seconds(seconds)))
                    woken.withLock { $0.append(seconds) }
                }
            }
            await time.clock.untilSleeping(3)
            for expected in [[10], [10, 20], [10, 20, 30]] {
                #expect(time.clock.advanceToNextDeadline())
                try await group.next()
                #expect(woken.withLock { $0 } == expected)
            }
        }
        #expect(!time.clock.advanceToNextDeadline())
        #expect(time.now == Timestamp(seconds: 1_790_000_030))
    }

    @Test func whatIsPastDoesNotSleep() async throws {
        let time = ManualTime()
        time.advance(by: .seconds(5))
        try await time.clock.sleep(until: ManualClock.Instant(offset: .seconds(5)))
        #expect(time.clock.sleeperCount == 0)
    }

    @Test func cancellationEndsTheSleep() async throws {
        let time = ManualTime()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await time.surroundings.clock.sleep(for: .seconds(60))
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            await time.clock.untilSleeping(1)
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(time.clock.sleeperCount == 0)
    }

    @Test func theWallClockMayStepBack() {
        let time = ManualTime(start: Timestamp(seconds: 100))
        time.clock.setWallClock(by: .seconds(-40))
        time.advance(by: .seconds(1))
        #expect(time.surroundings.now() == Timestamp(seconds: 61))
        #expect(time.clock.now.offset == .seconds(1))
    }

    @Test func oneSeedGivesTheSameBytes() {
        let first = ManualTime(seed: 7).surroundings
        let second = ManualTime(seed: 7).surroundings
        let bytes = first.randomBytes(40)
        #expect(bytes.count == 40)
        #expect(bytes == second.randomBytes(40))
        #expect(bytes != first.randomBytes(40))
        #expect(bytes != ManualTime(seed: 8).surroundings.randomBytes(40))
    }
}
