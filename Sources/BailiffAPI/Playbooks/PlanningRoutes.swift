import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// What a playbook would do, over what is recorded: to one case, and to all of the last days.
struct PlanningRoutes: Sendable {
    let desk: PlaybookDesk
    let now: @Sendable () -> Timestamp

    private static let standardDays: Int64 = 90
    private static let greatestDays: Int64 = 3_650

    var endpoints: [Endpoint] {
        let version = EndpointDocumentation.Parameter(
            name: "version", text: "loaded (the folder's, the default) or active.", words: ["loaded", "active"])
        return [
            Endpoint(
                .post, "/v1/playbooks/{name}/plan", .needs(.read),
                EndpointDocumentation(
                    "planPlaybook",
                    "What a version would do to a case, over the facts of its last plan. Asks nobody, changes nothing.",
                    body: "PlanRequest", reply: "PlanPreview",
                    problems: [
                        .bodyMalformed, .mediaType, .notFound, .idMalformed, .idAmbiguous, .playbookFolder,
                        .playbookRefused, .playbookNoFacts,
                    ]), respond: plan),
            Endpoint(
                .get, "/v1/playbooks/{name}/backtest", .needs(.read),
                EndpointDocumentation(
                    "backtestPlaybook",
                    "What a version would have done over the stored verdicts and the recorded facts, and what the active one.",
                    query: [
                        .init(
                            name: "days", text: "How far back, 1 to 3650; 90 where it is absent.",
                            integers: 1...Self.greatestDays),
                        version,
                    ], reply: "Backtest", problems: [.queryMalformed, .notFound, .playbookFolder, .playbookRefused]),
                respond: backtest),
        ]
    }

    // MARK: Versions

    /// The folder's version among what is in force, as it would be after its activation.
    private func loaded(_ name: String) async throws -> Backtest.Version {
        let folder: PlaybookDesk.Folder
        do throws(PlaybookFilesError) { folder = try desk.folder() } catch {
            throw Problem(.playbookFolder, error.message)
        }
        guard let library = folder.library else {
            let errors = folder.report.diagnostics.count { $0.severity == .error }
            throw Problem(.playbookFolder, "the folder holds \(errors) errors")
        }
        guard let playbook = library.playbook(name) else {
            throw Problem(.notFound, "the folder has no playbook of this name")
        }
        return Backtest.Version(playbook: playbook, library: library)
    }

    private func active(_ name: String) -> Backtest.Version? {
        guard let generation = desk.current, generation.modes[name] != nil,
            let playbook = generation.library.playbook(name)
        else { return nil }
        return Backtest.Version(playbook: playbook, library: generation.library)
    }

    private func version(_ name: String, _ which: String?) async throws -> Backtest.Version {
        switch which {
        case nil, "loaded": return try await loaded(name)
        case "active":
            guard let version = active(name) else {
                throw Problem(.notFound, "no playbook of this name is in force")
            }
            return version
        default: throw Problem(.queryMalformed, "'version' is loaded or active")
        }
    }

    // MARK: One case

    private func plan(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        var body = try await call.request.object()
        let caseText = try body.requiredText("case", limitInBytes: 100)
        let which = try body.text("version")
        try body.finish()
        guard which == nil || which == "loaded" || which == "active" else {
            throw Problem(.bodyMalformed, "'version' is loaded or active", members: ["pointer": "/version"])
        }
        let version = try await version(call.parameter("name"), which)
        let id = try await Lookup(store: desk.store).caseID(caseText)
        guard let run = try await desk.store.runs(ofCase: id).max(by: { $0.startedAt < $1.startedAt }),
            let document = try await desk.store.document(run.facts), document.kind == .facts,
            var input = try? CanonicalCoding.decode(PlanInput.self, from: document.bytes)
        else {
            throw Problem(
                .playbookNoFacts, "no plan was ever made for this case, so that no facts of its machines are recorded")
        }
        let moment = input.now
        if let verdict = try await desk.store.findCase(id)?.verdict { input.verdict = verdict }
        input.mode = .live
        input.inRun = []
        let plan = Planner.plan(version.playbook, in: version.library, for: input)
        var triggered = false
        var whyNot: String?
        switch Planner.isTriggered(version.playbook, by: input.verdict, now: now()) {
        case .matched: triggered = true
        case .notMatched(let reason), .failed(let reason): whyNot = reason
        }
        if let until = try await allowedUntil(id) {
            triggered = false
            whyNot = "the file is on the allow-list until \(until.rfc3339)"
        }
        return .json([
            "triggered": .bool(triggered), "why_not": .optional(whyNot), "facts_at": .optional(moment),
            "plan": Rendering.json(plan), "digest": .string(Digest.of(try CanonicalCoding.encode(plan)).hex),
        ])
    }

    /// The allow-list is asked before every trigger.
    private func allowedUntil(_ id: CaseID) async throws -> Timestamp? {
        let hashes = Set(try await desk.store.findCase(id)?.hashes ?? [])
        let entries = try await desk.store.allowList(activeAt: now())
        return entries.filter { $0.caseID == id || !hashes.isDisjoint(with: $0.hashes) }.map(\.until).max()
    }

    // MARK: All of the last days

    private func backtest(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let days = try query.integer("days", in: 1...Self.greatestDays) ?? Self.standardDays
        let which = query.text("version")
        try query.finish()
        let name = call.parameter("name")
        let candidate = try await version(name, which)
        let time = now()
        let test = Backtest(store: desk.store, since: time - .seconds(days * 86_400), now: time)
        let (subjects, isCut) = try await test.subjects()
        let report = try test.report(candidate, over: subjects)
        var comparison: JSONValue = .null
        if let active = active(name), which != "active" {
            let before = try test.report(active, over: subjects)
            comparison = try await Self.json(active, before, report, subjects, store: desk.store)
        }
        return .json([
            "playbook": Rendering.json(candidate.playbook.reference), "since": .optional(test.since),
            "until": .optional(time), "cases": .int(Int64(subjects.count)), "cut": .bool(isCut),
            "would": Self.json(report), "active": comparison,
        ])
    }

    private static func json(_ report: Backtest.Report) -> JSONValue {
        func guards(_ found: [String: Set<MachineID>]) -> JSONValue {
            Rendering.object(
                found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
                    ($0.key, .int(Int64($0.value.count)))
                })
        }
        return [
            "triggered": .int(Int64(report.triggered)), "without_facts": .int(Int64(report.withoutFacts)),
            "machines": json(report.total), "held_by": guards(report.held), "denied_by": guards(report.denied),
            "peak_per_hour": [
                "automatic": .int(Int64(report.peakAutomatic)), "with_approvals": .int(Int64(report.peakAll)),
            ],
        ]
    }

    private static func json(_ effect: Backtest.Effect) -> JSONValue {
        [
            "automatic": .int(Int64(effect.automatic.count)), "asked": .int(Int64(effect.asked.count)),
            "waiting_for_room": .int(Int64(effect.waiting.count)), "denied": .int(Int64(effect.denied.count)),
        ]
    }

    private static func json(
        _ version: Backtest.Version, _ active: Backtest.Report, _ candidate: Backtest.Report,
        _ subjects: [Backtest.Subject], store: any StoreReading
    ) async throws -> JSONValue {
        let (rows, count) = Backtest.differences(candidate, active, subjects)
        var names = Names(store)
        var differences: [JSONValue] = []
        for row in rows {
            differences.append([
                "case": try await names.name(of: row.subject.id), "at": .optional(row.subject.at),
                "would": json(row.candidate), "active": json(row.active),
            ])
        }
        return [
            "playbook": Rendering.json(version.playbook.reference), "does": json(active),
            "different_cases": .int(Int64(count)), "differences": .array(differences),
        ]
    }
}
