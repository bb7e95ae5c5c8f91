import BailiffDiagnostics
import BailiffModel
import BailiffPlaybook
import Testing

/// A library of one playbook made of parts, and inputs for it.
struct Bench {
    var trigger = "verdict.level == \"malicious\""
    var select = "machine.onboarded"
    var order = "[sighting]"
    var local = "[]"
    var budget = "{ class: standard, per_run: 100, over: hold, approve: boss }"
    var classes = "{ standard: { per_hour: 1000, indicators_per_day: 5 } }"
    var guards = ""
    var roles = "{}"
    var signers = "[]"
    var steps = "- { id: contain, action: isolate, auto: test }"
    var mode = ActivationMode.live
    var now = noon
    var usage = BudgetUsage()
    var fleet = FleetFacts(size: 1_000)
    var file = FileFacts()
    var inRun: [MachineID] = []
    var verdict = VerdictFacts(
        level: .malicious, score: 90, scored: true, category: .other, trust: 2, feed: "lab", product: "generic",
        feeds: 1,
        hashes: FileHashes(sha1: FileHash("4b1f2ccd93c3d1a3e3f6f0f1e0a4d9a7c5b8e612")))

    func library(sourceLocation: Testing.SourceLocation = #_sourceLocation) throws -> PlaybookLibrary {
        func block(_ text: String, _ indent: Int) -> String {
            text.split(separator: "\n").map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
        }
        let files = [
            SourceText(
                file: "p.yaml",
                text: """
                    bailiff: playbook/v1
                    name: p
                    version: 1
                    owner: soc
                    trigger:
                      when: \(trigger)
                    targets:
                      select: \(select)
                      order: \(order)
                    guards:
                      use: [base]
                      local:
                    \(block(local, 4))
                    budget: \(budget)
                    steps:
                    \(block(steps, 2))

                    """),
            SourceText(
                file: "base.yaml",
                text: """
                    bailiff: policy/v1
                    name: base
                    owner: security
                    roles: \(roles)
                    trusted_signers: \(signers)
                    guards:
                      - { id: never, enforce: deny, when: machine.id == "never", because: never }
                    \(block(guards, 2))
                    budgets: \(classes)

                    """),
            SourceText(
                file: "approvals.yaml",
                text: """
                    bailiff: approvals/v1
                    name: people
                    policies:
                      boss: { require: [{ role: boss, count: 1 }], expires: 30m, on_expiry: deny }
                      other: { require: [{ role: other, count: 1 }], expires: 30m, on_expiry: deny }

                    """),
        ]
        let (library, text) = load(files, .complete())
        return try #require(library, "\(text)", sourceLocation: sourceLocation)
    }

    func input(_ machines: [MachineFacts]) -> PlanInput {
        PlanInput(
            tenant: "t", now: now, verdict: verdict, file: file, machines: machines, fleet: fleet, mode: mode,
            usage: usage,
            inRun: inRun)
    }

    func plan(_ machines: [MachineFacts]) throws -> Plan {
        let library = try library()
        return Planner.plan(try #require(library.playbook("p")), in: library, for: input(machines))
    }
}

func id(_ text: String) -> MachineID { MachineID(text) ?? MachineID("x") ?? id("x") }

func machine(
    _ name: String, kind: Machine.Kind = .workstation, os: String = "windows11", group: String = "",
    value: String = "normal",
    tags: [String] = [], last: Int64? = nil, isolated: IsolationState = .no, onboarded: Bool = true
) -> MachineFacts {
    MachineFacts(
        machine: Machine(
            id: id(name), name: "\(name).example", kind: kind, os: os, health: "active", onboarded: onboarded,
            group: group,
            tags: tags, value: value, lastReport: noon),
        sighting: Sighting(machine: id(name), last: last.map { noon - .seconds($0) }), isolated: isolated)
}

func machines(_ count: Int, group: String = "") -> [MachineFacts] {
    (1...count).map { machine("m\(String(repeating: "0", count: 3 - "\($0)".count))\($0)", group: group) }
}

extension Plan {
    func action(_ step: String, _ machine: String) -> PlannedAction? {
        actions.first { $0.step == step && $0.machine?.text == machine }
    }

    /// `m1:proceed`, `m2:denied` of one step.
    func outcomes(_ step: String = "contain") -> [String] {
        actions.filter { $0.step == step }.map { action in
            let name = action.machine?.text ?? "tenant"
            return switch action.disposition {
            case .proceed:
                "\(name):\(action.approvals.isEmpty ? "proceed" : action.approvals.map(\.policy).joined(separator: "+"))"
            case .ended(let outcome): "\(name):\(outcome.rawValue)"
            }
        }
    }
}

@Suite struct PlannerTests {
    // MARK: Trigger and targets

    @Test func triggers() throws {
        let bench = Bench(trigger: "verdict.score / (verdict.feeds - 1) > 10")
        let playbook = try #require(try bench.library().playbook("p"))
        #expect(Planner.isTriggered(playbook, by: bench.verdict, now: noon) == .failed(reason: "division by zero"))
        var verdict = bench.verdict
        verdict.feeds = 2
        #expect(Planner.isTriggered(playbook, by: verdict, now: noon) == .matched)
        verdict.score = 5
        #expect(Planner.isTriggered(playbook, by: verdict, now: noon) == .notMatched(reason: "trigger.when is false"))
    }

    @Test func saysWhyAMachineIsNotSelected() throws {
        let bench = Bench(select: "machine.onboarded && machine.health == \"active\" && machine.tags.size() < 2")
        var sick = machine("sick")
        sick.machine.health = "inactive"
        let plan = try bench.plan([
            machine("new", onboarded: false), sick, machine("tagged", tags: ["a", "b"]), machine("good"),
        ])
        #expect(plan.machines.map(\.id.text) == ["good"])
        #expect(
            plan.notSelected.map { "\($0.id.text): \($0.reason)" } == [
                "new: not onboarded", "sick: health is inactive", "tagged: select is false: machine.tags.size() < 2",
            ])
    }

    @Test func orders() throws {
        let given = [
            machine("a", value: "low", last: 10), machine("b", value: "high", last: 500),
            machine("c", value: "high", last: 20),
            machine("d", value: "normal"), machine("e", value: "normal"), machine("f", value: "unknown", last: 1),
        ]
        #expect(try Bench().plan(given).machines.map(\.id.text) == ["f", "a", "c", "b", "d", "e"])
        #expect(
            try Bench(order: "[value, sighting]").plan(given).machines.map(\.id.text) == ["c", "b", "d", "e", "a", "f"])
        #expect(
            try Bench(order: "[value]").plan(given.reversed()).machines.map(\.id.text) == [
                "b", "c", "d", "e", "a", "f",
            ])
    }

    @Test func sameInputSamePlan() throws {
        let bench = Bench(
            guards: "- { id: srv, enforce: hold, when: machine.kind == \"server\", approve: other, because: x }")
        let given = machines(9) + [machine("s", kind: .server)]
        let library = try bench.library()
        let playbook = try #require(library.playbook("p"))
        let first = Planner.plan(playbook, in: library, for: bench.input(given))
        let second = Planner.plan(playbook, in: library, for: bench.input(given.shuffled() + given))
        #expect(first == second)
        #expect(first.digest == second.digest)
        #expect(try CanonicalCoding.decode(Plan.self, from: CanonicalCoding.encode(first)) == first)
    }

    // MARK: Guards

    @Test func theStrictestGuardWins() throws {
        func guarded(_ name: String, _ enforce: String) -> String {
            let approve = enforce == "hold" ? "approve: other, " : ""
            return
                "- { id: \(name), enforce: \(enforce), when: 'machine.tags.exists(t, t == \"\(name)\")', \(approve)because: \(name) }\n"
        }
        let guards = ["audit", "warn", "hold", "skip", "deny"].map { guarded($0, $0) }.joined()
        let plan = try Bench(guards: guards).plan([
            machine("a", tags: ["audit", "warn"]), machine("b", tags: ["warn", "hold"]),
            machine("c", tags: ["hold", "skip"]),
            machine("d", tags: ["audit", "hold", "skip", "deny"]), machine("e"),
        ])
        #expect(plan.outcomes() == ["a:proceed", "b:other", "c:skipped", "d:denied", "e:proceed"])
        #expect(plan.action("contain", "d")?.guards.map(\.id) == ["deny", "skip", "hold", "audit"])
        #expect(plan.action("contain", "d")?.reasons == ["guards.deny: deny"])
        #expect(plan.action("contain", "a")?.guards.map(\.id) == ["warn", "audit"])
        #expect(
            plan.action("contain", "b")?.approvals == [RequiredApproval(policy: "other", because: ["guard hold: hold"])]
        )
    }

    /// An absent fact, by `enforce` and `missing`.
    static let absences: [(String, String, String)] = [
        ("deny", "missing: deny", "a:denied"), ("deny", "missing: hold, approve: other", "a:other"),
        ("deny", "missing: ignore", "a:proceed"), ("hold", "missing: deny, approve: other", "a:denied"),
        ("hold", "missing: hold, approve: other", "a:other"), ("hold", "missing: ignore, approve: other", "a:proceed"),
        ("skip", "missing: deny", "a:denied"), ("warn", "missing: hold, approve: other", "a:other"),
        ("audit", "missing: ignore", "a:proceed"),
    ]

    @Test(arguments: absences)
    func missingFacts(_ row: (String, String, String)) throws {
        let local = "- { id: g, enforce: \(row.0), when: machine.sighting.last > now, \(row.1), because: x }"
        #expect(try Bench(local: local).plan([machine("a")]).outcomes() == [row.2])
        #expect(try Bench(local: local).plan([machine("a", last: 5)]).outcomes() == ["a:proceed"])
    }

    @Test func absenceIsAbsorbedFirst() throws {
        let local =
            "- { id: g, enforce: deny, when: machine.sighting.last > now || machine.value == \"high\", missing: ignore, because: x }"
        #expect(
            try Bench(local: local).plan([machine("a"), machine("b", value: "high")]).outcomes() == [
                "a:proceed", "b:denied",
            ])
    }

    @Test(arguments: [
        ("deny", "a:denied"), ("skip", "a:boss"), ("hold", "a:other"), ("warn", "a:boss"), ("audit", "a:boss"),
    ])
    func errorsInGuards(_ row: (String, String)) throws {
        let approve = row.0 == "hold" ? "approve: other, " : ""
        let local = "- { id: g, enforce: \(row.0), when: fleet.size / (fleet.hits - 1) == 7, \(approve)because: x }"
        let plan = try Bench(local: local).plan([machine("a")])
        #expect(plan.outcomes() == [row.1])
        #expect(plan.action("contain", "a")?.guards.first?.error == "division by zero")
    }

    @Test func guardsSpeakAboutTheirActions() throws {
        let guards =
            "- { id: iso, for: [isolate], enforce: deny, when: machine.value == \"high\", because: x }\n"
            + "- { id: all, enforce: deny, when: machine.value == \"low\", because: x }\n"
            + "- { id: scan, for: [antivirus_scan], enforce: skip, when: machine.value == \"normal\", because: x }"
        let steps = """
            - { id: contain, action: isolate, auto: x }
            - { id: restrict, action: restrict_apps, auto: x, needs: {} }
            - { id: scan, action: antivirus_scan, needs: {} }
            """
        let plan = try Bench(guards: guards, steps: steps).plan([
            machine("h", value: "high"), machine("l", value: "low"), machine("n"),
        ])
        #expect(plan.outcomes() == ["h:denied", "l:denied", "n:proceed"])
        #expect(plan.outcomes("restrict") == ["h:proceed", "l:denied", "n:proceed"])
        #expect(plan.outcomes("scan") == ["h:proceed", "l:proceed", "n:skipped"])
    }

    @Test func rolesComeFromIdsBeforeGroups() throws {
        let bench = Bench(
            guards: "- { id: dc, enforce: deny, when: machine.role == \"dc\", because: x }",
            roles: "{ file: { machines: [\"m1\"] }, dc: { groups: [\"DC\"], machines: [\"m2\"] } }")
        let plan = try bench.plan([
            machine("m1", group: "DC"), machine("m2"), machine("m3", group: "DC"), machine("m4", group: "dc"),
        ])
        #expect(plan.machines.map(\.role) == ["file", "dc", "dc", "none"])
        #expect(plan.outcomes() == ["m1:proceed", "m2:denied", "m3:denied", "m4:proceed"])
    }

    @Test func signersAreTrustedExactly() throws {
        var bench = Bench(
            local: "- { id: s, enforce: deny, when: file.signer_trusted, missing: hold, approve: other, because: x }",
            signers: "[\"Good Corp\"]")
        let rows: [(String?, Bool?, String)] = [
            ("Good Corp", true, "a:denied"), ("Good Corp", nil, "a:other"), ("Good Corp", false, "a:proceed"),
            ("good corp", true, "a:proceed"), (nil, true, "a:other"), (nil, false, "a:proceed"), (nil, nil, "a:other"),
            ("Bad", nil, "a:proceed"),
        ]
        for (signer, valid, expected) in rows {
            bench.file = FileFacts(signer: signer, certificateValid: valid)
            #expect(
                try bench.plan([machine("a")]).outcomes() == [expected],
                "\(signer ?? "nil") \(String(describing: valid))")
        }
    }

    // MARK: Steps

    @Test func whenAndNeeds() throws {
        let steps = """
            - { id: contain, action: isolate, when: machine.value == "high", auto: x }
            - { id: look, action: investigate, needs: { contain: sent }, on_fail: continue }
            - { id: tidy, action: antivirus_scan }
            - { id: note, action: tag, with: { value: seen }, needs: {} }
            """
        let plan = try Bench(steps: steps).plan([machine("a"), machine("b", value: "high")])
        #expect(plan.outcomes() == ["a:skipped", "b:proceed"])
        #expect(plan.outcomes("look") == ["a:skipped", "b:proceed"])
        #expect(plan.outcomes("tidy") == ["a:proceed", "b:proceed"])
        #expect(plan.steps.map(\.needs) == [[:], ["contain": .sent], ["look": .ended], [:]])
        #expect(plan.action("contain", "a")?.reasons == ["when: machine.value == \"high\" is false"])
        #expect(plan.action("look", "a")?.reasons == ["needs: contain is not going to be sent"])
    }

    /// What each platform can't do.
    @Test func platforms() throws {
        let steps = ActionKind.allCases.filter { !$0.isTenantWide && $0 != .release }.map { action in
            let with = action == .tag || action == .untag ? ", with: { value: x }" : ""
            let extra = action == .stopAndQuarantine ? ", irreversible: accepted" : ""
            let auto = action.isDisruptive ? ", auto: x" : ""
            return "- { id: \(action.rawValue), action: \(action.rawValue), needs: {}\(with)\(extra)\(auto) }"
        }.joined(separator: "\n")
        let rows: [(String, [String])] = [
            ("windows10", []), ("windows11", []), ("windowsserver2022", []), ("windowsserver2025", []), ("unknown", []),
            ("", []),
            ("windowsserver2016", ["investigate", "restrict_apps", "unrestrict_apps"].filter { $0 != "investigate" }),
            ("windowsserver2012r2", ["restrict_apps", "unrestrict_apps"]),
            ("macos", ["stop_and_quarantine", "restrict_apps", "unrestrict_apps"]),
            ("ubuntu", ["stop_and_quarantine", "restrict_apps", "unrestrict_apps"]),
            ("redhatenterpriselinux", ["stop_and_quarantine", "restrict_apps", "unrestrict_apps"]),
            (
                "windows7",
                [
                    "isolate", "investigate", "stop_and_quarantine", "restrict_apps", "unrestrict_apps",
                    "antivirus_scan", "collect_package",
                ]
            ),
            (
                "android",
                [
                    "isolate", "investigate", "stop_and_quarantine", "restrict_apps", "unrestrict_apps",
                    "antivirus_scan", "collect_package",
                ]
            ),
        ]
        for (os, impossible) in rows {
            let plan = try Bench(steps: steps).plan([machine("a", os: os)])
            let found = plan.actions.filter { $0.disposition == .ended(.notPossible) }.map(\.step)
            #expect(Set(found) == Set(impossible), "\(os)")
        }
    }

    @Test func investigationByStartIsForWindows() throws {
        let steps = "- { id: look, action: investigate, with: { via: [start] } }"
        let plan = try Bench(steps: steps).plan([
            machine("a"), machine("b", os: "ubuntu"), machine("c", os: "windowsserver2016"),
        ])
        #expect(plan.outcomes("look") == ["a:proceed", "b:not_possible", "c:not_possible"])
    }

    @Test func selectiveIsolationIsNotForLinux() throws {
        let steps = "- { id: contain, action: isolate, with: { type: selective }, auto: x }"
        #expect(
            try Bench(steps: steps).plan([machine("a", os: "ubuntu"), machine("b")]).outcomes() == [
                "a:not_possible", "b:proceed",
            ])
    }

    @Test func quarantineNeedsSHA1() throws {
        var bench = Bench(steps: "- { id: remove, action: stop_and_quarantine, auto: x, irreversible: accepted }")
        #expect(try bench.plan([machine("a")]).outcomes("remove") == ["a:proceed"])
        bench.verdict.hashes = FileHashes(md5: FileHash("0123456789abcdef0123456789abcdef"))
        #expect(try bench.plan([machine("a")]).outcomes("remove") == ["a:not_possible"])
    }

    @Test func releaseIsOnlyForOurOwnIsolations() throws {
        let steps = "- { id: free, action: release }"
        let plan = try Bench(steps: steps).plan([
            machine("a", isolated: .byBailiff), machine("b", isolated: .byOther), machine("c"),
        ])
        #expect(plan.outcomes("free") == ["a:proceed", "b:skipped", "c:skipped"])
    }

    @Test func blockingAFile() throws {
        let steps = "- { id: block, action: block_file, with: { expires: 1d }, approve: [{ policy: boss }] }"
        var bench = Bench(
            guards: "- { id: m, for: [block_file], enforce: deny, when: machine.value == \"normal\", because: x }\n"
                + "- { id: v, for: [block_file], enforce: hold, when: verdict.score < 95, approve: other, because: x }",
            steps: steps)
        #expect(try bench.plan([machine("a")]).outcomes("block") == ["tenant:denied"])
        bench.file = FileFacts(signer: "Somebody", certificateValid: true)
        #expect(try bench.plan([machine("a")]).outcomes("block") == ["tenant:boss+other"])
        #expect(try bench.plan([]).outcomes("block") == ["tenant:boss+other"])
        bench.signers = "[\"Somebody\"]"
        #expect(try bench.plan([machine("a")]).outcomes("block") == ["tenant:denied"])
    }

    // MARK: Approvals and modes

    @Test func approvals() throws {
        let steps = """
            - { id: contain, action: isolate, auto: x, approve: [{ policy: other, when: "fleet.selected > 2" }, { policy: boss, when: "fleet.servers > 0" }] }
            - { id: remove, action: stop_and_quarantine, irreversible: accepted, approve: [{ policy: boss }] }
            """
        let bench = Bench(
            guards:
                "- { id: no, for: [isolate, stop_and_quarantine], enforce: deny, when: machine.value == \"high\", because: x }",
            steps: steps)
        #expect(try bench.plan(machines(2)).outcomes() == ["m001:proceed", "m002:proceed"])
        #expect(try bench.plan(machines(3)).outcomes() == ["m001:other", "m002:other", "m003:other"])
        // A denied machine is not counted.
        #expect(
            try bench.plan(machines(2) + [machine("z", value: "high")]).outcomes() == [
                "m001:proceed", "m002:proceed", "z:denied",
            ])
        #expect(try bench.plan([machine("s", kind: .server)]).outcomes() == ["s:boss"])
        #expect(
            try bench.plan(machines(1)).action("remove", "m001")?.approvals == [
                RequiredApproval(policy: "boss", because: ["step remove"])
            ])
    }

    @Test func onePolicyIsAskedOnceWithAllReasons() throws {
        let bench = Bench(
            guards:
                "- { id: srv, enforce: hold, when: machine.kind == \"server\", approve: boss, because: People first. }",
            steps: "- { id: contain, action: isolate, approve: [{ policy: boss }] }", mode: .hold)
        #expect(
            try bench.plan([machine("s", kind: .server)]).action("contain", "s")?.approvals == [
                RequiredApproval(policy: "boss", because: ["step contain", "guard srv: People first.", "mode hold"])
            ])
    }

    @Test func modes() throws {
        let steps = "- { id: contain, action: isolate, auto: x }\n- { id: scan, action: antivirus_scan }"
        #expect(try Bench(steps: steps, mode: .hold).plan([machine("a")]).actions.map(\.approvals.count) == [1, 0])
        #expect(try Bench(steps: steps, mode: .shadow).plan([machine("a")]).outcomes() == ["a:proceed"])
        #expect(try Bench(steps: steps, mode: .shadow).plan([machine("a")]).mode == .shadow)
    }

    @Test func anEmptySetMeansNobody() throws {
        let plan = try Bench().plan([])
        #expect(plan.machines.isEmpty)
        #expect(plan.actions.isEmpty)
        #expect(plan.budget.reserved.isEmpty)
    }

    // MARK: Digests

    @Test func anApprovalIsBoundToWhatItIsAbout() throws {
        let steps = "- { id: contain, action: isolate, approve: [{ policy: boss }] }"
        var bench = Bench(steps: steps)
        let plan = try bench.plan(machines(3))
        let both = [id("m001"), id("m002")]
        let digest = plan.approvalDigest(step: "contain", policy: "boss", machines: both)
        #expect(digest == plan.approvalDigest(step: "contain", policy: "boss", machines: both.reversed()))
        #expect(digest != plan.approvalDigest(step: "contain", policy: "boss", machines: [id("m001")]))
        #expect(digest != plan.approvalDigest(step: "contain", policy: "other", machines: both))
        #expect(digest != plan.approvalDigest(step: "contain", policy: "boss", machines: both + [id("m003")]))
        bench.steps = "- { id: contain, action: isolate, with: { type: full }, approve: [{ policy: boss }] }"
        #expect(try digest != bench.plan(machines(3)).approvalDigest(step: "contain", policy: "boss", machines: both))
        bench = Bench(steps: steps, mode: .hold)
        #expect(try digest != bench.plan(machines(3)).approvalDigest(step: "contain", policy: "boss", machines: both))
        var other = plan
        other.tenant = "u"
        #expect(digest != other.approvalDigest(step: "contain", policy: "boss", machines: both))
        // Time and the standing of other machines do not matter.
        bench = Bench(steps: steps, now: noon + .seconds(60))
        #expect(try digest == bench.plan(machines(2)).approvalDigest(step: "contain", policy: "boss", machines: both))
    }

    // MARK: Before the send

    @Test func recheck() throws {
        let bench = Bench(
            guards: "- { id: tag, enforce: hold, when: machine.tags.size() > 0, approve: other, because: x }\n"
                + "- { id: high, enforce: deny, when: machine.value == \"high\", because: x }\n"
                + "- { id: out, for: [isolate], enforce: skip, when: machine.isolated == \"by_other\", because: x }\n"
                + "- { id: many, enforce: deny, when: fleet.hits > 3, because: x }")
        let library = try bench.library()
        let playbook = try #require(library.playbook("p"))
        let plan = try bench.plan(machines(3))
        let action = try #require(plan.action("contain", "m001"))
        func check(_ machine: MachineFacts?, _ action: PlannedAction = action) -> Recheck {
            Planner.recheck(
                action, of: plan, playbook: playbook, library: library, input: bench.input(machine.map { [$0] } ?? []))
        }
        #expect(check(machine("m001")) == .proceed)
        guard case .denied(let finding) = check(machine("m001", value: "high", tags: ["a"])) else {
            Issue.record("not denied")
            return
        }
        #expect(finding.id == "high")
        guard case .skipped(let skipped) = check(machine("m001", isolated: .byOther)) else {
            Issue.record("not skipped")
            return
        }
        #expect(skipped.id == "out")
        #expect(
            check(machine("m001", tags: ["a"]))
                == .needsApproval([RequiredApproval(policy: "other", because: ["guard tag: x"])]))
        var asked = action
        asked.approvals = [RequiredApproval(policy: "other", because: ["guard tag: x"])]
        #expect(check(machine("m001", tags: ["a"]), asked) == .proceed)
        guard case .denied(let lost) = check(nil) else {
            Issue.record("sent without facts")
            return
        }
        #expect(lost.id == "facts")
    }
}
