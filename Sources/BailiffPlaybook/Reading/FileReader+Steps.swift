import BailiffDiagnostics
import BailiffYAML

extension FileReader {
    /// The steps in their order, the implicit waits filled in.
    var steps: YAMLShape<[PlaybookStep]> {
        YAMLShape<[PlaybookStep]>.list(of: step).map { steps, node, _ in
            guard case .sequence(let nodes) = node.kind, !nodes.isEmpty else {
                self.report(.emptyList, "a playbook needs at least one step", at: node.location)
                return nil
            }
            // A step that could not be read would look like an unknown one to those that wait for it.
            guard steps.count == nodes.count else { return nil }
            var linked = steps
            for index in linked.indices.dropFirst() where linked[index].declaredNeeds == nil {
                linked[index].needs = [linked[index - 1].id: .ended]
            }
            self.checkGraph(linked)
            return linked
        }
    }

    private var step: YAMLShape<PlaybookStep> {
        .record("step") { fields in
            let id = fields.required("id", self.word)
            if let id, PlaybookTest.reservedWords.contains(id) {
                self.report(
                    .reservedStepID, "'\(id)' is a word of 'expect' and can't be a step's id",
                    at: fields.node("id")?.location ?? fields.location)
            }
            let action = fields.required("action", YAMLShape<ActionKind>.word)
            if let action { self.use(action, at: fields.node("action")?.location ?? fields.location) }
            let when = self.optionalCondition(fields, "when", .step)
            self.use(.needs, "needs", in: fields)
            let needs = fields.optional("needs", self.needs)
            let parameters = self.parameters(fields, of: action)
            let auto = fields.optional("auto", self.reason)
            self.use(.approve, "approve", in: fields)
            let approve = fields.optional("approve", .list(of: self.stepApproval))
            self.checkRepeated(approve ?? [])
            self.use(.deadline, "deadline", in: fields)
            let deadline = fields.optional("deadline", .duration)
            self.use(.onFail, "on_fail", in: fields)
            let onFail = fields.optional("on_fail", YAMLShape<PlannedStep.OnFail>.word)
            self.use(.offline, "offline", in: fields)
            let offline = fields.optional("offline", self.offline)
            self.use(.lease, "lease", in: fields)
            let lease = fields.optional("lease", self.lease)
            self.use(.undo, "undo", in: fields)
            let undo = fields.optional("undo", YAMLShape<ActionKind>.word)
            let irreversible = fields.optional("irreversible", YAMLShape<String>.word(["accepted"]))
            if let action { self.checkStep(fields, action: action, undo: undo, approve: approve) }
            guard let id, let action, let parameters else { return nil }
            return PlaybookStep(
                id: id, action: action, when: when, declaredNeeds: needs?.value, needs: needs?.value ?? [:],
                parameters: parameters, auto: auto, approve: approve ?? [], deadline: deadline,
                onFail: onFail ?? (action.isDisruptive ? .stop : .continue), offline: offline, lease: lease, undo: undo,
                irreversibleAccepted: irreversible != nil, location: fields.location, needsNode: needs?.node)
        }
    }

    private var needs: YAMLShape<YAMLLocated<[String: PlannedStep.Need]>> {
        let entries = YAMLShape<[(key: YAMLLocated<String>, value: PlannedStep.Need)]>.entries(of: .word)
        return entries.map { entries, _, _ in
            var needs: [String: PlannedStep.Need] = [:]
            for entry in entries { needs[entry.key.value] = entry.value }
            return needs
        }.located
    }

    private var stepApproval: YAMLShape<PlaybookStep.StepApproval> {
        .record("approval") { fields in
            let policy = fields.required("policy", self.word.located)
            let when = self.optionalCondition(fields, "when", .approval)
            self.use(.groupBy, "group_by", in: fields)
            let groupBy = fields.optional("group_by", YAMLShape<PlaybookStep.StepApproval.Grouping>.word)
            // A condition that could not be read must not turn into "always".
            guard let policy, (when != nil) == fields.contains("when") else { return nil }
            return PlaybookStep.StepApproval(
                policy: policy.value, when: when, groupBy: groupBy, location: policy.location)
        }
    }

    /// The same question twice does not ask for two people.
    private func checkRepeated(_ approvals: [PlaybookStep.StepApproval]) {
        var seen: Set<[UInt8]> = []
        for approval in approvals where !seen.insert(Array(approval.policy.utf8)).inserted {
            report(
                .repeatedValue, "the approval policy '\(approval.policy)' is asked twice", at: approval.location,
                hint: "one answer would meet both; join the conditions with ||, or let the policy require more people")
        }
    }

    private var offline: YAMLShape<PlaybookStep.Offline> {
        .record("offline") { fields in
            let wait = fields.required("wait", .duration)
            let then = fields.required("then", YAMLShape<PlaybookStep.Offline.Then>.word)
            let to = fields.optional("to", self.word.located)
            if then == .ask, !fields.contains("to") {
                self.report(.incompleteOffline, "'then: ask' needs 'to'", at: fields.location, hint: "add 'to: ROLE'")
            }
            self.checkNeedless(fields, "to", beside: then, of: .ask)
            guard let wait, let then else { return nil }
            return PlaybookStep.Offline(wait: wait, then: then, to: to?.value, toLocation: to?.location)
        }
    }

    private var lease: YAMLShape<PlaybookStep.Lease> {
        .record("lease") { fields in
            let length = fields.required("for", .duration)
            let then = fields.required("then", YAMLShape<PlaybookStep.Lease.Then>.word)
            let to = fields.optional("to", self.word.located)
            let approve = fields.optional("approve", self.word.located)
            if then == .escalate, !fields.contains("to") {
                self.report(
                    .incompleteLease, "'then: escalate' needs 'to'", at: fields.location, hint: "add 'to: ROLE'")
            }
            if then == .renew, !fields.contains("approve") {
                self.report(
                    .incompleteLease, "'then: renew' needs 'approve'", at: fields.location,
                    hint: "add 'approve: POLICY'")
            }
            self.checkNeedless(fields, "to", beside: then, of: .escalate)
            self.checkNeedless(fields, "approve", beside: then, of: .renew)
            guard let length, let then else { return nil }
            return PlaybookStep.Lease(
                length: length, then: then, to: to?.value, approve: approve?.value, toLocation: to?.location,
                approveLocation: approve?.location)
        }
    }

    /// A key that only one `then` reads: beside another one its author expects what will not happen.
    private func checkNeedless<Word: RawRepresentable & Equatable>(
        _ fields: YAMLFields, _ key: String, beside then: Word?, of reader: Word
    ) where Word.RawValue == String {
        guard let then, then != reader, fields.contains(key) else { return }
        report(
            .needlessKey, "'\(key)' has no effect beside 'then: \(then.rawValue)'", at: fields.locationOfKey(key),
            hint: "write 'then: \(reader.rawValue)', or remove '\(key)'")
    }

    // MARK: Parameters

    /// `with`, as the catalogue declares it for the action.
    private func parameters(_ fields: YAMLFields, of action: ActionKind?) -> ActionParameters? {
        let node = fields.node("with")
        guard let action else { return nil }
        var parameters = ActionParameters.defaults(of: action)
        if let node {
            let read: ActionParameters? = yaml.record(node, "with of \(action.rawValue)") { fields in
                self.read(fields, of: action, into: &parameters)
                return parameters
            }
            if read == nil { return nil }
        }
        switch action {
        case .blockFile where parameters.expiresSeconds == nil && node?["expires"] == nil:
            report(.missingParameter, "block_file needs 'with: { expires: … }'", at: fields.location)
        case .tag where parameters.value == nil && node?["value"] == nil,
            .untag where parameters.value == nil && node?["value"] == nil:
            report(.missingParameter, "\(action.rawValue) needs 'with: { value: … }'", at: fields.location)
        default: break
        }
        return parameters
    }

    private func read(_ fields: YAMLFields, of action: ActionKind, into parameters: inout ActionParameters) {
        switch action {
        case .isolate:
            let type = fields.optional("type", YAMLShape<ActionParameters.IsolationType>.word)
            parameters.isolationType = type ?? parameters.isolationType
        case .antivirusScan:
            let type = fields.optional("type", YAMLShape<ActionParameters.ScanType>.word)
            parameters.scanType = type ?? parameters.scanType
        case .investigate:
            let words = YAMLShape<String>.word(ActionParameters.InvestigationWay.allCases.map(\.rawValue))
            if let via = fields.optional("via", distinct(words, mayBeEmpty: false)) {
                for way in via where way.value == ActionParameters.InvestigationWay.alertByReference.rawValue {
                    use(.alertByReference, at: way.location)
                }
                parameters.via = via.compactMap { ActionParameters.InvestigationWay(rawValue: $0.value) }
            }
            if parameters.via == [.start] {
                report(
                    .investigateByStartAlone, "'start' alone: the vendor has announced its end",
                    at: fields.node("via")?.location ?? fields.location, hint: "add 'antivirus_scan' behind it")
            }
        case .tag, .untag: parameters.value = fields.optional("value", .text)
        case .blockFile:
            parameters.expiresSeconds = fields.optional("expires", .duration).map { $0.components.seconds }
        case .release, .stopAndQuarantine, .restrictApps, .unrestrictApps, .collectPackage, .unblockFile: break
        }
    }

    // MARK: Rules of one step

    private func checkStep(
        _ fields: YAMLFields, action: ActionKind, undo: ActionKind?, approve: [PlaybookStep.StepApproval]?
    ) {
        if let undo, undo != action.undo {
            let right = action.undo.map { "write 'undo: \($0.rawValue)'" } ?? "remove 'undo'; nothing takes it back"
            report(
                .wrongUndo, "\(undo.rawValue) does not take \(action.rawValue) back",
                at: fields.node("undo")?.location ?? fields.location, hint: right)
        }
        if action.isDisruptive, action.undo == nil, !fields.contains("irreversible") {
            report(
                .irreversible, "nothing takes \(action.rawValue) back", at: fields.location,
                hint: "add 'irreversible: accepted' if that is meant")
        }
        if fields.contains("irreversible"), !(action.isDisruptive && action.undo == nil) {
            report(
                .needlessIrreversible, "\(action.rawValue) needs no 'irreversible: accepted'",
                at: fields.locationOfKey("irreversible"))
        }
        if fields.contains("lease"), ![.isolate, .restrictApps, .tag].contains(action) {
            report(
                .notForThisAction, "\(action.rawValue) has no lease", at: fields.locationOfKey("lease"),
                hint: action == .blockFile ? "its 'with: { expires: … }' is one" : nil)
        }
        if action.isTenantWide, fields.contains("offline") {
            report(.notForThisAction, "\(action.rawValue) acts on no machine", at: fields.locationOfKey("offline"))
        }
        checkAsked(fields, action: action, approve: approve)
    }

    /// A disruptive step is approved, or says why nobody is asked.
    private func checkAsked(_ fields: YAMLFields, action: ActionKind, approve: [PlaybookStep.StepApproval]?) {
        let hasAuto = fields.contains("auto")
        if let node = fields.node("approve"), node.isEmptyCollection {
            report(.emptyList, "'approve' is empty: nobody would be asked", at: node.location)
            return
        }
        if action == .blockFile {
            let always = approve?.contains { $0.when == nil } ?? false
            if !always, approve != nil || !fields.contains("approve") {
                report(
                    .blockFileWithoutApproval, "block_file acts on the whole tenant and must always be approved",
                    at: fields.location, hint: "add 'approve: [{ policy: … }]' without 'when'")
            }
            return
        }
        guard action.isDisruptive else { return }
        if !hasAuto, !fields.contains("approve") {
            report(
                .nobodyAsked, "a disruptive step needs 'approve', or 'auto' with the reason why nobody is asked",
                at: fields.location, hint: "add 'approve: [{ policy: … }]' or 'auto: \"…\"'")
        } else if let approve, !approve.isEmpty {
            let always = approve.contains { $0.when == nil }
            if !always, !hasAuto {
                report(
                    .onlyConditionalApprovals, "all approvals have 'when', and no 'auto' speaks for the rest",
                    at: fields.locationOfKey("approve"), hint: "add 'auto: \"…\"', or an approval without 'when'")
            }
            if always, hasAuto {
                report(
                    .needlessAuto, "'auto' has no effect: an approval without 'when' is always asked for",
                    at: fields.locationOfKey("auto"))
            }
        }
    }

    // MARK: Rules of all steps

    private func checkGraph(_ steps: [PlaybookStep]) {
        var seen: Set<String> = []
        var names = LookAlikes()
        for step in steps {
            seen.insert(step.id)
            guard let objection = names.objection(to: step.id) else { continue }
            report(.repeatedID, "the step id '\(step.id)' \(objection)", at: step.location)
        }
        var isComplete = true
        for step in steps {
            guard case .mapping(let entries)? = step.needsNode?.kind else { continue }
            for entry in entries where !seen.contains(entry.name) {
                isComplete = false
                report(
                    .unknownStep, "no step '\(entry.name.escapedForDisplay(limit: 64))'", at: entry.key.location,
                    hint: closestMatch(to: entry.name, among: steps.map(\.id)).map { "did you mean '\($0)'?" })
            }
        }
        if isComplete, seen.count == steps.count { checkCycles(steps) }
    }

    private func checkCycles(_ steps: [PlaybookStep]) {
        // Take away steps whose needs are all gone, and those nobody waits for; what stays waits for itself.
        var left = steps
        while true {
            let ids = Set(left.map(\.id))
            let needed = Set(left.flatMap(\.needs.keys))
            let rest = left.filter { step in
                needed.contains(step.id) && step.needs.keys.contains { ids.contains($0) }
            }
            if rest.count == left.count { break }
            left = rest
        }
        let names = left.prefix(8).map { "'\($0.id)'" }.joined(separator: ", ") + (left.count > 8 ? " and more" : "")
        for step in left {
            report(
                .cyclicNeeds,
                left.count == 1 ? "the step waits for itself" : "the steps \(names) wait for each other",
                at: step.needsNode?.location ?? step.location)
        }
    }
}
