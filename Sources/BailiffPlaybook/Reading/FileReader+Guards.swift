import BailiffCEL
import BailiffDiagnostics
import BailiffYAML

extension FileReader {
    /// A guard of a policy or a playbook.
    var guardShape: YAMLShape<Guard> {
        .record("guard") { fields in
            let id = fields.required("id", self.word)
            let enforce = fields.required("enforce", YAMLShape<GuardFinding.Enforcement>.word)
            let missing = fields.optional("missing", YAMLShape<Guard.Missing>.word)
            let hasMissing = fields.contains("missing")
            var when: Condition?
            if let node = fields.node("when") {
                when = self.condition(node, .guards, allowsMissing: hasMissing)
            } else {
                fields.reportMissing("when")
            }
            let actions = fields.optional("for", self.actions)
            let approve = fields.optional("approve", self.word.located)
            let because = fields.required("because", self.reason)
            self.checkApproval(fields, enforce: enforce, missing: missing)
            if let when, hasMissing { self.checkMissing(fields, when: when) }
            guard let id, let enforce, let when, let because else { return nil }
            return Guard(
                id: id, actions: actions, enforce: enforce, when: when, missing: missing, approve: approve?.value,
                because: because, location: fields.location, approveLocation: approve?.location)
        }
    }

    private func checkApproval(_ fields: YAMLFields, enforce: GuardFinding.Enforcement?, missing: Guard.Missing?) {
        let holds = enforce == .hold || missing == .hold
        if holds, !fields.contains("approve") {
            report(
                .holdWithoutApproval, "a guard that holds must name the approval that lifts it", at: fields.location,
                hint: "add 'approve: POLICY'")
        }
        if !holds, enforce != nil, fields.contains("approve") {
            report(
                .approvalWithoutHold, "'approve' lifts nothing: only a hold can be approved",
                at: fields.locationOfKey("approve"), hint: "write 'enforce: hold', or remove 'approve'")
        }
    }

    private func checkMissing(_ fields: YAMLFields, when: Condition) {
        let touched = Set(when.program.referencedVariables)
        let touchesOptional = Fact.allCases.contains { $0.isOptional && touched.contains($0.rawValue) }
        if !touchesOptional {
            report(
                .needlessMissing, "'missing' has no effect: every fact of this condition is always there",
                at: fields.locationOfKey("missing"))
        }
    }

    /// `for`: at least one action, none twice.
    private var actions: YAMLShape<[ActionKind]> {
        let words = distinct(YAMLShape<String>.word(ActionKind.allCases.map(\.rawValue)), mayBeEmpty: false)
        return words.map { words, _, _ in words.compactMap { ActionKind(rawValue: $0.value) } }
    }
}
