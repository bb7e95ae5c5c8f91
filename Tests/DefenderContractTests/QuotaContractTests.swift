import BailiffDefender
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct QuotaContractTests {
    /// Moves the emulator's time and the client's together.
    private func isolate(
        _ count: Int, in world: World, clock: ManualClock
    ) async throws {
        let ended = Locked(0)
        let client = world.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...count {
                let id = try machine(number)
                group.addTask {
                    defer { ended.withLock { $0 += 1 } }
                    while true {
                        let permit = try await client.quotas.permit(for: .isolate)
                        do throws(DefenderError) {
                            _ = try await client.isolate(id, type: .full, comment: "c", permit: permit)
                            return
                        } catch {
                            // What was surely not taken may be sent again: refused, or without a free connection on a
                            // busy machine.
                            guard error.acceptance == .surelyNot else { throw error }
                        }
                    }
                }
            }
            while ended.withLock({ $0 }) < count {
                if clock.sleeperCount + ended.withLock({ $0 }) == count {
                    let before = clock.elapsed
                    clock.advanceToNextSleeper { world.emulator.advanceClock(by: $0 - before) }
                }
                await Task.yield()
            }
            try await group.waitForAll()
        }
    }

    private func world(
        _ quotas: EmulatorQuotas, machines: Int, _ body: (World, ManualClock) async throws -> Void
    ) async throws {
        var options = EmulatorOptions.quick
        options.quotas = quotas
        let clock = ManualClock()
        let surroundings = Surroundings(
            clock: clock, now: { Timestamp(seconds: 1_700_000_000) + clock.elapsed },
            randomBytes: { [UInt8](repeating: 0, count: $0) })
        try await World.with(.fleet(machines), options, surroundings: surroundings) { try await body($0, clock) }
    }

    /// Three hundred orders at a hundred in any 60 s: the optimum is 120 s.
    @Test func threeHundredIsolations() async throws {
        try await world(.documented, machines: 300) { (world: World, clock: ManualClock) async throws in
            try await world.client.prepare()
            try await isolate(300, in: world, clock: clock)
            #expect(world.taken.count == 300)
            #expect(Set(world.taken.map(\.machineID)).count == 300)
            #expect(!world.calls.contains { $0.status == 429 })
            #expect(clock.elapsed >= .seconds(120))
            #expect(clock.elapsed <= .seconds(126))
        }
    }

    /// A service that allows less than documented: its limit is learned from one refusal, and kept from then on.
    @Test(arguments: [true, false])
    func aLowerLimitIsLearned(_ saysWhen: Bool) async throws {
        var quotas = EmulatorQuotas.scaled(0.4)
        quotas.sendsRetryAfter = saysWhen
        try await world(quotas, machines: 200) { (world: World, clock: ManualClock) async throws in
            try await world.client.prepare()
            try await isolate(200, in: world, clock: clock)
            #expect(Set(world.taken.map(\.machineID)).count == 200)
            let refused = world.calls.filter { $0.status == 429 }
            // Those that left at once before the first answer came back, all within the first moment.
            let first = try #require(refused.first?.time)
            #expect(refused.allSatisfy { $0.time - first < .seconds(1) })
            #expect(world.client.quotas.usage(of: .isolate).limits.perMinute == 40)
            // 40 at once, then four more rounds.
            #expect(clock.elapsed <= .seconds(240 + (saysWhen ? 15 : 30)))
        }
    }

    @Test func aWholeOutbreakIsPolledWithOneCall() async throws {
        try await world(.off, machines: 60) { (world: World, clock: ManualClock) async throws in
            for number in 1...60 {
                _ = try await world.client.isolate(machine(number), type: .full, comment: "[\(number)]")
            }
            world.emulator.clearRequests()
            world.emulator.advanceClock(by: .seconds(3_600))
            let since = ODataFilter.greaterOrEqual(.creationDateTimeUtc, .time(world.emulator.now - .seconds(7_200)))
            let all = try await world.client.machineActions(filter: .and([since, .equal(.type, "Isolate")]))
            #expect(all.count == 60)
            #expect(all.allSatisfy { $0.status == .succeeded })
            #expect(world.calls.count == 1)
        }
    }
}
