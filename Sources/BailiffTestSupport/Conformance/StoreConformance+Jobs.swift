import BailiffCore
import BailiffModel
import BailiffStore
import Foundation
import Testing

extension StoreConformance {
    static let jobs = [
        Check("jobs: claimed when due, in order, lane by lane", claims),
        Check("jobs: an upsert brings forward, never pushes back", upserts),
        Check("jobs: wanted again while worked on, it runs once more", wantedAgain),
        Check("jobs: a lease that ended is void once another claims", fencing),
        Check("jobs: rescheduling counts failures in a row", reschedules),
        Check("jobs: set aside, shown, and begun anew", setsAside),
        Check("jobs: changed only with the commit that changes them", jobsInCommit),
        Check("jobs: many workers claim each job once", manyWorkers),
        Check("jobs: the handler hears of new ones, not of claims", handler),
        Check("jobs: the handler is called as directly after many commits", handlerDepth),
        Check("jobs: statistics", statistics),
    ]

    @Sendable
    private static func claims(_ store: any Store) async throws {
        let due = Sample.now
        try await store.settle([
            .upsert(JobKey(.act, 3), due: due), .upsert(JobKey(.act, 1), due: due - .seconds(1)),
            .upsert(JobKey(.act, 2), due: due), .upsert(JobKey(.act, 4), due: due + .microseconds(1)),
            .upsert(JobKey(.poll, 0), due: due), .upsert(JobKey(.deadline, 1), due: due),
            .upsert(JobKey(.ask, 1), due: due), .upsert(JobKey(.approval, 1), due: due),
        ])
        #expect(try await store.nextDue(.containment) == due - .seconds(1))
        #expect(try await store.nextDue(.enrichment) == nil)
        let first = try await store.claim(.containment, limit: 2, now: due, lease: .seconds(30), node: NodeID("n"))
        #expect(first.map(\.key) == [JobKey(.act, 1), JobKey(.act, 2)])
        #expect(first.map(\.due) == [due - .seconds(1), due])
        #expect(first.allSatisfy { $0.until == due + .seconds(30) && $0.attempts == 0 })
        #expect(try await store.claimAll(.containment).map(\.key) == [JobKey(.act, 3)])
        #expect(try await store.claimAll(.containment).isEmpty)
        #expect(try await store.claimAll(.polling).map(\.key) == [JobKey(.poll, 0)])
        #expect(
            try await store.claimAll(.timer).map(\.key)
                == [JobKey(.approval, 1), JobKey(.ask, 1), JobKey(.deadline, 1)])
        #expect(try await store.nextDue(.containment) == due + .microseconds(1))
        #expect(try await store.claim(.containment, limit: 0, now: due, lease: .zero, node: NodeID("n")).isEmpty)
        try await store.settle(first.map { .finish($0) })
        #expect(try await store.claimAll(.containment, now: due + .seconds(31)).map(\.key) == [JobKey(.act, 4)])
    }

    @Sendable
    private static func upserts(_ store: any Store) async throws {
        let key = JobKey(.assess, 1)
        for (offset, expected) in [(60, 60), (90, 60), (30, 30), (45, 30)] {
            try await store.settle([.upsert(key, due: Sample.now + .seconds(offset))])
            #expect(try await store.nextDue(.enrichment) == Sample.now + .seconds(expected))
        }
        let lease = try #require(try await store.claimAll(.enrichment, now: Sample.now + .seconds(30)).first)
        #expect(lease.due == Sample.now + .seconds(30))
        #expect(lease.generation == 4)
    }

    @Sendable
    private static func wantedAgain(_ store: any Store) async throws {
        let key = JobKey(.assess, 1)
        try await store.settle([.upsert(key, due: Sample.now)])
        let first = try #require(try await store.claimAll(.enrichment).first)
        try await store.settle([
            .upsert(key, due: Sample.now + .seconds(20)), .upsert(key, due: Sample.now + .seconds(10)),
            .upsert(key, due: Sample.now + .seconds(15)),
        ])
        #expect(try await store.claimAll(.enrichment, now: Sample.now + .seconds(30)).isEmpty, "it is being worked on")
        try await store.settle([.finish(first)])
        #expect(try await store.nextDue(.enrichment) == Sample.now + .seconds(10))
        let second = try #require(try await store.claimAll(.enrichment, now: Sample.now + .seconds(10)).first)
        #expect(second.due == Sample.now + .seconds(10))
        try await store.settle([.finish(second)])
        #expect(try await store.nextDue(.enrichment) == nil)
        // Rescheduled, it comes at the earlier of the two.
        try await store.settle([.upsert(key, due: Sample.now)])
        let third = try #require(try await store.claimAll(.enrichment).first)
        try await store.settle([.upsert(key, due: Sample.now + .seconds(5))])
        try await store.settle([.reschedule(third, due: Sample.now + .seconds(50), error: nil)])
        #expect(try await store.nextDue(.enrichment) == Sample.now + .seconds(5))
        // A claim takes what was wanted so far with it.
        let fourth = try #require(try await store.claimAll(.enrichment, now: Sample.now + .seconds(5)).first)
        try await store.settle([.upsert(key, due: Sample.now)])
        let fifth = try #require(try await store.claimAll(.enrichment, now: fourth.until).first)
        try await store.settle([.finish(fifth)])
        #expect(try await store.nextDue(.enrichment) == nil)
    }

    @Sendable
    private static func fencing(_ store: any Store) async throws {
        let key = JobKey(.act, 1)
        try await store.settle([.upsert(key, due: Sample.now)])
        let first = try #require(try await store.claimAll(.containment).first)
        #expect(try await store.nextDue(.containment) == first.until)
        #expect(try await store.claimAll(.containment, now: first.until - .microseconds(1)).isEmpty)
        let second = try #require(try await store.claimAll(.containment, now: first.until).first)
        #expect(second.number > first.number)
        try await store.settle([
            .finish(first), .reschedule(first, due: Sample.now, error: "late"), .setAside(first, error: "late"),
        ])
        #expect(try await store.nextDue(.containment) == second.until)
        #expect(try await store.jobStatistics(now: Sample.now).setAside.isEmpty)
        try await store.settle([.finish(second), .finish(second)])
        #expect(try await store.nextDue(.containment) == nil)
    }

    @Sendable
    private static func reschedules(_ store: any Store) async throws {
        let key = JobKey(.poll, 0)
        var now = Sample.now
        try await store.settle([.upsert(key, due: now)])
        var lease = try #require(try await store.claimAll(.polling, now: now).first)
        for (error, attempts) in [("a", 1), ("b", 2), (nil, 0), ("c", 1), ("d", 2)] as [(String?, Int)] {
            now = now + .seconds(100)
            try await store.settle([.reschedule(lease, due: now, error: error)])
            #expect(try await store.claimAll(.polling, now: now - .microseconds(1)).isEmpty)
            lease = try #require(try await store.claimAll(.polling, now: now).first)
            #expect(lease.attempts == attempts)
            #expect(lease.due == now)
        }
        // Upserts of a job that waits do not touch the count; a finish ends it.
        try await store.settle([.reschedule(lease, due: now, error: "e"), .upsert(key, due: now)])
        lease = try #require(try await store.claimAll(.polling, now: now).first)
        #expect(lease.attempts == 3)
        try await store.settle([.finish(lease), .upsert(key, due: now)])
        #expect(try await store.claimAll(.polling, now: now).map(\.attempts) == [0])
    }

    @Sendable
    private static func setsAside(_ store: any Store) async throws {
        let key = JobKey(.assess, 1)
        let text = "no answer \u{0}\u{1B}[2J"
        try await store.settle([.upsert(key, due: Sample.now)])
        let first = try #require(try await store.claimAll(.enrichment).first)
        try await store.settle([.setAside(first, error: text)])
        #expect(try await store.nextDue(.enrichment) == nil)
        #expect(try await store.claimAll(.enrichment, now: .distantFuture).isEmpty)
        #expect(
            try await store.jobStatistics(now: Sample.now).setAside
                == [JobStatistics.SetAside(key: key, attempts: 1, error: text)])
        try await store.settle([.upsert(key, due: Sample.now + .seconds(5))])
        #expect(try await store.jobStatistics(now: Sample.now).setAside.isEmpty)
        let second = try #require(try await store.claimAll(.enrichment, now: Sample.now + .seconds(5)).first)
        #expect(second.attempts == 0)
        // Wanted again meanwhile: it runs once more.
        try await store.settle([.upsert(key, due: Sample.now + .seconds(6)), .setAside(second, error: text)])
        #expect(try await store.jobStatistics(now: Sample.now).setAside.isEmpty)
        let third = try #require(try await store.claimAll(.enrichment, now: Sample.now + .seconds(6)).first)
        #expect(third.attempts == 1)
    }

    @Sendable
    private static func jobsInCommit(_ store: any Store) async throws {
        let key = JobKey(.act, 1)
        try await store.make(jobs: [.upsert(key, due: Sample.now)])
        let lease = try #require(try await store.claimAll(.containment).first)
        let refusal = try await store.refusal(
            requires: [.runActive(RunID(9))], jobs: [.finish(lease), .upsert(JobKey(.poll, 0), due: Sample.now)])
        #expect(refusal != nil)
        #expect(try await store.refusal(requires: [.lease(lease)]) == nil)
        #expect(try await store.nextDue(.polling) == nil)
        try await store.make(
            requires: [.lease(lease)], jobs: [.finish(lease), .upsert(JobKey(.poll, 0), due: Sample.now)])
        #expect(try await store.nextDue(.containment) == nil)
        #expect(try await store.nextDue(.polling) == Sample.now)
    }

    @Sendable
    private static func manyWorkers(_ store: any Store) async throws {
        try await store.settle((1...100).map { .upsert(JobKey(.act, $0), due: Sample.now) })
        let claimed = try await withThrowingTaskGroup(of: [JobLease].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var mine: [JobLease] = []
                    while true {
                        let leases = try await store.claim(
                            .containment, limit: 3, now: Sample.now, lease: .seconds(60), node: NodeID("w\(worker)"))
                        if leases.isEmpty { return mine }
                        mine += leases
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.map(\.key.subject).sorted() == Array(1...100))
        #expect(Set(claimed.map(\.number)).count == 100)
    }

    @Sendable
    private static func handler(_ store: any Store) async throws {
        let replaced = Locked(0)
        let heard = Locked<[Set<Lane>]>([])
        store.onJobs { _ in replaced.withLock { $0 += 1 } }
        store.onJobs { lanes in heard.withLock { $0.append(lanes) } }
        try await store.settle([.upsert(JobKey(.act, 1), due: Sample.now)])
        let lease = try #require(try await store.claimAll(.containment).first)
        try await store.settle([.finish(lease)])
        try await store.make([.run(Sample.run(1, of: 50))])
        try await store.make(jobs: [.upsert(JobKey(.act, 1), due: Sample.now)])
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 1)), wantsAssessment: false))
        try await store.take(Sample.delivery(Sample.verdict(Sample.hashes(sha256: 2)), wantsAssessment: true))
        let again = try #require(try await store.claimAll(.containment).first)
        try await store.settle([.reschedule(again, due: Sample.now, error: nil)])
        // Closing waits for everything that is under way.
        await store.close()
        #expect(heard.withLock { $0 } == [[.containment], [.containment], [.enrichment], [.containment]])
        #expect(replaced.withLock { $0 } == 0)
    }

    /// What calls the handler is no deeper after many commits than after the first.
    @Sendable
    private static func handlerDepth(_ store: any Store) async throws {
        let depths = Locked<[Int]>([])
        store.onJobs { _ in depths.withLock { $0.append(Thread.callStackReturnAddresses.count) } }
        for subject in 1...Int64(60) {
            try await store.settle([.upsert(JobKey(.act, subject), due: Sample.now)])
        }
        await store.close()
        let found = depths.withLock { $0 }
        #expect(found.count == 60)
        #expect((found.max() ?? 0) - (found.min() ?? 0) < 30, "\(found)")
    }

    @Sendable
    private static func statistics(_ store: any Store) async throws {
        let empty = try await store.jobStatistics(now: Sample.now)
        #expect(empty.oldestDue == nil)
        #expect(Lane.allCases.allSatisfy { empty.waiting[$0] == 0 && empty.overdue[$0] == 0 })
        try await store.settle([
            .upsert(JobKey(.act, 1), due: Sample.now), .upsert(JobKey(.act, 2), due: Sample.now - .seconds(9)),
            .upsert(JobKey(.act, 3), due: Sample.now + .seconds(1)), .upsert(JobKey(.poll, 0), due: Sample.now),
        ])
        _ = try await store.claim(.containment, limit: 1, now: Sample.now, lease: .seconds(60), node: NodeID("n"))
        let statistics = try await store.jobStatistics(now: Sample.now)
        #expect(statistics.waiting[.containment] == 3)
        #expect(statistics.overdue[.containment] == 1)
        #expect(statistics.waiting[.polling] == 1)
        #expect(statistics.waiting[.timer] == 0)
        #expect(statistics.oldestDue == Sample.now)
    }
}
