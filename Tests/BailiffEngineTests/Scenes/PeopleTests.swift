import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Testing

@Suite("People: escalation, notices, the breaker, orders by hand, cancelling") struct PeopleTests {
    @Test func aQuestionNobodyAnswersGoesToTheNextPolicy() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        try await scene.verdict()
        try await scene.pass(.seconds(600))
        #expect(try await scene.waiting().map(\.policy) == ["soc-one"])
        try await scene.pass(.seconds(1_800))
        let next = try #require(try await scene.waiting().first)
        #expect(next.policy == "soc-lead-one")
        try await scene.answer(roles: ["soc-lead"])
        try await scene.pass(.seconds(300))
        #expect(try await scene.outcomes("remove") == ["w000": .done])
    }

    @Test func whatWasDeniedIsAskedAgainOnAHarderVerdictAlone() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        try await scene.verdict(score: 0.95)
        try await scene.pass(.seconds(600))
        try await scene.answer(.deny)
        try await scene.verdict(score: 0.9)
        try await scene.pass(.seconds(300))
        #expect(try await scene.waiting().isEmpty, "a softer verdict asks nobody again")
        #expect(try await scene.runs().count == 1)
        try await scene.verdict(score: 1)
        try await scene.pass(.seconds(300))
        #expect(try await scene.waiting().map(\.step) == ["remove"])
        try await scene.answer(.deny)
        try await scene.pass(.seconds(25 * 3_600))
        try await scene.verdict(score: 0.9)
        try await scene.pass(.seconds(300))
        #expect(try await scene.waiting().map(\.step) == ["remove"], "after the window any verdict asks")
    }

    @Test func whatNobodyAnsweredIsAskedAgainOnAnyVerdict() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        try await scene.verdict()
        try await scene.pass(.seconds(2 * 3_600))
        #expect(try await scene.waiting().isEmpty)
        #expect(try await scene.outcomes("remove") == ["w000": .expired])
        let reasons = try await scene.actions("remove").first?.reasons
        #expect(reasons?.last == "soc-lead-one: nobody answered in time")
        #expect(try await scene.runs().count == 1, "time alone asks nothing again")
        try await scene.verdict()
        try await scene.pass(.seconds(300))
        #expect(try await scene.waiting().map(\.step) == ["remove"])
    }

    @Test func theClockOfAQuestionBeginsOncePeopleAreTold() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        scene.notifier.goAway(true)
        try await scene.verdict()
        try await scene.pass(.seconds(1_200))
        let asked = try #require(try await scene.waiting().first)
        scene.notifier.goAway(false)
        try await scene.pass(.seconds(900))
        let told = try #require(try await scene.store.approval(asked.id))
        guard case .waiting(let until) = told.phase else {
            Issue.record("it ended although nobody had been told")
            return
        }
        #expect(until > asked.askedAt + .seconds(asked.expiresSeconds))
        #expect(until <= scene.time.now + .seconds(asked.expiresSeconds))
        #expect(scene.notifier.of(.approvalNeeded).map(\.approval) == [asked.id])
    }

    @Test func peopleAreToldOfWhatTheyAskedFor() async throws {
        let scene = try Scene(
            ["isolate-on-malicious"],
            machines: Scene.workstations(7) + [Scene.machine("s1", .server)])
        for machine in scene.model.machines { scene.model.see(Scene.file(1), on: machine.id) }
        try await scene.verdict()
        try await scene.pass(.seconds(600))
        #expect(scene.notifier.of(.held).count == 1)
        let left = try #require(scene.notifier.of(.notSelected).first)
        #expect(left.text.contains("host-s1: kind is server"))
        try await scene.answer(.deny)
        try await scene.pass(.seconds(600))
        #expect(scene.notifier.of(.done).count == 1)
        #expect(scene.notifier.all.allSatisfy { $0.to == "soc" })
        #expect(Set(scene.notifier.all.map(\.publicID)).count == scene.notifier.all.count)
    }

    // MARK: - Breaker

    private func failing() async throws -> Scene {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(40))
        scene.model.fail(on: Set(scene.model.machines.map(\.id)))
        for number in 0..<5 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict(Scene.file(1))
        try await scene.pass(.seconds(600))
        return scene
    }

    @Test func failuresInARowOpenTheBreakerAndEverythingHolds() async throws {
        let scene = try await failing()
        #expect(Set(scene.requests(.isolate)).count == 5)
        for number in 10..<13 { scene.model.see(Scene.file(2), on: scene.model.machines[number].id) }
        try await scene.verdict(Scene.file(2))
        try await scene.pass(.seconds(600))
        #expect(try await scene.store.breaker().isOpen)
        #expect(scene.requests(.isolate).count == 5, "nothing disruptive goes out while it is open")
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.because == ["breaker"])
        try await scene.answer(policy: "soc-one", only: [scene.model.machines[10].id])
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.isolate).count == 6, "what people approve because of the breaker goes out")
        scene.model.fail(on: [])
        let breaker = try await scene.breakerService.reset(by: "root", reason: "mended")
        #expect(!breaker.isOpen)
        try await scene.pass(.seconds(300))
        #expect(Set(scene.requests(.isolate)).count == 8, "a reset lets go what waited for it alone")
        #expect(try await !scene.store.breaker().isOpen, "failures from before the reset do not count")
    }

    @Test func theBreakerOpensAtOnceAndPeopleAreTold() async throws {
        let scene = try await failing()
        #expect(try await scene.store.breaker().isOpen, "not only when the next action is about to leave")
        #expect(try await scene.entries("breaker.opened") == 1)
    }

    // MARK: - By hand

    @Test func anOrderByHandRunsUnderGuardsBudgetAndLease() async throws {
        let scene = try Scene(
            ["isolate-on-malicious"],
            machines: Scene.workstations(3) + [Scene.machine("d1", .server, group: "Domain Controllers")])
        let person = Scene.person("rita", ["responder"], at: scene.time.now)
        let isolate = PersonalOrder(kind: .isolate, reason: "phishing")
        let (denied, _) = try await scene.orderService.give(
            .init(order: isolate, machines: [scene.id("d1")]), by: person)
        #expect(denied.phase == .ended)
        #expect(denied.count(.denied) == 1)
        _ = try await scene.orderService.give(.init(order: isolate, machines: [scene.id("w000")]), by: person)
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.isolate) == ["w000"])
        let action = try #require(try await scene.actions("order").first { $0.machine == scene.id("w000") })
        #expect(action.outcome == .done)
        #expect(action.lease == PlannedLease(seconds: 72 * 3_600, then: .escalate, to: "soc-lead"))
        #expect(try await scene.store.budgetedMachines() == 1)
        #expect(try await scene.store.budgetUses(of: [scene.id("w000")]).count == 1)
        await #expect(throws: OrderServiceError.self, "several machines ask") {
            _ = try await scene.orderService.give(
                .init(order: isolate, machines: [scene.id("w001"), scene.id("w002")]), by: person)
        }
        var asking = isolate
        asking.approve = "soc-one"
        _ = try await scene.orderService.give(
            .init(order: asking, machines: [scene.id("w001"), scene.id("w002")]), by: person)
        try await scene.pass(.seconds(60))
        await #expect(throws: DecisionError.self, "the requester never approves") {
            try await scene.answer(by: "rita")
        }
        try await scene.answer()
        try await scene.pass(.seconds(300))
        #expect(Set(scene.requests(.isolate)).count == 3)
        await #expect(throws: OrderServiceError.self) {
            _ = try await scene.orderService.give(.init(order: isolate, machines: [scene.id("zzz")]), by: person)
        }
    }

    @Test func aPersonReleasesAlsoWhileHaltedButNotWhileAllIsHalted() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        try await scene.verdict()
        try await scene.pass(.seconds(300))
        _ = try await scene.control.halt(.all, by: "rita", reason: "test")
        let person = Scene.person("rita", ["releaser"], at: scene.time.now)
        let order = PersonalOrder(kind: .release, reason: "mistake")
        _ = try await scene.orderService.give(.init(order: order, machines: [scene.id("w000")]), by: person)
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.release).isEmpty)
        _ = try await scene.control.halt(.automatic, by: "rita", reason: "test")
        try await scene.pass(.seconds(900))
        #expect(scene.requests(.release) == ["w000"])
        #expect(try await scene.actions("contain").first?.isInForce == false)
        #expect(try await scene.store.holders(machine: scene.id("w000"), family: .isolation).isEmpty)
    }

    @Test func tagsAreSetAndTakenBack() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(1))
        let person = Scene.person("rita", ["responder"], at: scene.time.now)
        let parameters = ActionParameters(value: "incident-7")
        _ = try await scene.orderService.give(
            .init(
                order: PersonalOrder(kind: .tag, parameters: parameters, reason: "mark"), machines: [scene.id("w000")]),
            by: person)
        try await scene.pass(.seconds(60))
        #expect(scene.requests(.tag) == ["w000"])
        let run = try #require(try await scene.runs(.order).first)
        _ = try await scene.runService.undo(run.id, reason: "over", by: "rita")
        try await scene.pass(.seconds(60))
        #expect(scene.requests(.untag) == ["w000"])
    }

    // MARK: - Cancelling

    @Test func cancellingARunWithdrawsWhatWasNotSentAndRecallsWhatNobodyTookUp() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        scene.model.see(Scene.file(1), on: scene.id("w001"))
        scene.model.goOffline(scene.id("w001"))
        try await scene.verdict()
        try await scene.pass(.seconds(600))
        let run = try #require(try await scene.runs(.playbook).first)
        _ = try await scene.runService.cancel(run.id, reason: "drill", by: "rita")
        try await scene.pass(.seconds(3_600))
        let ended = try #require(try await scene.store.run(run.id))
        #expect(ended.phase == .ended)
        #expect(try await scene.outcomes("contain") == ["w000": .done, "w001": .cancelled])
        #expect(try await scene.outcomes("remove")["w000"] == .cancelled)
        #expect(try await scene.waiting().isEmpty, "a question about nothing is withdrawn")
        scene.model.comeBack(scene.id("w001"))
        try await scene.pass(.seconds(3_600))
        #expect(try await scene.store.holders(machine: scene.id("w001"), family: .isolation).isEmpty)
        await #expect(throws: RunServiceError.self) {
            _ = try await scene.runService.cancel(run.id, reason: "again", by: "rita")
        }
    }

    @Test func aResolvedCaseOpensAgainWithAHarderVerdict() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(3))
        scene.model.see(Scene.file(1), on: scene.id("w000"))
        try await scene.verdict(score: 0.2)
        try await scene.pass(.seconds(300))
        let id = try #require(try await scene.caseID())
        _ = try await scene.caseService.close(id, as: .resolved, reason: "dealt with", by: "lea")
        scene.model.see(Scene.file(1), on: scene.id("w001"))
        try await scene.pass(.seconds(3_600))
        #expect(Set(scene.requests(.isolate)) == ["w000"], "a closed case is not watched")
        #expect(try await scene.actions("contain").first?.isInForce == true, "effects stay until their leases end")
        try await scene.verdict(score: 1)
        try await scene.pass(.seconds(600))
        #expect(try await scene.store.findCase(id)?.closure == nil)
        #expect(Set(scene.requests(.isolate)) == ["w000", "w001"])
    }
}
