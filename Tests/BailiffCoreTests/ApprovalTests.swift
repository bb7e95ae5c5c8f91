import BailiffCore
import BailiffModel
import BailiffPlaybook
import Testing

@Suite("A question to people")
struct ApprovalTests {
    static let now = Samples.start

    private func approval(_ requirements: [(String, Int)] = [("soc-lead", 1)], machines: [String] = ["m1", "m2"])
        -> Approval
    {
        Approval(
            id: ApprovalID(1), publicID: Samples.publicID, run: Samples.run(open: 1), step: Samples.remove, policy: "p",
            requirements: requirements.map { Approval.Requirement(role: $0.0, count: $0.1) }, digest: Samples.digest,
            because: ["step remove"],
            subjects: machines.enumerated().map {
                Approval.Subject(action: ActionID(Int64($0 + 1)), machine: Samples.machine($1), machineName: nil)
            }, askedAt: Self.now, expires: .seconds(60))
    }

    private func answer(
        _ person: String, _ roles: [String], _ answer: Approval.Decision.Answer = .approve, only: [String]? = nil,
        after seconds: Int64 = 1
    ) -> Approval.Decision {
        Approval.Decision(
            person: person, roles: roles, answer: answer, only: only?.map(Samples.machine), reason: "because",
            at: Self.now + .seconds(seconds))
    }

    @Test("granted once, by the exact digest")
    func grants() throws {
        var approval = approval()
        let effects = try approval.decide(answer("ana", ["soc-lead"]), digest: Samples.digest)
        #expect(effects.contains(.granted([ActionID(1), ActionID(2)])))
        #expect(throws: Approval.Refusal.notOpen(approval.phase)) {
            try approval.decide(answer("bo", ["soc-lead"]), digest: Samples.digest)
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var person: String = "ana"
        var roles: [String] = ["soc-lead"]
        var digest: Digest = Samples.digest
        var only: [String]?
        var seconds: Int64 = 1
        var refusal: Approval.Refusal
    }

    @Test(arguments: [
        Refused(testDescription: "another digest", digest: Digest.of("other"), refusal: .otherDigest(Samples.digest)),
        Refused(testDescription: "the requester", person: "system", refusal: .isRequester),
        Refused(testDescription: "without the role", roles: ["viewer"], refusal: .lacksRole(["soc-lead"])),
        Refused(
            testDescription: "a machine that is not part of it", only: ["m9"],
            refusal: .unknownMachines([Samples.machine("m9")])),
        Refused(testDescription: "an empty set means nobody", only: [], refusal: .unknownMachines([])),
        Refused(
            testDescription: "at the deadline", seconds: 60,
            refusal: .notOpen(.waiting(until: Samples.start + .seconds(60)))),
    ])
    func refuses(_ row: Refused) {
        var approval = approval()
        let before = approval
        #expect(throws: row.refusal) {
            try approval.decide(
                answer(row.person, row.roles, only: row.only, after: row.seconds), digest: row.digest)
        }
        #expect(approval == before)
    }

    @Test("different people for different places; a person with both roles fills one")
    func people() throws {
        var approval = approval([("soc-lead", 1), ("server-operations", 1)])
        #expect(
            try approval.decide(answer("ana", ["soc-lead", "server-operations"]), digest: Samples.digest).count == 1)
        #expect(throws: Approval.Refusal.alreadyAnswered) {
            try approval.decide(answer("ana", ["soc-lead", "server-operations"]), digest: Samples.digest)
        }
        // Bo can only lead; ana moves to the other place.
        let effects = try approval.decide(answer("bo", ["soc-lead"]), digest: Samples.digest)
        #expect(effects.contains(.granted([ActionID(1), ActionID(2)])))
    }

    @Test("what is still missing counts each person once, for the machine that lacks most")
    func missing() throws {
        func lacks(_ approval: Approval) -> [String] { approval.missing.map { "\($0.count) \($0.role)" } }
        var both = approval([("soc-lead", 1), ("server-operations", 1)])
        #expect(lacks(both) == ["1 soc-lead", "1 server-operations"])
        _ = try both.decide(answer("duo", ["soc-lead", "server-operations"]), digest: Samples.digest)
        #expect(lacks(both) == ["1 server-operations"], "one person fills one place")
        #expect(both.hasApproved("duo"))
        _ = try both.decide(answer("bo", ["soc-lead"]), digest: Samples.digest)
        #expect(lacks(both).isEmpty)
        var parts = approval([("soc-lead", 1), ("server-operations", 1)])
        _ = try parts.decide(answer("ana", ["soc-lead"], only: ["m1"]), digest: Samples.digest)
        _ = try parts.decide(answer("olaf", ["server-operations"], only: ["m2"]), digest: Samples.digest)
        #expect(lacks(parts).count == 1, "each machine has one of the two: \(lacks(parts))")
        #expect(!parts.hasApproved("ana"), "the other machine is still open to her")
    }

    @Test("who approved and knows better now may still refuse, once the others have not made it final")
    func secondThoughts() throws {
        var approval = approval([("soc-lead", 2)])
        _ = try approval.decide(answer("ana", ["soc-lead"]), digest: Samples.digest)
        let effects = try approval.decide(answer("ana", ["soc-lead"], .deny), digest: Samples.digest)
        #expect(effects.contains(.refused([ActionID(1), ActionID(2)], .denied, by: "ana")))
    }

    @Test("a subset grants exactly its machines; the rest waits and expires")
    func subset() throws {
        var approval = approval()
        let effects = try approval.decide(answer("ana", ["soc-lead"], only: ["m2"]), digest: Samples.digest)
        #expect(effects.contains(.granted([ActionID(2)])))
        #expect(approval.tick(at: Self.now + .seconds(59)).isEmpty)
        let end = approval.tick(at: Self.now + .seconds(60))
        #expect(end.contains(.refused([ActionID(1)], .expired, by: "nobody")))
        #expect(approval.tick(at: Self.now + .seconds(61)).isEmpty)
    }

    @Test("one denial by somebody who could approve ends it")
    func denies() throws {
        var approval = approval([("soc-lead", 2)])
        _ = try approval.decide(answer("ana", ["soc-lead"]), digest: Samples.digest)
        let effects = try approval.decide(answer("bo", ["soc-lead"], .deny), digest: Samples.digest)
        #expect(effects.contains(.refused([ActionID(1), ActionID(2)], .denied, by: "bo")))
        #expect(approval.tick(at: Self.now + .seconds(100)).isEmpty)
    }

    @Test("reasons enter the log as commitments only")
    func reasons() throws {
        var approval = approval()
        for case .record(let draft) in try approval.decide(answer("ana", ["soc-lead"]), digest: Samples.digest)
        where draft.kind == "approval.approve" {
            #expect(draft.fields["reason"] == nil)
            #expect(draft.erasable == [EntryDraft.Erasable("reason", "because")])
        }
    }
}
