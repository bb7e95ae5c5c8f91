import BailiffHTTPClient
import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct QuotaTests {
    private static func bucket(_ minute: Int?, _ hour: Int? = nil) -> QuotaBucket {
        QuotaBucket(limits: QuotaLimits(perMinute: minute, perHour: hour))
    }

    /// Makes calls as early as the bucket lets them and gives their times.
    private func calls(
        _ count: Int, _ bucket: inout QuotaBucket, from start: Duration = .zero, lane: DefenderLane = .containment
    ) -> [Duration] {
        var now = start
        var times: [Duration] = []
        for _ in 0..<count {
            now += bucket.wait(for: 1, lane: lane, at: now)
            bucket.start()
            bucket.end(at: now)
            times.append(now)
        }
        return times
    }

    private func most(_ times: [Duration], in window: Duration) -> Int {
        times.indices.map { first in times[first...].prefix { $0 - times[first] < window }.count }.max() ?? 0
    }

    @Test(arguments: [(100, 1_500), (45, 1_500), (15, nil), (2, 120), (nil, 50)] as [(Int?, Int?)])
    func noWindowEverHoldsMore(_ row: (minute: Int?, hour: Int?)) {
        var bucket = Self.bucket(row.minute, row.hour)
        let times = calls(3_200, &bucket)
        if let minute = row.minute { #expect(most(times, in: .seconds(60)) == minute) }
        if let hour = row.hour { #expect(most(times, in: .seconds(3_600)) == hour) }
    }

    @Test func callsCountFromTheirEnd() {
        var bucket = Self.bucket(1)
        bucket.start()
        // Still under way: the 60 s have not begun.
        #expect(bucket.wait(for: 1, lane: .containment, at: .seconds(50)) >= .seconds(60))
        bucket.end(at: .seconds(59))
        #expect(bucket.wait(for: 1, lane: .containment, at: .seconds(100)) >= .seconds(19))
        #expect(bucket.wait(for: 1, lane: .containment, at: .seconds(100)) < .seconds(20))
    }

    @Test func aPlaceGivenBackIsFree() {
        var bucket = Self.bucket(1)
        bucket.start()
        bucket.giveBack()
        #expect(bucket.wait(for: 1, lane: .containment, at: .zero) == .zero)
    }

    @Test func theForecastIsWhatHappens() {
        var bucket = Self.bucket(100, 1_500)
        _ = calls(30, &bucket)
        let forecast = bucket.wait(for: 412, lane: .containment, at: .seconds(10))
        let times = calls(412, &bucket, from: .seconds(10))
        #expect(times.last.map { $0 - .seconds(10) } == forecast)
        // 70 at once, then a hundred a minute, the old thirty leaving on the way.
        #expect(forecast > .seconds(180) && forecast < .seconds(250))
        #expect(Self.bucket(nil, 50).wait(for: 120, lane: .containment, at: .zero) >= .seconds(7_200))
        #expect(Self.bucket(nil, nil).wait(for: 1_000, lane: .containment, at: .zero) == .zero)
    }

    @Test(arguments: [
        (412, DefenderAPI.isolate, "412 isolations: about 5 minutes"), (1, .isolate, "1 isolation: at once"),
        (101, .release, "101 releases: about 2 minutes"),
        (60, .startInvestigation, "60 investigations: about 61 minutes"),
        (600, .startInvestigation, "600 investigations: about 12 hours"), (0, .tag, "0 changes of tags: at once"),
        (46, .hunting, "46 queries: about 2 minutes"),
    ])
    func theForecastInWords(_ row: (calls: Int, api: DefenderAPI, text: String)) throws {
        let quotas = try Fixture(ScriptedTransport([.action("a1")])).client.quotas
        #expect(quotas.estimate(row.calls, of: row.api).description == row.text)
    }

    @Test func lowerLanesLeaveRoom() {
        var bucket = Self.bucket(100)
        #expect(calls(80, &bucket, lane: .enrichment).filter { $0 == .zero }.count == 75)
        var other = Self.bucket(100)
        #expect(calls(90, &other, lane: .polling).allSatisfy { $0 == .zero })
        #expect(other.wait(for: 1, lane: .enrichment, at: .seconds(1)) > .zero)
        #expect(other.wait(for: 10, lane: .containment, at: .seconds(1)) == .zero)
        var small = Self.bucket(1)
        #expect(calls(1, &small, lane: .enrichment) == [.zero])
    }

    // MARK: 429

    @Test func a429IsObeyed() {
        var bucket = Self.bucket(100)
        bucket.start()
        #expect(bucket.refused(retryAfter: .seconds(17), at: .seconds(3)) == .seconds(17))
        #expect(bucket.wait(for: 1, lane: .containment, at: .seconds(5)) == .seconds(15))
        #expect(bucket.wait(for: 1, lane: .containment, at: .seconds(20)) == .zero)
        // One alone, with nothing that points to a limit, teaches none.
        #expect(bucket.limits(at: .seconds(20)).perMinute == 100)
    }

    @Test func withoutAHintTheWaitGrows() {
        var bucket = Self.bucket(100)
        var now = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<6 {
            let wait = bucket.refused(retryAfter: nil, at: now)
            // Others that were under way at the same moment add nothing.
            #expect(bucket.refused(retryAfter: nil, at: now + .milliseconds(20)) == wait - .milliseconds(20))
            waits.append(wait)
            now += wait
        }
        #expect(waits == [15, 30, 60, 120, 120, 120].map { .seconds($0) })
        bucket.start()
        bucket.end(at: .seconds(500))
        #expect(bucket.refused(retryAfter: nil, at: .seconds(500)) == .seconds(15))
    }

    /// A service with a lower limit than documented, sliding or in fixed minutes, with or without `Retry-After`.
    struct Service: Sendable, CustomTestStringConvertible {
        var limit: Int
        var slides: Bool
        var says: Bool
        var accepted: [Duration] = []
        var testDescription: String {
            "\(limit) a minute, \(slides ? "sliding" : "fixed"), \(says ? "says when" : "silent")"
        }

        /// Nil where the call is accepted; else how long to wait.
        mutating func refuses(at now: Duration) -> Duration? {
            let begin = slides ? now - .seconds(60) : .seconds(60 * (now.components.seconds / 60)) - .nanoseconds(1)
            let counted = accepted.filter { $0 > begin }
            guard counted.count >= limit, let first = counted.first else {
                accepted.append(now)
                return nil
            }
            let free = slides ? first + .seconds(60) : .seconds(60 * (now.components.seconds / 60 + 1))
            return .seconds((free - now).components.seconds + 1)
        }
    }

    @Test(arguments: [
        Service(limit: 40, slides: true, says: true), Service(limit: 40, slides: true, says: false),
        Service(limit: 8, slides: true, says: true), Service(limit: 8, slides: true, says: false),
        Service(limit: 40, slides: false, says: true), Service(limit: 8, slides: false, says: true),
        Service(limit: 3, slides: true, says: true),
    ])
    func aLowerLimitIsLearned(_ row: Service) {
        var service = row
        var bucket = Self.bucket(100)
        var now = Duration.zero
        var refusals: [Duration] = []
        var accepted = 0
        while accepted < row.limit * 20 {
            now += bucket.wait(for: 1, lane: .containment, at: now)
            bucket.start()
            if let wait = service.refuses(at: now) {
                refusals.append(now)
                _ = bucket.refused(retryAfter: row.says ? wait : nil, at: now)
            } else {
                accepted += 1
                now += .milliseconds(20)
                bucket.end(at: now)
            }
        }
        // Within the first minutes, and hardly any once it is known: after a while the documented limit is tried again.
        #expect(refusals.count <= 6, "\(refusals)")
        #expect(refusals.count { $0 > .seconds(400) } <= 1, "\(refusals)")
        #expect(now < .seconds(60 * 20 + 200))
    }

    @Test func aBadMomentTeachesNoLimit() {
        // 429 by chance at a quiet time must not leave an outbreak with three calls a minute.
        var bucket = Self.bucket(100)
        _ = calls(40, &bucket)
        for time in [70, 200, 330] {
            bucket.start()
            _ = bucket.refused(retryAfter: .seconds(5), at: .seconds(time))
        }
        #expect(bucket.limits(at: .seconds(340)).perMinute == 100)
        #expect(bucket.wait(for: 60, lane: .containment, at: .seconds(340)) == .zero)
    }

    @Test func whatWasLearnedIsForgotten() {
        var bucket = Self.bucket(100)
        _ = calls(40, &bucket)
        bucket.start()
        _ = bucket.refused(retryAfter: .seconds(60), at: .seconds(1))
        #expect(bucket.limits(at: .seconds(2)).perMinute == 40)
        #expect(bucket.limits(at: .seconds(3_602)).perMinute == 100)
    }

    @Test func aLongWaitSpeaksOfTheHour() {
        var bucket = Self.bucket(nil, 50)
        _ = calls(20, &bucket)
        bucket.start()
        _ = bucket.refused(retryAfter: .seconds(3_600), at: .seconds(1))
        #expect(bucket.limits(at: .seconds(2)) == QuotaLimits(perMinute: nil, perHour: 20))
    }

    // MARK: Through the client

    @Test func anOrderDoesNotWaitByItself() async throws {
        let transport = ScriptedTransport([.action("a1")])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        for _ in 0..<100 { _ = try await fixture.client.isolate(id, type: .full, comment: "c") }
        let error = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(error?.code == .throttled)
        #expect(error?.acceptance == .surelyNot)
        #expect(error?.status == nil)
        #expect(error?.retryAfter.map { $0 > .seconds(59) && $0 < .seconds(61) } == true)
        #expect(transport.requests.count == 100)
        // Releasing has its own quota.
        _ = try await fixture.client.release(id, comment: "c")
        #expect(fixture.client.quotas.usage(of: .isolate).lastMinute == 100)
        #expect(fixture.client.quotas.forecast(412, of: .isolate) > .seconds(300))
    }

    @Test func a429SetsTheRetryAfterItObeys() async throws {
        let transport = ScriptedTransport([.error(429, "TooManyRequests")])
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        let error = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(error?.retryAfter == .seconds(15))
        let second = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(second?.status == nil)
        #expect(transport.requests.count == 1)
    }

    @Test("no figure of a 429 shuts an API for longer than an hour")
    func aNonsenseWaitIsCutShort() async throws {
        for text in ["999999999999", "Fri, 31 Dec 2100 00:00:00 GMT"] {
            let headers = [
                HTTPHeader("Retry-After", text), HTTPHeader("Date", "Fri, 27 Nov 2026 00:00:00 GMT"),
            ]
            let transport = ScriptedTransport([.error(429, "TooManyRequests", headers)])
            let fixture = try Fixture(transport)
            let id = try Fixture.machine()
            let error = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
            #expect(error?.retryAfter == .seconds(3_600))
        }
    }

    @Test func callsThatSurelyNeverLeftAreNotCounted() async throws {
        let transport = ScriptedTransport { (_, _) async throws(HTTPFailure) in
            throw HTTPFailure(.refusedConnection, mayHaveBeenReceived: false)
        }
        let fixture = try Fixture(transport)
        let id = try Fixture.machine()
        _ = await failure { try await fixture.client.isolate(id, type: .full, comment: "c") }
        #expect(fixture.client.quotas.usage(of: .isolate).lastHour == 0)
    }

    @Test func aDroppedPermitIsGivenBack() async throws {
        let fixture = try Fixture(ScriptedTransport([.action("a1")]))
        do {
            let permit = try await fixture.client.quotas.permit(for: .isolate)
            #expect(permit.api == .isolate)
            #expect(fixture.client.quotas.usage(of: .isolate).lastMinute == 1)
        }
        #expect(fixture.client.quotas.usage(of: .isolate).lastMinute == 0)
    }

    @Test func aWaitLongerThanThePatienceIsRefusedAtOnce() async throws {
        let transport = ScriptedTransport([.json(200, ["value": []])])
        let fixture = try Fixture(transport) { $0.patience = .seconds(10) }
        let hash = try #require(Fixture.sha1)
        for _ in 0..<75 { _ = try await fixture.client.machines(withFile: hash) }
        let error = await failure { try await fixture.client.machines(withFile: hash) }
        #expect(error?.code == .throttled)
        #expect(transport.requests.count == 75)
        // A shorter one is waited for.
        fixture.clock.advance(by: .seconds(52))
        let list = try await fixture.clock.drive { try await fixture.client.machines(withFile: hash) }
        #expect(list.isEmpty)
        #expect(fixture.clock.elapsed >= .seconds(60))
    }

    @Test func configuredFiguresReplaceTheDocumentedOnes() throws {
        let fixture = try Fixture(ScriptedTransport([])) {
            $0.quotas = QuotaLimits(perMinute: 7, perHour: 70)
        }
        for api in DefenderAPI.allCases {
            #expect(fixture.client.quotas.usage(of: api).limits == QuotaLimits(perMinute: 7, perHour: 70))
        }
        #expect(fixture.client.quotas.forecast(8, of: .hunting) >= .seconds(60))
    }

    @Test func higherLanesGoFirst() async throws {
        let fixture = try Fixture(ScriptedTransport([.action("a1")]))
        let quotas = fixture.client.quotas
        for _ in 0..<2 { try await quotas.permit(for: .packageLink).used() }
        let order = Locked<[DefenderLane]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in [DefenderLane.enrichment, .polling, .containment] {
                group.addTask {
                    try await quotas.permit(for: .packageLink, lane: lane).used()
                    order.withLock { $0.append(lane) }
                }
                await fixture.clock.sleepers(lane == .enrichment ? 1 : lane == .polling ? 2 : 3)
            }
            while order.withLock({ $0.count < 3 }) {
                fixture.clock.advanceToNextSleeper()
                for _ in 0..<20 { await Task.yield() }
            }
            try await group.waitForAll()
        }
        #expect(order.withLock { $0.first } == .containment)
    }

    /// Three hundred orders at a hundred a minute: the first hundred at once, the last at 120 s.
    @Test func threeHundredIsolationsTakeTwoMinutes() async throws {
        let service = Locked(Service(limit: 100, slides: true, says: true))
        let clock = Locked<ManualClock?>(nil)
        let transport = ScriptedTransport { (_, number) async throws(HTTPFailure) in
            let now = clock.withLock { $0?.elapsed ?? .zero }
            if let wait = service.withLock({ $0.refuses(at: now) }) {
                return .error(429, "429", [HTTPHeader("Retry-After", String(wait.components.seconds))])
            }
            return .action("a\(number)")
        }
        let fixture = try Fixture(transport)
        clock.withLock { $0 = fixture.clock }
        let client = fixture.client
        try await client.prepare()
        #expect(client.quotas.forecast(300, of: .isolate) < .seconds(121))
        let ended = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                let id = try Fixture.machine("m\(number)")
                group.addTask {
                    let permit = try await client.quotas.permit(for: .isolate)
                    _ = try await client.isolate(id, type: .full, comment: "c", permit: permit)
                    ended.withLock { $0 += 1 }
                }
            }
            // Whenever all that are left sleep, time moves on to the first of them.
            while ended.withLock({ $0 }) < 300 {
                if fixture.clock.sleeperCount + ended.withLock({ $0 }) == 300 { fixture.clock.advanceToNextSleeper() }
                await Task.yield()
            }
            try await group.waitForAll()
        }
        #expect(transport.requests.count == 300)
        #expect(fixture.clock.elapsed >= .seconds(120))
        #expect(fixture.clock.elapsed < .seconds(126))
    }
}
