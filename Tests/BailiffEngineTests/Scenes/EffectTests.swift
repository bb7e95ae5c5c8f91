import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Testing

@Suite("Effects: they have holders and an end, and can be taken back") struct EffectTests {
    private func contained(
        _ names: [String] = ["w000"], file: FileHash = Scene.file(1), replacing: [(String, String)] = []
    ) async throws -> Scene {
        let scene = try Scene(
            ["isolate-on-malicious"], replacing: replacing, machines: Scene.workstations(8))
        for name in names { scene.model.see(file, on: scene.id(name)) }
        try await scene.verdict(file)
        try await scene.pass(.seconds(300))
        return scene
    }

    @Test func anIsolationIsHeldAndItsLeaseAsksAtItsEnd() async throws {
        let scene = try await contained()
        #expect(try await scene.outcomes("contain") == ["w000": .done])
        let action = try #require(try await scene.actions("contain").first)
        #expect(action.isInForce)
        #expect(action.leaseUntil == action.endedAt.map { $0 + .seconds(72 * 3_600) })
        let holders = try await scene.store.holders(machine: scene.id("w000"), family: .isolation)
        #expect(holders == [try await scene.caseID()].compactMap { $0 })
        try await scene.answer(.deny)
        try await scene.pass(.seconds(72 * 3_600))
        #expect(scene.requests(.release) == [], "nothing is released without the people the lease names")
        let question = try #require(try await scene.waiting().first)
        #expect(question.step == "undo:contain")
        #expect(question.requirements.map(\.role) == ["soc-lead"])
        try await scene.answer()
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release) == ["w000"])
        #expect(try await scene.outcomes("undo:contain") == ["w000": .done])
        #expect(try await scene.actions("contain").first?.isInForce == false)
        #expect(try await scene.store.holders(machine: scene.id("w000"), family: .isolation).isEmpty)
    }

    @Test func aDeniedReleaseRenewsTheLease() async throws {
        let scene = try await contained()
        try await scene.answer(.deny)
        try await scene.pass(.seconds(72 * 3_600))
        try await scene.answer(.deny)
        try await scene.pass(.seconds(600))
        let action = try #require(try await scene.actions("contain").first)
        #expect(action.isInForce)
        #expect((action.leaseUntil ?? .epoch) > scene.time.now + .seconds(70 * 3_600))
        try await scene.pass(.seconds(73 * 3_600))
        #expect(try await scene.waiting().contains { $0.step == "undo:contain" }, "it is asked again")
    }

    @Test func aQuestionAboutALeaseThatNobodyAnswersIsAskedAgain() async throws {
        let scene = try await contained()
        try await scene.answer(.deny)
        try await scene.pass(.seconds(73 * 3_600))
        let first = try #require(try await scene.waiting().first)
        try await scene.pass(.seconds(30 * 3_600))
        let later = try #require(try await scene.waiting().first)
        #expect(first.id != later.id)
        #expect(try await scene.actions("contain").first?.isInForce == true)
        #expect(scene.requests(.release).isEmpty)
    }

    @Test func theReleaseGoesOutWithTheLastHolder() async throws {
        let scene = try await contained()
        scene.model.see(Scene.file(2), on: scene.id("w000"))
        // The guard skips what somebody else holds; our own isolation is wanted by the second case, too.
        try await scene.verdict(Scene.file(2))
        try await scene.pass(.seconds(300))
        let holders = try await scene.store.holders(machine: scene.id("w000"), family: .isolation)
        #expect(holders.count == 2)
        #expect(scene.requests(.isolate) == ["w000"], "it is isolated once")
        let first = try #require(try await scene.caseID(Scene.file(1)))
        _ = try await scene.caseService.close(first, as: .falsePositive, reason: "harmless", by: "lea")
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release).isEmpty, "the other case holds the machine")
        #expect(try await scene.store.holders(machine: scene.id("w000"), family: .isolation).count == 1)
        let second = try #require(try await scene.caseID(Scene.file(2)))
        _ = try await scene.caseService.close(second, as: .falsePositive, reason: "harmless", by: "lea")
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release) == ["w000"])
    }

    @Test func undoTakesEverythingBackInReverseOrder() async throws {
        let machines = [Scene.machine("s1", .server, group: "oslo")]
        let scene = try Scene(["tiered-containment"], machines: machines)
        scene.model.see(Scene.file(1), on: scene.id("s1"))
        try await scene.verdict()
        for _ in 0..<4 {
            try await scene.pass(.seconds(60))
            try await scene.answer(roles: ["soc-lead"])
            try await scene.answer(by: "bo", roles: ["server-operations"])
        }
        try await scene.pass(.seconds(300))
        #expect(try await scene.outcomes("server-restrict") == ["s1": .done])
        #expect(try await scene.outcomes("server-isolate") == ["s1": .done])
        let run = try #require(try await scene.runs(.playbook).first)
        _ = try await scene.runService.undo(run.id, reason: "over", by: "lea")
        try await scene.pass(.seconds(600))
        #expect(try await scene.outcomes("undo:server-isolate") == ["s1": .done])
        #expect(try await scene.outcomes("undo:server-restrict") == ["s1": .done])
        let order = scene.model.requests.map(\.kind).filter { $0.takesBack }
        #expect(order == [.release, .unrestrictApps])
        await #expect(throws: RunServiceError.self, "there is nothing left to undo") {
            _ = try await scene.runService.undo(run.id, reason: "again", by: "lea")
        }
    }

    @Test func aReversedVerdictOpensAReleasePlanAndNeverActsAlone() async throws {
        let scene = try await contained()
        try await scene.verdict(Scene.file(1), .benign, feed: "other", trust: 1)
        try await scene.pass(.seconds(600))
        #expect(try await scene.runs(.undo).isEmpty, "a feed of less trust reverses nothing")
        try await scene.verdict(Scene.file(1), .benign)
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release).isEmpty)
        #expect(try await scene.runs(.undo).count == 1)
        #expect(try await scene.actions("remove").first?.outcome == .cancelled, "what was not sent is withdrawn")
        let question = try #require(try await scene.waiting().first)
        #expect(question.policy == "soc-one")
        try await scene.answer()
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release) == ["w000"])
        try await scene.verdict(Scene.file(1), .benign)
        try await scene.pass(.seconds(600))
        #expect(try await scene.runs(.undo).count == 1, "one reversal, one plan")
    }

    @Test func whatIsMaliciousAgainIsContainedAgain() async throws {
        let scene = try await contained()
        try await scene.verdict(Scene.file(1), .benign)
        try await scene.pass(.seconds(600))
        try await scene.answer()
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release) == ["w000"])
        try await scene.verdict()
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.isolate) == ["w000", "w000"])
    }

    @Test func aFalsePositiveReleasesAndStaysAllowed() async throws {
        let scene = try await contained()
        let id = try #require(try await scene.caseID())
        let closing = try await scene.caseService.close(
            id, as: .falsePositive, allowance: .seconds(86_400), reason: "our own tool", by: "lea")
        #expect(closing.releases.count == 1)
        try await scene.pass(.seconds(600))
        #expect(scene.requests(.release) == ["w000"])
        try await scene.verdict(Scene.file(1), score: 0.2)
        try await scene.verdict(Scene.file(1), category: .ransomware)
        try await scene.pass(.seconds(3_600))
        #expect(scene.requests(.isolate) == ["w000"], "nothing is done about an allowed file")
        #expect(try await scene.runs(.playbook).count == 1)
        await #expect(throws: CaseServiceError.self) {
            _ = try await scene.caseService.close(id, as: .falsePositive, reason: "twice", by: "lea")
        }
    }

    @Test func somebodyElsesReleaseIsFoundAndTold() async throws {
        let scene = try await contained()
        scene.model.actByHand(.release, scene.id("w000"))
        try await scene.pass(.seconds(3_600))
        let action = try #require(try await scene.actions("contain").first)
        guard case .takenBack(let by, _)? = action.standing else {
            Issue.record("the effect counts as in force")
            return
        }
        #expect(by.contains("somebody else"))
        #expect(try await scene.store.holders(machine: scene.id("w000"), family: .isolation).isEmpty)
        #expect(scene.notifier.of(.failed).contains { $0.title.contains("no longer holds") })
    }

    @Test func somebodyElsesIsolationIsNeverReleased() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.actByHand(.isolate, scene.id("w000"))
        try await scene.pass(.seconds(300))
        let person = Scene.person("lea", ["responder"], at: scene.time.now)
        let order = PersonalOrder(kind: .release, reason: "test")
        _ = try await scene.orderService.give(.init(order: order, machines: [scene.id("w000")]), by: person)
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.release).isEmpty)
        #expect(try await scene.actions("order").first?.outcome == .skipped)
        _ = try await scene.orderService.give(
            .init(order: order, machines: [scene.id("w000")], overrides: true), by: person)
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.release) == ["w000"], "a person who names it may")
    }

    @Test func renewalsKeepWhatPeopleWantAndReleaseWhatTheyDoNot() async throws {
        let scene = try await contained(
            replacing: [
                (
                    "lease: { for: 72h, then: escalate, to: soc-lead }",
                    "lease: { for: 72h, then: renew, approve: soc-one }"
                )
            ])
        try await scene.answer(.deny)
        try await scene.pass(.seconds(72 * 3_600))
        let question = try #require(try await scene.waiting().first { $0.renews != nil })
        #expect(question.subjects.map(\.machine) == [scene.id("w000")])
        try await scene.answer(.approve)
        try await scene.pass(.seconds(3_600))
        #expect(scene.requests(.release).isEmpty)
        #expect(try await scene.actions("contain").first?.isInForce == true)
        try await scene.pass(.seconds(72 * 3_600))
        try await scene.pass(.seconds(3_600))
        #expect(scene.requests(.release) == ["w000"], "silence does not renew")
    }
}
