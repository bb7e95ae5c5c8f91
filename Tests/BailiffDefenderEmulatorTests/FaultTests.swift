import BailiffDefenderEmulator
import BailiffModel
import Testing

@Suite("Faults")
struct FaultTests {
    private static let path = "/api/machines/\(Fleet.laptop)/isolate"
    private static let body: JSONValue = ["Comment": "x", "IsolationType": "Full"]

    /// Faults in which nothing is done: the status seen, 0 for a connection that closes.
    @Test(
        "before anything was done",
        arguments: [
            (EmulatorFault.throttled, 429), (.throttledSilently, 429), (.unauthorized, 401), (.serverError, 500),
            (.unavailable, 503), (.connectionClosed, 0),
        ])
    func before(_ fault: EmulatorFault, _ status: Int) async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            bench.emulator.failNext(fault, matching: .action("isolate"))
            if status == 0 {
                await #expect(throws: (any Error).self) { try await caller.post(Self.path, Self.body) }
            } else {
                let answer = try await caller.post(Self.path, Self.body)
                #expect(answer.status == status)
                #expect((answer.header("Retry-After") != nil) == (fault == .throttled))
            }
            #expect(bench.emulator.machineActions().isEmpty)
            let seen = try #require(bench.emulator.requests().last)
            #expect(seen.status == status)
            #expect(seen.fault == fault)
            #expect(!seen.isActionTaken)
            let retry = try await bench.caller().post(Self.path, Self.body)
            #expect(retry.status == 201, "the fault befalls one request")
        }
    }

    @Test(
        "after the order was taken",
        arguments: [EmulatorFault.serverErrorAfterAction, .answerLost, .bodyCut, .bodyMalformed])
    func after(_ fault: EmulatorFault) async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            bench.emulator.failNext(fault, matching: .action("isolate", machine: Fleet.laptop))
            switch fault {
            case .serverErrorAfterAction: #expect(try await caller.post(Self.path, Self.body).status == 500)
            case .bodyMalformed:
                let answer = try await caller.post(Self.path, Self.body)
                #expect(answer.status == 201)
                #expect(answer.json == .null)
            default: await #expect(throws: (any Error).self) { try await caller.post(Self.path, Self.body) }
            }
            #expect(bench.emulator.machineActions().map(\.type) == ["Isolate"])
            let seen = try #require(bench.emulator.requests().last { $0.fault != nil })
            #expect(seen.isActionTaken)
            #expect(seen.actionID == bench.emulator.machineActions().first?.id)
            #expect(seen.machineID == Fleet.laptop)
            #expect(seen.status == (fault == .answerLost ? 0 : fault == .serverErrorAfterAction ? 500 : 201))
        }
    }

    private func freshStatus(_ bench: Bench) async throws -> Int {
        let caller = try await bench.caller()
        return try await caller.get("/api/machines").status
    }

    @Test("401 in mid-run: this token is worthless, a fresh one works")
    func revoked() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            bench.emulator.failNext(.unauthorized)
            #expect(try await caller.get("/api/machines").status == 401)
            #expect(try await caller.get("/api/machines").status == 401)
            #expect(try await self.freshStatus(bench) == 200)
            bench.emulator.revokeTokens()
            #expect(try await self.freshStatus(bench) == 200)
        }
    }

    @Test("a storm: every call by anyone is refused until it is over")
    func storm() async throws {
        let options = Bench.controlled { $0.faults = EmulatorFaultPlan(rate: 0, throttleWait: .milliseconds(7_500)) }
        try await Bench.run(options) { bench in
            let caller = try await bench.caller()
            let other = try await bench.caller(Fleet.reader)
            bench.emulator.failNext(.throttleStorm, matching: .action("isolate"))
            #expect(try await caller.get("/api/machines").status == 200)
            let first = try await caller.post(Self.path, Self.body)
            #expect(first.status == 429)
            #expect(first.header("Retry-After") == "8")
            bench.emulator.advanceClock(by: .seconds(5))
            let second = try await other.get("/api/machines")
            #expect(second.status == 429)
            #expect(second.header("Retry-After") == "3")
            #expect(bench.emulator.requests().last?.fault == .throttleStorm)
            bench.emulator.advanceClock(by: .seconds(3))
            #expect(try await caller.post(Self.path, Self.body).status == 201)
            bench.emulator.failNext(.throttleStorm)
            #expect(try await caller.get("/api/machines").status == 429)
            bench.emulator.clearFaults()
            #expect(try await caller.get("/api/machines").status == 200)
        }
    }

    @Test("what a token request cannot suffer waits for a request that can")
    func kept() async throws {
        try await Bench.run { bench in
            bench.emulator.failNext(.unauthorized)
            let caller = try await bench.caller()
            #expect(bench.emulator.requests().allSatisfy { $0.fault == nil })
            #expect(try await caller.get("/api/machines").status == 401)
        }
    }

    @Test("401 that a fresh token does not cure")
    func inactive() async throws {
        try await Bench.run { bench in
            bench.emulator.failNext(.unauthorizedForGood)
            for _ in 0..<2 {
                let answer = try await bench.caller().get("/api/machines")
                #expect(answer.status == 401)
                #expect(answer.text.contains("Account mode is inactive"))
            }
            bench.emulator.clearFaults()
            #expect(try await self.freshStatus(bench) == 200)
        }
    }

    @Test("stuck: Pending until it times out; late: behind those placed after it; failing, doubled, listed late")
    func actions() async throws {
        let options = Bench.controlled { options in
            options.faults = EmulatorFaultPlan(rate: 0, delay: .seconds(300))
            options.repeatedAction = .startsAnother
        }
        try await Bench.run(options) { bench in
            let caller = try await bench.caller()
            let emulator = bench.emulator
            func status(_ id: String?) -> String? { emulator.machineActions().first { $0.id == id }?.status }
            emulator.failNext(.stuckPending)
            let stuck = try await caller.post(Self.path, Self.body)["id"]?.string
            emulator.failNext(.completesLate)
            let late = try await caller.post(Self.path, Self.body)["id"]?.string
            let release = try await caller.post("/api/machines/\(Fleet.laptop)/unisolate", ["Comment": "x"])["id"]?
                .string
            emulator.failNext(.actionFails)
            let failing = try await caller.post(
                "/api/machines/\(Fleet.laptop)/restrictCodeExecution", ["Comment": "x"])["id"]?.string
            emulator.failNext(.actionDoubled)
            _ = try await caller.post("/api/machines/\(Fleet.mac)/isolate", Self.body)
            #expect(emulator.machineActions().filter { $0.machineID == Fleet.mac }.count == 2)
            emulator.failNext(.listedLate)
            _ = try await caller.post("/api/machines/\(Fleet.linux)/isolate", Self.body)
            let filter = "/api/machineactions?$filter=" + Caller.query("machineId eq '\(Fleet.linux)'")
            #expect(try await caller.get(filter)["value"] == [])
            emulator.advanceClock(by: .seconds(61))
            #expect([stuck, late, release, failing].map(status) == ["Pending", "InProgress", "Succeeded", "Failed"])
            #expect(emulator.machineState(Fleet.laptop)?.isIsolated == false)
            emulator.advanceClock(by: .seconds(300))
            #expect(status(late) == "Succeeded")
            #expect(emulator.machineState(Fleet.laptop)?.isIsolated == true, "the isolation came after the release")
            #expect(try await caller.get(filter).values.count == 1)
            emulator.advanceClock(by: .seconds(3 * 86_400))
            #expect(status(stuck) == "TimeOut")
        }
    }

    @Test("a stalled answer comes, late")
    func stalled() async throws {
        let options = Bench.controlled { $0.faults = EmulatorFaultPlan(rate: 0, stall: .milliseconds(50)) }
        try await Bench.run(options) { bench in
            let caller = try await bench.caller()
            bench.emulator.failNext(.stalled)
            let clock = ContinuousClock()
            let start = clock.now
            #expect(try await caller.get("/api/machines").status == 200)
            #expect(clock.now - start >= .milliseconds(50))
        }
    }

    @Test("the token endpoint falters too")
    func tokens() async throws {
        try await Bench.run { bench in
            bench.emulator.failNext(.unavailable, matching: RequestPattern(path: "/oauth2/"))
            let path = "/\(bench.tenant.id)/oauth2/v2.0/token"
            #expect(try await bench.anonymous.form(path, [("grant_type", "client_credentials")]).status == 503)
            #expect(bench.emulator.requests().last?.status == 503)
            _ = try await bench.caller()
        }
    }

    @Test("a scripted fault waits for its request; several go in turn")
    func scripted() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            bench.emulator.failNext(.serverError, matching: .action("isolate", machine: Fleet.mac), times: 2)
            #expect(try await caller.post(Self.path, Self.body).status == 201)
            for status in [500, 500, 201] {
                #expect(try await caller.post("/api/machines/\(Fleet.mac)/isolate", Self.body).status == status)
            }
        }
    }

    private func outcomes(seed: UInt64) async throws -> [Int] {
        let options = Bench.controlled {
            $0.faults = EmulatorFaultPlan(seed: seed, rate: 0.3, kinds: [.serverError, .throttled, .unavailable])
        }
        let statuses = Locked<[Int]>([])
        try await Bench.run(options) { bench in
            // The token request may be befallen as well.
            var caller: Caller?
            while caller == nil { caller = try? await bench.caller() }
            for _ in 0..<60 {
                if let answer = try await caller?.get("/api/alerts/$count") {
                    statuses.withLock { $0.append(answer.status) }
                }
            }
        }
        return statuses.withLock { $0 }
    }

    @Test("by chance: the same for the same seed, about as often as said")
    func seeded() async throws {
        let first = try await outcomes(seed: 7)
        #expect(first == (try await outcomes(seed: 7)))
        #expect(first != (try await outcomes(seed: 8)))
        #expect((6...34).contains(first.count { $0 != 200 }))
    }

    @Test("held requests do nothing until they are let go")
    func paused() async throws {
        try await Bench.run { bench in
            let caller = try await bench.caller()
            bench.emulator.pause(.action("isolate"))
            async let held = caller.post(Self.path, Self.body)
            #expect(try await caller.get("/api/machines").status == 200)
            while bench.emulator.heldRequests == 0 { await Task.yield() }
            #expect(bench.emulator.machineActions().isEmpty)
            bench.emulator.resume()
            #expect(try await held.status == 201)
            let seen = await bench.emulator.request { $0.actionType == "Isolate" }
            #expect(seen?.status == 201)
        }
    }

    @Test("waiting for a request ends with the emulator")
    func watcherEnds() async throws {
        let emulator = try await DefenderEmulator.start(
            tenant: Fleet.tenant, options: Bench.controlled, logger: Bench.quiet)
        async let never = emulator.request { _ in false }
        await emulator.stop()
        await emulator.stop()
        #expect(await never == nil)
    }

    struct Plan: Sendable, CustomTestStringConvertible {
        var text: String
        var plan: EmulatorFaultPlan?
        var testDescription: String { text }
    }

    @Test(
        "plans as text",
        arguments: [
            Plan(text: "seed=7,rate=2%", plan: EmulatorFaultPlan(seed: 7, rate: 0.02)),
            Plan(text: "rate=0.5", plan: EmulatorFaultPlan(rate: 0.5)),
            Plan(
                text: "seed=1,rate=100%,kinds=throttled+answerLost,stall=500ms,delay=1m30s,wait=3s",
                plan: EmulatorFaultPlan(
                    seed: 1, rate: 1, kinds: [.throttled, .answerLost], stall: .milliseconds(500), delay: .seconds(90),
                    throttleWait: .seconds(3))),
            Plan(text: "kinds=all,rate=0", plan: EmulatorFaultPlan(rate: 0, kinds: EmulatorFault.allCases)),
            Plan(text: "rate=200%"), Plan(text: "rate=nan"), Plan(text: "seed=-1"), Plan(text: "kinds=gremlins"),
            Plan(text: "speed=3"), Plan(text: "stall=5"), Plan(text: "delay=99999999999999d"),
        ])
    func plans(_ row: Plan) throws {
        if let plan = row.plan {
            #expect(try EmulatorFaultPlan(parsing: row.text) == plan)
        } else {
            #expect(throws: EmulatorError.self) { try EmulatorFaultPlan(parsing: row.text) }
        }
    }
}
