import BailiffModel

/// Compares what a test expects with what happened; only what is named is compared.
struct TestComparison {
    let expect: PlaybookTest.Expectation
    let course: TestCourse

    private static let linesShown = 5

    init(_ expect: PlaybookTest.Expectation, _ course: TestCourse) {
        self.expect = expect
        self.course = course
    }

    func differences() -> [PlaybookTestResult.Difference] {
        var found: [PlaybookTestResult.Difference] = []
        func add(_ difference: PlaybookTestResult.Difference?) {
            if let difference { found.append(difference) }
        }
        if let triggered = expect.triggered, triggered != course.isTriggered {
            add(difference("triggered", "\(triggered)", "\(course.isTriggered)"))
        }
        if let state = expect.state, state != course.state {
            add(difference("state", state.rawValue, course.state.rawValue, Array(Set(course.reasons)).sorted()))
        }
        for step in expect.steps {
            add(machines(step.id, step.machines, course.machines(sent: step.id), because: reasons(of: step.id)))
        }
        for step in expect.notPossible {
            let found =
                course.plan?.actions.filter { $0.step == step.id && $0.disposition == .ended(.notPossible) } ?? []
            let ids = found.map { $0.machine?.text ?? PlaybookTest.tenant }
            add(machines("not_possible.\(step.id)", step.machines, ids, because: reasons(of: step.id)))
        }
        if let held = expect.held {
            add(machines("held", held, course.held, because: Array(Set(course.reasons)).sorted()))
        }
        if let left = expect.notSelected {
            let found = course.plan?.notSelected ?? []
            let because = found.map { "\($0.id.text): \($0.reason)" }
            add(machines("not_selected", left, found.map(\.id.text), because: because))
        }
        found += approvals() + numbers()
        if let reason = expect.reason?.text, !course.reasons.contains(where: { isReason(reason, $0) }) {
            let all = Set(course.reasons.map { String($0.prefix { $0 != ":" }) }).sorted()
            add(difference("reason", reason, all.isEmpty ? "none" : all.joined(separator: ", ")))
        }
        return found
    }

    private func isReason(_ wanted: String, _ reason: String) -> Bool {
        // A limit may be the playbook's own or the class's.
        let names =
            [wanted] + (wanted.hasPrefix("budget.") ? ["budget.class." + wanted.dropFirst("budget.".count)] : [])
        return names.contains { reason.utf8.elementsEqual($0.utf8) || reason.hasPrefix($0 + ":") }
    }

    private func approvals() -> [PlaybookTestResult.Difference] {
        expect.approvals.compactMap { expected in
            let policy = expected.policy.text
            guard let asked = course.questions[policy] else {
                let others = course.questions.keys.sorted().joined(separator: ", ")
                return difference("approvals", "a question to \(policy)", others.isEmpty ? "none" : "only \(others)")
            }
            guard let wanted = expected.machines else { return nil }
            return machines("approvals of \(policy)", wanted, asked.sorted(), because: [])
        }
    }

    private func numbers() -> [PlaybookTestResult.Difference] {
        var found: [PlaybookTestResult.Difference] = []
        let planned = course.plan?.budget.reserved.count ?? 0
        let first = course.plan.map { $0.rings.first?.machines.count ?? planned } ?? 0
        if let expected = expect.firstRing, expected != first {
            found.append(difference("first_ring", "\(expected)", "\(first)"))
        }
        let automatic = course.automatic.count
        if let most = expect.automaticMax, automatic > most {
            found.append(difference("automatic_max", "at most \(most)", "\(automatic)"))
        }
        if let most = expect.plannedMax, planned > most {
            found.append(difference("planned_max", "at most \(most)", "\(planned)"))
        }
        let held = course.held.count
        if let least = expect.heldMin, held < least {
            found.append(difference("held_min", "at least \(least)", "\(held)"))
        }
        return found
    }

    // MARK: Machines

    private func machines(
        _ key: String, _ expected: PlaybookTest.Machines, _ found: [String], because: [String]
    ) -> PlaybookTestResult.Difference? {
        switch expected {
        case .count(let count):
            return count == found.count ? nil : difference(key, "\(count)", "\(found.count)", because)
        case .ids(let ids):
            let wanted = Set(ids)
            let have = Set(found)
            if wanted == have { return nil }
            let strange = wanted.subtracting(course.machines.map(\.machine.id.text) + [PlaybookTest.tenant])
            let notes = strange.sorted().map { "\($0): no such machine is given" }
            return difference(key, list(ids), list(found), notes + because)
        }
    }

    private func list(_ ids: [String]) -> String {
        let shown = ids.sorted().prefix(10).joined(separator: ", ")
        return "[\(shown)\(ids.count > 10 ? ", … \(ids.count) in all" : "")]"
    }

    /// Why the step was not sent, machine by machine.
    private func reasons(of step: String) -> [String] {
        guard let plan = course.plan else {
            return [course.isTriggered ? "nothing was planned" : "the trigger is false"]
        }
        let planned = plan.actions.filter { $0.step == step }.compactMap { action -> String? in
            let subject = action.machine?.text ?? PlaybookTest.tenant
            if !action.reasons.isEmpty { return "\(subject): \(action.reasons.joined(separator: "; "))" }
            let policies = action.approvals.map(\.policy)
            return policies.isEmpty ? nil : "\(subject): waits for \(policies.joined(separator: ", "))"
        }
        return planned + plan.notSelected.map { "\($0.id.text): not selected: \($0.reason)" }
    }

    private func difference(
        _ key: String, _ expected: String, _ found: String, _ because: [String] = []
    ) -> PlaybookTestResult.Difference {
        var lines = Array(because.prefix(Self.linesShown))
        if because.count > lines.count { lines.append("and \(because.count - lines.count) more") }
        return PlaybookTestResult.Difference(key: key, expected: expected, found: found, because: lines)
    }
}
