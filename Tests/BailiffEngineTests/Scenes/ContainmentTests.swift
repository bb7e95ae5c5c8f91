import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import Testing

@Suite("Containment: rings, late arrivals, corroboration, precedence, machines that stay away") struct ContainmentTests
{
    private static let recent = "file.first_seen_org < now"

    /// Two feeds call the file ransomware.
    private func outbreak(_ count: Int, of fleet: Int? = nil) async throws -> Scene {
        // The model knows no first sighting in the organisation; the guard about it is another test's.
        let scene = try Scene(
            ["outbreak-containment"], replacing: [("missing: hold", "missing: ignore")],
            machines: Scene.workstations(fleet ?? count))
        for number in 0..<count { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "one")
        try await scene.pass(.seconds(60))
        return scene
    }

    @Test("hunting that answers late tells the case more, also a hash, and makes no second run")
    func lateHunting() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(3))
        scene.model.see(Scene.file(1), on: scene.model.machines[0].id)
        let md5 = try #require(FileHash("0cc175b9c0f1b6a831c399e269772661"))
        scene.model.throttleHunting(2, then: FileHashes(md5: md5))
        try await scene.verdict(Scene.file(1))
        try await scene.pass(.seconds(10))
        let id = try #require(try await scene.caseID())
        let first = try #require(try await scene.store.findCase(id)?.coverage)
        #expect(first.gaps.contains { $0.code == .notAnswered })
        try await scene.pass(.seconds(120))
        let file = try #require(try await scene.store.findCase(id))
        #expect(file.coverage?.gaps.contains { $0.code == .notAnswered } == false, "asked until it answered")
        #expect(file.hashes.contains(md5))
        #expect(file.plans["isolate-on-malicious"]?.isPartial == false)
        #expect(try await scene.runs().count == 1)
        #expect(scene.requests(.collectPackage).count == 1)
        #expect(try await scene.waiting().count == 1, "the question stands as it was asked")
    }

    @Test func oneFeedIsNotEnoughAndTheSecondOneIs() async throws {
        let scene = try await outbreak(10)
        #expect(try await scene.runs().isEmpty)
        let id = try #require(try await scene.caseID())
        #expect(try await scene.store.findCase(id)?.uncorroborated == ["outbreak-containment"])
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "one")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs().isEmpty, "the same feed twice is one feed")
        try await scene.pass(.seconds(3 * 3_600))
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs().isEmpty, "the first statement is too old")
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "one")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs().count == 1)
        #expect(try await scene.store.findCase(id)?.uncorroborated.isEmpty == true)
    }

    @Test func ringsGoOneAfterTheOtherAndTheLastOneAsks() async throws {
        let scene = try await outbreak(40)
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(240))
        #expect(Set(scene.requests(.isolate)).count == 3)
        try await scene.pass(.seconds(300))
        #expect(Set(scene.requests(.isolate)).count == 28, "the second ring follows the verified first one")
        #expect(!scene.notifier.of(.ringDone).isEmpty)
        try await scene.pass(.seconds(1_200))
        #expect(Set(scene.requests(.isolate)).count == 28, "the rest waits for people")
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.policy == "incident-two")
        #expect(question.because.contains("rings.approve"))
        try await scene.answer(policy: "incident-two", by: "ivo", roles: ["incident-commander"])
        try await scene.answer(policy: "incident-two", by: "lea", roles: ["soc-lead"])
        try await scene.pass(.seconds(600))
        #expect(Set(scene.requests(.isolate)).count == 40)
    }

    @Test func whoeverComesLateToARingThatAskedIsAskedAbout() async throws {
        let scene = try await outbreak(5, of: 6)
        let late = scene.model.machines[5].id
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(2_400))
        let before = try #require(try await scene.runs(.playbook).first)
        #expect(before.ring + 1 == before.rings.count, "the last ring has begun, with nobody in it")
        #expect(Set(scene.requests(.isolate)).count == 5)
        scene.model.see(Scene.file(1), on: late)
        try await scene.pass(.seconds(600))
        #expect(Set(scene.requests(.isolate)).count == 5, "nobody agreed to this machine")
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.subjects.map(\.machine) == [late])
        #expect(question.because == ["rings.approve"])
    }

    @Test func anUnverifiedRingAsksAndARefusalHoldsTheRest() async throws {
        let scene = try await outbreak(30)
        scene.model.fail(on: [scene.model.machines[1].id])
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(360))
        #expect(Set(scene.requests(.isolate)).count == 3, "an unverified first ring lets nobody go by itself")
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.because == ["rings.proceed_when"])
        #expect(question.subjects.count == 25)
        try await scene.answer(.deny, policy: "incident-two", roles: ["soc-lead"])
        try await scene.pass(.seconds(1_200))
        #expect(Set(scene.requests(.isolate)).count == 3)
        let outcomes = try await scene.outcomes("contain")
        #expect(outcomes.values.count { $0 == .denied } == 25)
        #expect(outcomes.values.count { $0 == .held } == 2, "what comes after a refused ring is held")
    }

    @Test func aMachineOfARingThatStaysAwayIsReplaced() async throws {
        let scene = try await outbreak(10)
        scene.model.goOffline(scene.model.machines[0].id)
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(420))
        let run = try #require(try await scene.runs(.playbook).first)
        #expect(run.rings.first?.replaced == [scene.model.machines[0].id])
        #expect(run.ring == 1, "three machines are verified, the absent one is not waited for")
    }

    @Test func lateArrivalsJoinTheRunAndItsBudget() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(12))
        for number in 0..<4 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict()
        try await scene.pass(.seconds(300))
        #expect(Set(scene.requests(.isolate)).count == 4)
        for number in 4..<7 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.pass(.seconds(900))
        #expect(try await scene.runs(.playbook).count == 1, "it is one run")
        #expect(Set(scene.requests(.isolate)).count == 5, "the run's five places, and no more")
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.subjects.count == 2, "people are asked about the additions alone")
        try await scene.answer(policy: "soc-one")
        try await scene.pass(.seconds(300))
        #expect(Set(scene.requests(.isolate)).count == 7)
        try await scene.pass(.seconds(26 * 3_600))
        scene.model.see(Scene.file(1), on: scene.model.machines[9].id)
        try await scene.pass(.seconds(3_600))
        #expect(Set(scene.requests(.isolate)).count == 7, "the watch has ended")
        #expect(try await scene.store.watchedCases(at: scene.time.now, after: nil, limit: 10).isEmpty)
    }

    @Test func nobodyJoinsARunThatWasCancelled() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(4))
        for number in 0..<2 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict()
        try await scene.pass(.seconds(30))
        let run = try #require(try await scene.runs(.playbook).first)
        _ = try await scene.runService.cancel(run.id, reason: "a drill", by: "lea")
        scene.model.see(Scene.file(1), on: scene.model.machines[2].id)
        try await scene.pass(.seconds(1_800))
        #expect(Set(scene.requests(.isolate)).count == 2)
        #expect(try await scene.actions().allSatisfy { $0.machine != scene.model.machines[2].id })
        let id = try #require(try await scene.caseID())
        let seen = try await scene.store.sightings(ofCase: id).map(\.machine.id)
        #expect(seen.contains(scene.model.machines[2].id), "people see it in the case")
    }

    @Test func lateArrivalsOfARunThatHadEndedWaitForTheRings() async throws {
        let scene = try Scene(
            ["outbreak-containment"], replacing: [("missing: hold", "missing: ignore")],
            machines: Scene.workstations(4))
        scene.model.fail(on: Set(scene.model.machines.prefix(3).map(\.id)))
        for number in 0..<3 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "one")
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        for _ in 0..<7 {
            try await scene.pass(.seconds(20))
            try await scene.answer(.deny, roles: ["soc-lead", "incident-commander", "threat-intel"])
        }
        let run = try #require(try await scene.runs(.playbook).first)
        #expect(run.phase == .ended && run.ring == 0, "it ended before its first ring was looked at")
        let late = scene.model.machines[3].id
        scene.model.see(Scene.file(1), on: late)
        try await scene.pass(.seconds(1_200))
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.subjects.map(\.machine) == [late], "the failed ring asks before the late arrival goes")
        #expect(question.because.contains("rings.proceed_when"))
    }

    @Test func aHigherPrecedenceTakesOverWhatWasNotSent() async throws {
        let scene = try Scene(
            ["isolate-on-malicious", "outbreak-containment"], replacing: [("missing: hold", "missing: ignore")],
            machines: Scene.workstations(12))
        for number in 0..<12 { scene.model.see(Scene.file(1), on: scene.model.machines[number].id) }
        try await scene.verdict(Scene.file(1), category: .worm, feed: "one")
        try await scene.pass(.seconds(120))
        #expect(try await scene.runs().map(\.playbook.name) == ["isolate-on-malicious"])
        try await scene.verdict(Scene.file(1), category: .worm, feed: "two")
        try await scene.pass(.seconds(60))
        let first = try #require(try await scene.runs().first)
        let superseded = try await scene.store.actions(ofRun: first.id).filter { $0.outcome == .superseded }
        #expect(superseded.contains { $0.step == "contain" })
        #expect(try await scene.runs().last?.playbook.name == "outbreak-containment")
        try await scene.verdict(Scene.file(1), category: .worm, feed: "one")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs().count == 2, "a repeat is no change")
    }

    @Test func softerVerdictsAreIgnoredWhereThePlaybookSaysSo() async throws {
        let scene = try await outbreak(4)
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs().count == 1)
        try await scene.verdict(Scene.file(1), category: .ransomware, score: 0, feed: "one")
        try await scene.verdict(Scene.file(1), category: .ransomware, score: 0, feed: "two")
        try await scene.pass(.seconds(60))
        #expect(try await scene.runs(.playbook).count == 1)
    }

    @Test func anAbsentMachineIsAskedAboutAndGetsItsOrderAgain() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        let machine = scene.model.machines[0].id
        scene.model.see(Scene.file(1), on: machine)
        scene.model.goOffline(machine)
        try await scene.verdict()
        try await scene.pass(.seconds(3_600))
        let action = try #require(try await scene.actions("contain").first)
        #expect(action.shownOutcome(at: scene.time.now) == .waitingForDevice)
        try await scene.pass(.seconds(72 * 3_600))
        let question = try #require(try await scene.waiting().first { $0.step == "contain" })
        #expect(question.requirements.map(\.role) == ["soc-analyst"])
        #expect(question.because.contains { $0.hasPrefix("offline:") })
        try await scene.answer()
        try await scene.pass(.seconds(3_600))
        #expect(scene.requests(.isolate).count == 2, "the service dropped the first order; it is given again")
        scene.model.comeBack(machine)
        try await scene.pass(.seconds(4 * 3_600))
        #expect(try await scene.outcomes("contain")[machine.text] == .done)
    }

    @Test func anAbsentMachineThatPeopleGiveUpIsDropped() async throws {
        let scene = try Scene(["isolate-on-malicious"], machines: Scene.workstations(2))
        let machine = scene.model.machines[0].id
        scene.model.see(Scene.file(1), on: machine)
        scene.model.goOffline(machine)
        try await scene.verdict()
        try await scene.pass(.seconds(72 * 3_600 + 600))
        try await scene.answer(.deny)
        try await scene.pass(.seconds(4 * 3_600))
        #expect(try await scene.outcomes("contain")[machine.text] == .dropped)
        #expect(scene.requests(.isolate).count == 1)
        #expect(try await scene.store.holders(machine: machine, family: .isolation).isEmpty)
    }

    @Test func aPlaybookThatDropsAbsentMachinesCancelsTheOrder() async throws {
        let scene = try Scene(
            ["isolate-on-malicious"],
            replacing: [("offline: { wait: 72h, then: ask, to: soc-analyst }", "offline: { wait: 4h, then: drop }")],
            machines: Scene.workstations(2))
        let machine = scene.model.machines[0].id
        scene.model.see(Scene.file(1), on: machine)
        scene.model.goOffline(machine)
        try await scene.verdict()
        try await scene.pass(.seconds(6 * 3_600))
        #expect(try await scene.outcomes("contain")[machine.text] == .dropped)
        scene.model.comeBack(machine)
        try await scene.pass(.seconds(3_600))
        #expect(try await scene.actions("contain").first?.outcome == .dropped)
    }

    @Test func aFileIsBlockedOnceEverywhereAfterPeopleAgreed() async throws {
        let scene = try await outbreak(2)
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        try await scene.pass(.seconds(120))
        #expect(scene.requests(.blockFile).isEmpty)
        try await scene.answer(policy: "incident-two", by: "ivo", roles: ["incident-commander"])
        try await scene.answer(policy: "incident-two", by: "lea", roles: ["soc-lead"])
        try await scene.pass(.seconds(120))
        #expect(scene.requests(.blockFile) == ["tenant"])
        #expect(try await scene.outcomes("block-everywhere") == ["tenant": .done])
        let id = try #require(try await scene.caseID())
        #expect(try await scene.store.holders(machine: nil, family: .indicator) == [id])
        let run = try #require(try await scene.runs(.playbook).first)
        _ = try await scene.runService.undo(run.id, reason: "over", by: "lea")
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.unblockFile) == ["tenant"])
    }

    /// The tenant has many indicators: that another file is blocked, too, holds nothing.
    @Test func aBlockIsTakenBackWhileAnotherFileStaysBlocked() async throws {
        let scene = try await outbreak(2)
        for machine in scene.model.machines { scene.model.see(Scene.file(2), on: machine.id) }
        try await scene.verdict(Scene.file(1), category: .ransomware, feed: "two")
        for feed in ["lab", "two"] { try await scene.verdict(Scene.file(2), category: .ransomware, feed: feed) }
        for _ in 0..<3 {
            try await scene.pass(.seconds(120))
            try await scene.answer(policy: "incident-two", by: "ivo", roles: ["incident-commander"])
            try await scene.answer(policy: "incident-two", by: "lea", roles: ["soc-lead"])
        }
        try await scene.pass(.seconds(120))
        #expect(try await scene.actions("block-everywhere").filter(\.isInForce).count == 2)
        let first = try #require(try await scene.caseID())
        let run = try #require(try await scene.runs(.playbook).first { $0.caseID == first })
        _ = try await scene.runService.undo(run.id, reason: "wrong file", by: "lea")
        try await scene.pass(.seconds(300))
        #expect(scene.requests(.unblockFile) == ["tenant"])
        let inForce = try await scene.actions("block-everywhere").filter(\.isInForce)
        #expect(inForce.map(\.caseID) == [try await scene.caseID(Scene.file(2))])
    }

    @Test func questionsAreAskedByGroup() async throws {
        let machines = [
            Scene.machine("s1", .server, group: "oslo"), Scene.machine("s2", .server, group: "rome"),
            Scene.machine("s3", .server, group: "oslo"),
        ]
        let scene = try Scene(["tiered-containment"], machines: machines)
        for machine in machines { scene.model.see(Scene.file(1), on: machine.id) }
        try await scene.verdict()
        try await scene.pass(.seconds(60))
        let questions = try await scene.waiting().filter { $0.step == "server-restrict" }
        #expect(Set(questions.map(\.group)) == ["oslo", "rome"])
        #expect(questions.first { $0.group == "oslo" }?.subjects.count == 2)
    }
}
