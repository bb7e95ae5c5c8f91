import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let preconditions = [
        Check("lease: holds until somebody else claims or it is given back", lease),
        Check("not halted: by extent and by who orders", notHalted),
        Check("lane free: by phase, machine and family", laneFree),
        Check("run active", runActive),
        Check("case open", caseOpen),
    ]

    @Sendable
    private static func lease(_ store: any Store) async throws {
        let key = JobKey(.act, 1)
        func holds(_ lease: JobLease) async throws -> Bool {
            let refusal = try await store.refusal(requires: [.lease(lease)])
            #expect(refusal == nil || refusal == .precondition(.lease(lease)))
            return refusal == nil
        }
        try await store.settle([.upsert(key, due: Sample.now)])
        let first = try #require(try await store.claimAll(.containment).first)
        #expect(try await holds(first))
        var unknown = first
        unknown.number += 1
        #expect(try await !holds(unknown))
        // Its time is over, but nobody else has the job yet.
        let later = first.until + .seconds(5)
        #expect(try await holds(first))
        let second = try #require(try await store.claimAll(.containment, now: later).first)
        #expect(try await !holds(first))
        #expect(try await holds(second))
        try await store.settle([.reschedule(second, due: later, error: nil)])
        #expect(try await !holds(second))
        let third = try #require(try await store.claimAll(.containment, now: later).first)
        try await store.settle([.finish(third)])
        #expect(try await !holds(third))
        // The job begins anew: earlier leases stay void.
        try await store.settle([.upsert(key, due: later)])
        let fourth = try #require(try await store.claimAll(.containment, now: later).first)
        #expect(Set([first, second, third, fourth].map(\.number)).count == 4)
        for void in [first, second, third] { #expect(try await !holds(void)) }
        #expect(try await holds(fourth))
    }

    @Sendable
    private static func notHalted(_ store: any Store) async throws {
        let rows: [(extent: Control.Halt?, byPerson: Bool, holds: Bool)] = [
            (nil, false, true), (nil, true, true), (.automatic, false, false), (.automatic, true, true),
            (.all, false, false), (.all, true, false), (nil, false, true),
        ]
        for row in rows {
            var control = try await store.control()
            if let extent = row.extent {
                _ = control.halt(extent, by: "ana", reason: "test", at: Sample.now)
            } else {
                _ = control.resume(by: "ana", reason: "test", at: Sample.now)
            }
            try await store.make([.control(control)])
            let precondition = Precondition.notHalted(byPerson: row.byPerson)
            let expected: CommitRefusal? = row.holds ? nil : .precondition(precondition)
            #expect(try await store.refusal(requires: [precondition]) == expected, "\(row)")
        }
    }

    @Sendable
    private static func laneFree(_ store: any Store) async throws {
        let phases: [(phase: Action.Phase, isFree: Bool)] = [
            (.planned, true), (.asking, true), (.ready, true), (.intended, false), (.sending, false),
            (.unknown, false), (.pending, false), (.ended(.done), true), (.ended(.cancelled), true),
        ]
        for (index, row) in phases.enumerated() {
            let machine = Sample.machine(index)
            try await store.make([
                .action(Sample.action(index + 1, run: index, machine: index, kind: .release, phase: row.phase))
            ])
            // Release and isolate are of one family.
            let lane = Precondition.laneFree(machine: machine, family: .isolation, except: ActionID(99))
            let expected: CommitRefusal? = row.isFree ? nil : .precondition(lane)
            #expect(try await store.refusal(requires: [lane]) == expected, "\(row)")
            let own = Precondition.laneFree(machine: machine, family: .isolation, except: ActionID(Int64(index + 1)))
            let other = Precondition.laneFree(machine: machine, family: .scan, except: ActionID(99))
            let tenant = Precondition.laneFree(machine: nil, family: .isolation, except: ActionID(99))
            #expect(try await store.refusal(requires: [own, other, tenant]) == nil, "\(row)")
        }
        try await store.make([.action(Sample.action(50, run: 50, machine: nil, kind: .blockFile, phase: .pending))])
        let tenant = Precondition.laneFree(machine: nil, family: .indicator, except: ActionID(99))
        #expect(try await store.refusal(requires: [tenant]) == .precondition(tenant))
    }

    @Sendable
    private static func runActive(_ store: any Store) async throws {
        #expect(try await store.refusal(requires: [.runActive(RunID(1))]) == .precondition(.runActive(RunID(1))))
        try await store.make([.run(Sample.run(1))])
        #expect(try await store.refusal(requires: [.runActive(RunID(1))]) == nil)
        try await store.make([.run(Sample.ended(try #require(try await store.run(RunID(1)))))])
        #expect(try await store.refusal(requires: [.runActive(RunID(1))]) == .precondition(.runActive(RunID(1))))
    }

    @Sendable
    private static func caseOpen(_ store: any Store) async throws {
        #expect(try await store.refusal(requires: [.caseOpen(CaseID(1))]) == nil)
        try await store.make([.hashes(CaseID(1), [Sample.hash(1)]), .hashes(CaseID(2), [Sample.hash(2)])])
        try await store.make([.merge(from: CaseID(2), into: CaseID(1))])
        #expect(try await store.refusal(requires: [.caseOpen(CaseID(1))]) == nil)
        #expect(try await store.refusal(requires: [.caseOpen(CaseID(2))]) == .precondition(.caseOpen(CaseID(2))))
    }
}
