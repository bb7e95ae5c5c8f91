import BailiffCore
import BailiffModel
import BailiffPlaybook
import Testing

@Suite("Looking before sending, and after a lost answer")
struct LookingTests {
    static let now = Samples.start + .seconds(3_600)
    static let own = ActionComment.text(for: Samples.publicID, intent: 1, because: "x")

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var step: PlannedStep = Samples.contain
        var history: [ServiceAction]
        var look: Look
    }

    static let file = Samples.hash("a", .sha1)
    static let other = Samples.hash("b", .sha1)

    @Test(arguments: [
        Row(testDescription: "nothing there", history: [], look: .clear),
        Row(
            testDescription: "the same order is active", history: [Samples.order("1", .isolate, .active)],
            look: .adopt(Samples.order("1", .isolate, .active))),
        Row(
            testDescription: "a release is active: wait", history: [Samples.order("1", .release, .active)],
            look: .wait("release 1 is still active on the machine")),
        Row(
            testDescription: "isolated already", history: [Samples.order("1", .isolate, .succeeded)],
            look: .inEffect(Samples.order("1", .isolate, .succeeded))),
        Row(
            testDescription: "released since",
            history: [Samples.order("1", .isolate, .succeeded), Samples.order("2", .release, .succeeded, at: 5)],
            look: .clear),
        Row(
            testDescription: "a failed isolation is none", history: [Samples.order("1", .isolate, .failed)],
            look: .clear),
        Row(
            testDescription: "this file is in quarantine", step: Samples.remove,
            history: [Samples.order("1", .stopAndQuarantine, .succeeded, sha1: file)],
            look: .inEffect(Samples.order("1", .stopAndQuarantine, .succeeded, sha1: file))),
        Row(
            testDescription: "another file in quarantine is none of ours", step: Samples.remove,
            history: [Samples.order("1", .stopAndQuarantine, .succeeded, sha1: other)], look: .clear),
        Row(
            testDescription: "another file is being quarantined: wait", step: Samples.remove,
            history: [Samples.order("1", .stopAndQuarantine, .active, sha1: other)],
            look: .wait("stop_and_quarantine 1 is still active on the machine")),
    ])
    func looks(_ row: Row) {
        let action = Samples.action(1, row.step)
        #expect(Look.decide(action, history: ActionHistory(row.history), at: Self.now) == row.look)
    }

    @Test("who isolated it is read from the comment's mark")
    func isolation() {
        func state(_ comment: String) -> IsolationState {
            ActionHistory([Samples.order("1", .isolate, .succeeded, comment: comment)]).isolation
        }
        #expect(state(Self.own) == .byBailiff)
        #expect(state("Bailiff was here") == .byOther)
        #expect(state("") == .byOther)
        #expect(ActionHistory([]).isolation == .no)
    }

    @Test("a mark names exactly one action and intent")
    func marks() {
        #expect(ActionComment.isOf(Samples.publicID, intent: 1, Self.own))
        #expect(!ActionComment.isOf(Samples.publicID, intent: 11, Self.own))
        #expect(
            !ActionComment.isOf(
                Samples.publicID, intent: 1, ActionComment.text(for: Samples.publicID, intent: 12, because: "x")))
        #expect(
            ActionComment.text(for: Samples.publicID, intent: 1, because: String(repeating: "é", count: 1_000))
                .unicodeScalars.count == 400)
    }

    @Test("a lost order is matched by its mark; an investigation by machine and time")
    func reconciles() {
        var action = Samples.action(1, Samples.contain)
        for event in [Action.Event.needsMet, .intend, .sending, .lost("x")] { _ = action.handle(event, at: Self.now) }
        let mark = ActionComment.text(for: action.publicID, intent: 1, because: "x")
        let ours = Samples.order("2", .isolate, .active, at: 3_601, comment: mark)
        let strangers = Samples.order("1", .isolate, .active, at: 3_600, comment: "by hand")
        #expect(Reconciliation.match(action, among: [strangers, ours]) == ours)
        #expect(Reconciliation.match(action, among: [strangers]) == nil)
        let elsewhere = Samples.order("3", .isolate, .active, at: 3_601, machine: "m2", comment: mark)
        #expect(Reconciliation.match(action, among: [elsewhere]) == nil)

        var look = Samples.action(2, PlannedStep(id: "look", action: .investigate, onFail: .continue))
        for event in [Action.Event.needsMet, .intend, .sending, .lost("x")] { _ = look.handle(event, at: Self.now) }
        let begun = Samples.order("9", .investigate, .active, at: 3_602)
        let earlier = Samples.order("8", .investigate, .active, at: 0)
        #expect(Reconciliation.match(look, among: [earlier, begun]) == begun)
        #expect(Reconciliation.match(look, among: [earlier]) == nil)
        // What was to be an investigation may have become a scan, which carries the mark; clocks play no part then.
        let mine = ActionComment.text(for: look.publicID, intent: 1, because: "x")
        let scan = Samples.order("7", .antivirusScan, .succeeded, at: 0, comment: mine)
        #expect(Reconciliation.match(look, among: [earlier, scan]) == scan)
    }

    @Test("a declined order that the history shows is ours, whatever its state; before the first send nothing is")
    func declined() {
        for status in [ServiceAction.Status.active, .succeeded, .failed] {
            var action = Samples.action(1, PlannedStep(id: "scan", action: .antivirusScan, onFail: .continue))
            let mark = ActionComment.text(for: action.publicID, intent: 1, because: "x")
            let ours = Samples.order("2", .antivirusScan, status, at: 3_601, comment: mark)
            for event in [Action.Event.needsMet, .intend] { _ = action.handle(event, at: Self.now) }
            if status != .active {
                #expect(Look.decide(action, history: ActionHistory([ours]), at: Self.now) == .clear)
            }
            for event in [Action.Event.sending, .declined(retryAt: Self.now, "429")] {
                _ = action.handle(event, at: Self.now)
            }
            #expect(Look.decide(action, history: ActionHistory([ours]), at: Self.now) == .ours(ours))
        }
    }
}

@Suite("Several records of one device")
struct RecordCollapseTests {
    private func machine(_ id: String, merged: String? = nil, twin: Bool = false, onboarded: Bool = true) -> Machine {
        Machine(
            id: Samples.machine(id), onboarded: onboarded, mergedInto: merged.map(Samples.machine),
            isPotentialDuplicate: twin)
    }

    private func collapse(_ machines: [Machine], links: [String: String] = [:]) -> RecordCollapse {
        RecordCollapse(
            machines: Dictionary(machines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            sightings: machines.map { Sighting(machine: $0.id, sources: [.fileMachines]) },
            links: Dictionary(
                links.map { (Samples.machine($0.key), Samples.machine($0.value)) },
                uniquingKeysWith: { first, _ in first }))
    }

    @Test("a linked old record hands its sighting to the live one, over several links")
    func links() {
        let hits = collapse([machine("a", merged: "b"), machine("b"), machine("c")], links: ["b": "c"]).hits
        #expect(hits.map(\.machine.id.text) == ["c"])
        #expect(hits.first?.sighting.collapsedFrom.map(\.text) == ["a", "b"])
        #expect(hits.first?.shownOnly == nil)
    }

    @Test("links in a circle lead nowhere and do not hang")
    func circle() {
        let hits = collapse([machine("a", merged: "b"), machine("b", merged: "a")]).hits
        #expect(hits.count == 2)
    }

    @Test("what can't be acted upon is shown with its reason")
    func shown() {
        let collapse = collapse([machine("a", onboarded: false), machine("b", twin: true), machine("c")])
        #expect(collapse.hits.map(\.shownOnly) == ["not onboarded", "may be a duplicate record", nil])
        #expect(collapse.gaps.map(\.code) == [.notOnboarded, .ambiguousRecords])
    }

    @Test("a sighting without a record is shown only")
    func unknown() {
        let collapse = RecordCollapse(
            machines: [:], sightings: [Sighting(machine: Samples.machine("a"))], links: [:])
        #expect(collapse.hits.map(\.shownOnly) == ["Defender has no record of it"])
    }
}
