import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import HTTPTypes

/// The questions to people, and their answers.
struct ApprovalRoutes: Sendable {
    let store: any StoreReading
    let decisions: DecisionService
    let now: @Sendable () -> Timestamp

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/approvals", .needs(.read),
                EndpointDocumentation(
                    "listApprovals", "Questions, newest first.",
                    query: [.init(name: "state", text: "waiting (the default) or all.", words: ["waiting", "all"])]
                        + EndpointDocumentation.page,
                    reply: "ApprovalList", problems: [.queryMalformed]), respond: list),
            Endpoint(
                .get, "/v1/approvals/{id}", .needs(.read),
                EndpointDocumentation(
                    "showApproval", "One question with everything an approver needs to know.", reply: "Approval",
                    problems: [.idMalformed, .notFound, .idAmbiguous]), respond: show),
            Endpoint(
                .post, "/v1/approvals/{id}/decisions", .needs(.decide),
                EndpointDocumentation(
                    "decide", "Approves or denies exactly what the digest stands for.", body: "Decision",
                    reply: "Approval",
                    problems: [
                        .bodyMalformed, .mediaType, .idMalformed, .notFound, .idAmbiguous, .approvalNotOpen,
                        .approvalOtherDigest, .approvalIsRequester, .approvalIsActivator, .approvalLacksRole,
                        .approvalAlreadyAnswered, .approvalUnknownMachines, .approvalNeedsPerson,
                    ]), respond: decide),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let state = query.text("state") ?? "waiting"
        let request = try query.page()
        try query.finish()
        guard state == "waiting" || state == "all" else {
            throw Problem(.queryMalformed, "'state' is waiting or all")
        }
        let page = try await store.approvals(waitingOnly: state == "waiting", request)
        var names = Names(store)
        var approvals: [JSONValue] = []
        for approval in page.elements {
            approvals.append(Self.summary(approval, caseName: try await names.name(of: approval.caseID)))
        }
        return .page("approvals", approvals, next: page.next)
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let approval = try await Lookup(store: store).approval(call.parameter("id"))
        return .json(try await json(approval, caller: call.caller))
    }

    private func decide(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        guard let person = call.caller?.person else {
            throw Problem(.approvalNeedsPerson, "answer with an operator's token")
        }
        var body = try await call.request.object(limit: 1 << 20)
        let answer = try body.requiredText("answer")
        let digestText = try body.requiredText("digest")
        let reason = try body.requiredText("reason")
        let machines = try body.texts("only")
        try body.finish()
        guard let answer = Approval.Decision.Answer(rawValue: answer) else {
            throw Problem(.bodyMalformed, "'answer' is approve or deny", members: ["pointer": "/answer"])
        }
        guard let digest = Digest(hex: digestText) else {
            throw Problem(.bodyMalformed, "'digest' is 64 hexadecimal digits", members: ["pointer": "/digest"])
        }
        var only: [MachineID]?
        if let machines {
            let lookup = Lookup(store: store)
            only = try machines.map { text throws(Problem) in try lookup.machine(text) }
        }
        let approval = try await Lookup(store: store).approval(call.parameter("id"))
        let decided: Approval
        do throws(DecisionError) {
            decided = try await decisions.decide(
                approval.id, digest: digest, answer: answer, only: only, reason: reason, by: person)
        } catch {
            throw try await problem(for: error, approval, given: digest, caller: call.caller)
        }
        return .json(try await json(decided, caller: call.caller))
    }

    func json(_ approval: Approval, caller: Caller?) async throws(StoreError) -> JSONValue {
        var names = Names(store)
        let caseName = try await names.name(of: approval.caseID)
        let run = try await store.run(approval.runID)
        var plan: Plan?
        if let run { plan = try await self.plan(of: approval, run) }
        let sightings = try await store.sightings(ofCase: approval.caseID)
        guard
            case .object(var object) = Rendering.json(
                approval, plan: plan, caseName: caseName, caller: caller, now: now())
        else { return .null }
        var renewed: String?
        if let action = approval.renews { renewed = try await store.action(action)?.publicID.text }
        object["renews"] = .optional(renewed)
        let before = try await store.approvals(ofRun: approval.runID).first { other in
            guard case .expired = other.phase, other.escalatesTo == approval.policy else { return false }
            return !Set(other.subjects.map(\.action)).isDisjoint(with: approval.subjects.map(\.action))
        }
        object["escalated_from"] = .optional(before?.policy)
        object["seen_on"] = .int(Int64(sightings.count))
        object["shown_only"] = .int(Int64(sightings.count { $0.shownOnly != nil }))
        return .object(object)
    }

    /// What the run planned; with what their own plans say of those machines of the question that came late.
    private func plan(of approval: Approval, _ run: Run) async throws(StoreError) -> Plan? {
        let documents = PlanDocuments(store: store)
        guard var plan = try await documents.plan(run.plan) else { return nil }
        let asked = Set(approval.subjects.map(\.action))
        var seen: Set<Digest> = [run.plan]
        for action in try await store.actions(ofRun: run.id)
        where asked.contains(action.id) && seen.insert(action.plan).inserted {
            guard let later = try await documents.plan(action.plan) else { continue }
            plan.add(later)
        }
        return plan
    }

    /// Who said yes so far; who said no, where somebody did.
    private static func answerers(of approval: Approval) -> [String] {
        if case .denied(let person, _) = approval.phase { return [person] }
        var people: [String] = []
        for decision in approval.decisions where !people.contains(decision.person) { people.append(decision.person) }
        return people
    }

    /// An approval in a list.
    static func summary(_ approval: Approval, caseName: JSONValue) -> JSONValue {
        var expires: Timestamp?
        if case .waiting(let until) = approval.phase { expires = until }
        return [
            "id": .string(approval.publicID.text), "state": .string(Rendering.state(of: approval.phase)),
            "digest": .string(approval.digest.hex), "run": .string(approval.run.text), "case": caseName,
            "step": .string(approval.step), "action": .string(approval.action.rawValue),
            "policy": .string(approval.policy), "machines": .int(Int64(approval.subjects.count)),
            "group": .optional(approval.group), "renews_lease": .bool(approval.renews != nil),
            "escalates_to": .optional(approval.escalatesTo),
            "because": Rendering.list(approval.because), "asked_at": .optional(approval.askedAt),
            "answered_by": Rendering.list(answerers(of: approval)),
            "expires_at": .optional(expires), "ended_at": .optional(Rendering.end(of: approval.phase)),
            "told": .bool(approval.isTold),
            "missing": .array(
                approval.missing.map { ["role": .string($0.role), "count": .int(Int64($0.count))] }),
        ]
    }
}

extension Plan {
    /// What was planned for machines that came late.
    fileprivate mutating func add(_ later: Plan) {
        let known = Set(machines.map(\.id))
        machines += later.machines.filter { !known.contains($0.id) }
        let left = Set(notSelected.map(\.id))
        notSelected += later.notSelected.filter { !left.contains($0.id) }
        actions += later.actions.filter { action in action.machine.map { !known.contains($0) } ?? false }
    }
}
