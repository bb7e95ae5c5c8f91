import BailiffDiagnostics
import BailiffModel
import BailiffYAML

extension FileReader {
    /// `tests:`. Steps may be unknown where they could not be read; then `expect` is not looked at.
    func tests(_ fields: YAMLFields, steps: [PlaybookStep]?) -> [PlaybookTest] {
        let entry = YAMLShape<PlaybookTest>.record("test") { fields in
            let name = fields.required("name", .text)
            let given = fields.required("given", self.given)
            var expect: PlaybookTest.Expectation?
            if let steps {
                expect = fields.required("expect", self.expectation(steps))
            } else {
                _ = fields.required("expect", .node)
            }
            if let given, expect != nil, let node = fields.node("expect") { self.checkExpected(node, given: given) }
            guard let name, let given, let expect else { return nil }
            let written = ["given", "expect"].map { fields.node($0)?.canonicalText ?? "" }.joined(separator: "\n")
            return PlaybookTest(
                name: name, given: given, expect: expect, written: written, location: fields.location)
        }
        let tests = fields.optional("tests", .list(of: entry)) ?? []
        var seen: Set<[UInt8]> = []
        for test in tests where !seen.insert(Array(test.name.utf8)).inserted {
            report(
                .repeatedID, "the test '\(test.name.escapedForDisplay(limit: 80))' is there twice", at: test.location)
        }
        return tests
    }

    // MARK: Given

    private var given: YAMLShape<PlaybookTest.Given> {
        .record("given") { fields in
            let verdict = fields.optional("verdict", self.givenVerdict)
            let file = fields.optional("file", self.givenFile)
            let fleet = fields.optional("fleet", .integer(0...10_000_000))
            let machines = fields.optional("machines", self.givenMachines) ?? .list([])
            let approvedBy = fields.optional("approved_by", .list(of: self.word.located)) ?? []
            let defender = fields.optional("defender", self.givenDefender)
            return PlaybookTest.Given(
                verdict: verdict?.facts ?? Self.defaultVerdict, analysedAgo: verdict?.analysedAgo,
                file: file?.facts ?? FileFacts(), fileFirstSeenAgo: file?.firstSeenAgo, signerTrusted: file?.trusted,
                fleet: fleet ?? 1_000, machines: machines,
                approvedBy: approvedBy.map { PlaybookTest.YAMLText(text: $0.value, location: $0.location) },
                defender: defender ?? PlaybookTest.GivenDefender())
        }
    }

    private static var defaultVerdict: VerdictFacts {
        VerdictFacts(
            level: .malicious, score: 90, scored: true, category: .other, trust: 2, feed: "test", product: "generic",
            feeds: 1, hashes: someHashes)
    }

    private var givenVerdict: YAMLShape<(facts: VerdictFacts, analysedAgo: Duration?)> {
        .record("verdict") { fields in
            var facts = Self.defaultVerdict
            func set<Value>(_ key: String, _ shape: YAMLShape<Value>, _ path: WritableKeyPath<VerdictFacts, Value>) {
                if let value = fields.optional(key, shape) { facts[keyPath: path] = value }
            }
            set("level", .word, \.level)
            // As a product that gives no score is read.
            facts.score = NormalisedScore(level: facts.level, share: nil).value
            set("score", .integer(0...100), \.score)
            set("scored", .flag, \.scored)
            set("category", .word, \.category)
            set("trust", .integer(0...3), \.trust)
            set("feed", .text, \.feed)
            set("product", .text, \.product)
            set("revision", .integer(1...1_000_000), \.revision)
            set("feeds", .integer(0...1_000), \.feeds)
            facts.hashes = FileHashes(
                sha256: fields.optional("sha256", self.hash(.sha256)), sha1: fields.optional("sha1", self.hash(.sha1)),
                md5: fields.optional("md5", self.hash(.md5)))
            facts.family = fields.optional("family", .text)
            facts.threat = fields.optional("threat", .text)
            facts.fileName = fields.optional("file_name", .text)
            facts.fileType = fields.optional("file_type", .text)
            let ago = fields.optional("analysed_at", .duration)
            // Steps that need the file's hash are planned as usual unless the test says what is known.
            if facts.hashes.isEmpty { facts.hashes = Self.someHashes }
            return (facts, ago)
        }
    }

    private static var someHashes: FileHashes {
        FileHashes(
            sha256: FileHash(.sha256, String(repeating: "0123456789abcdef", count: 4)),
            sha1: FileHash(.sha1, String(repeating: "0123456789", count: 4)))
    }

    private func hash(_ algorithm: FileHash.Algorithm) -> YAMLShape<FileHash> {
        YAMLShape { node, reader in
            // Digits alone are a number to YAML and a hash to everybody else.
            guard let text = node.text else {
                return reader.read(node, YAMLShape<String>.text).flatMap { FileHash(algorithm, $0) }
            }
            if let hash = FileHash(algorithm, text) { return hash }
            self.report(
                .badTest, "no \(algorithm.rawValue): \(algorithm.digitCount) hexadecimal digits are wanted",
                at: node.location)
            return nil
        }
    }

    private var givenFile: YAMLShape<(facts: FileFacts, firstSeenAgo: Duration?, trusted: Bool?)> {
        .record("file") { fields in
            let facts = FileFacts(
                globalPrevalence: fields.optional("global_prevalence", .integer()).map(Int64.init),
                signer: fields.optional("signer", .text),
                certificateValid: fields.optional("certificate_valid", .flag),
                orgMachines: fields.optional("org_machines", .integer()).map(Int64.init))
            return (facts, fields.optional("first_seen_org", .duration), fields.optional("signer_trusted", .flag))
        }
    }

    private var givenDefender: YAMLShape<PlaybookTest.GivenDefender> {
        .record("defender") { fields in
            PlaybookTest.GivenDefender(
                stuckPending: fields.optional("stuck_pending", .integer(0...1_000_000)) ?? 0,
                failed: fields.optional("failed", .integer(0...1_000_000)) ?? 0,
                offline: fields.optional("offline", .integer(0...1_000_000)) ?? 0)
        }
    }

    // MARK: Machines

    /// A list, or `{ workstations: N, servers: N, … }` with what is true of all of them.
    private var givenMachines: YAMLShape<PlaybookTest.GivenMachines> {
        YAMLShape { node, reader in
            guard case .mapping = node.kind else {
                let machine = YAMLShape<PlaybookTest.GivenMachine>.record("machine") { self.givenMachine($0) }
                let machines = reader.read(
                    node, YAMLShape<[YAMLLocated<PlaybookTest.GivenMachine>]>.list(of: machine.located))
                self.checkRepeated(machines ?? [])
                return machines.map { .list($0.map(\.value)) }
            }
            return reader.record(node, "machines") { fields in
                let workstations = fields.optional("workstations", .integer(0...20_000)) ?? 0
                let servers = fields.optional("servers", .integer(0...20_000)) ?? 0
                if !fields.contains("workstations"), !fields.contains("servers") {
                    fields.reportMissing("workstations")
                }
                return self.machine(fields, id: Self.placeholder, kind: .workstation).map {
                    .alike(model: $0, workstations: workstations, servers: servers)
                }
            }
        }
    }

    private func checkRepeated(_ machines: [YAMLLocated<PlaybookTest.GivenMachine>]) {
        var ids: Set<MachineID> = []
        for machine in machines where !ids.insert(machine.value.machine.id).inserted {
            report(
                .badTest, "the machine '\(machine.value.machine.id.text)' is given twice", at: machine.location)
        }
    }

    private static let placeholder = MachineID("w")

    private func givenMachine(_ fields: YAMLFields) -> PlaybookTest.GivenMachine? {
        let id = fields.required(
            "id",
            YAMLShape<MachineID> { node, reader in
                guard let text = reader.read(node, YAMLShape<String>.text) else { return nil }
                if let id = MachineID(text) { return id }
                self.report(.badTest, "'\(text.escapedForDisplay(limit: 64))' is no machine id", at: node.location)
                return nil
            })
        let kind = fields.optional("kind", YAMLShape<Machine.Kind>.word) ?? .workstation
        return machine(fields, id: id, kind: kind)
    }

    private func machine(_ fields: YAMLFields, id: MachineID?, kind: Machine.Kind) -> PlaybookTest.GivenMachine? {
        func known(_ key: String, _ fact: Fact, _ standard: String) -> String {
            fields.optional(key, .word(fact.vocabulary ?? [])) ?? standard
        }
        let os = fields.optional("os", .text)
        let role = fields.optional("role", roles.map { .word($0 + [MachineContext.noRole]) } ?? word)
        let name = fields.optional("name", .text)
        let health = known("health", .machineHealth, "active")
        let onboarded = fields.optional("onboarded", .flag) ?? true
        let group = fields.optional("group", .text) ?? ""
        let tags = fields.optional("tags", .list(of: .text)) ?? []
        let value = known("value", .machineValue, "normal")
        let risk = known("risk", .machineRisk, "none")
        let exposure = known("exposure", .machineExposure, "none")
        let firstSeen = fields.optional("record_first_seen", .duration)
        let lastReport = fields.optional("last_report", .duration)
        let isolated = fields.optional("isolated", YAMLShape<IsolationState>.word) ?? .no
        let executed = fields.optional("executed", YAMLShape<Sighting.Executed>.word) ?? .unknown
        let status = fields.optional("status", YAMLShape<Sighting.Status>.word) ?? .seen
        let first = fields.optional("first", .duration)
        let last = fields.optional("last", .duration)
        let path = fields.optional("path", .text)
        guard let id else { return nil }
        return PlaybookTest.GivenMachine(
            machine: Machine(
                id: id, name: name, kind: kind, os: os ?? PlaybookTest.GivenMachine.os(of: kind), health: health,
                onboarded: onboarded, group: group, tags: tags, value: value, risk: risk, exposure: exposure),
            sighting: Sighting(machine: id, path: path, executed: executed, status: status), isolated: isolated,
            role: role, recordFirstSeenAgo: firstSeen, lastReportAgo: lastReport, firstAgo: first, lastAgo: last)
    }

    // MARK: Expected

    /// A test that expects nothing would always pass, and a machine that is not given can't be found in the plan.
    private func checkExpected(_ node: YAMLNode, given: PlaybookTest.Given) {
        if node.isEmptyCollection {
            report(.badTest, "the test expects nothing", at: node.location, hint: "name a step and its machines")
        }
        guard case .list(let machines) = given.machines else { return }
        checkExpected(node, among: Set(machines.map(\.machine.id.text)))
    }

    private func checkExpected(_ node: YAMLNode, among known: Set<String>) {
        switch node.kind {
        case .mapping(let entries):
            for entry in entries { checkExpected(entry.value, among: known) }
        case .sequence(let nodes):
            for node in nodes {
                guard let text = node.text else {
                    checkExpected(node, among: known)
                    continue
                }
                if text == PlaybookTest.tenant || known.contains(MachineID(text)?.text ?? text) { continue }
                report(
                    .badTest, "the machine '\(text.escapedForDisplay(limit: 64))' is not given", at: node.location,
                    hint: closestMatch(to: text, among: known.sorted()).map { "did you mean '\($0)'?" })
            }
        default: break
        }
    }

    private func expectation(_ steps: [PlaybookStep]) -> YAMLShape<PlaybookTest.Expectation> {
        .record("expect") { fields in
            var expect = PlaybookTest.Expectation()
            for step in steps {
                if let machines = fields.optional(step.id, self.machines) { expect.steps.append((step.id, machines)) }
            }
            expect.triggered = fields.optional("triggered", .flag)
            expect.held = fields.optional("held", self.machines)
            expect.notSelected = fields.optional("not_selected", self.machines)
            expect.notPossible = fields.optional("not_possible", self.byStep(steps)) ?? []
            expect.approvals = fields.optional("approvals", .list(of: self.expectedApproval)) ?? []
            expect.firstRing = fields.optional("first_ring", .integer())
            expect.automaticMax = fields.optional("automatic_max", .integer())
            expect.plannedMax = fields.optional("planned_max", .integer())
            expect.heldMin = fields.optional("held_min", .integer())
            expect.state = fields.optional("state", YAMLShape<PlaybookTest.State>.word)
            expect.reason = fields.optional("reason", self.planReason.located).map {
                PlaybookTest.YAMLText(text: $0.value, location: $0.location)
            }
            return expect
        }
    }

    /// Ids or a count.
    private var machines: YAMLShape<PlaybookTest.Machines> {
        YAMLShape { node, reader in
            if case .sequence = node.kind {
                return reader.read(node, YAMLShape<[String]>.list(of: .text)).map { .ids($0) }
            }
            return reader.read(node, YAMLShape<Int>.integer()).map { .count($0) }
        }
    }

    private func byStep(_ steps: [PlaybookStep]) -> YAMLShape<[(id: String, machines: PlaybookTest.Machines)]> {
        .record("not_possible") { fields in
            steps.compactMap { step in fields.optional(step.id, self.machines).map { (step.id, $0) } }
        }
    }

    private var expectedApproval: YAMLShape<PlaybookTest.ExpectedApproval> {
        .record("expected approval") { fields in
            let policy = fields.required("policy", self.word.located)
            let machines = fields.optional("machines", self.machines)
            guard let policy else { return nil }
            return PlaybookTest.ExpectedApproval(
                policy: PlaybookTest.YAMLText(text: policy.value, location: policy.location), machines: machines)
        }
    }

    /// `budget.KEY`, `rings.KEY`, `guards.ID`, and the other prefixes of a plan's reasons.
    private var planReason: YAMLShape<String> {
        YAMLShape<String>.text.map { text, node, _ in
            let isOfGuard = text.hasPrefix("guards.") && text.utf8.count > "guards.".utf8.count
            if isOfGuard || Self.reasonKeys.contains(text) { return text }
            if ["when", "mode", "platform", "needs", "hash", "signer", "isolated"].contains(text) { return text }
            self.report(
                .badTest, "'\(text.escapedForDisplay(limit: 60))' is no reason", at: node.location,
                hint:
                    "reasons are budget.KEY, rings.KEY, guards.ID, when, mode, platform, needs, hash, signer, isolated")
            return nil
        }
    }

    private static let reasonKeys: Set<String> = [
        "budget.per_run", "budget.per_hour", "budget.share_of_group", "budget.share_of_fleet", "budget.class.per_hour",
        "budget.per_day", "budget.class.per_day", "budget.class.share_of_group", "rings.proceed_when", "rings.approve",
    ]
}

extension PlaybookTest.GivenMachine {
    static func os(of kind: Machine.Kind) -> String {
        switch kind {
        case .workstation: "windows11"
        case .server: "windowsserver2022"
        case .unknown: "unknown"
        }
    }

    /// The same machine under another id.
    func renamed(_ id: MachineID, kind: Machine.Kind) -> PlaybookTest.GivenMachine {
        var copy = self
        copy.machine.id = id
        copy.sighting.machine = id
        if copy.machine.kind != kind, copy.machine.os == Self.os(of: copy.machine.kind) {
            copy.machine.os = Self.os(of: kind)
        }
        copy.machine.kind = kind
        return copy
    }
}
