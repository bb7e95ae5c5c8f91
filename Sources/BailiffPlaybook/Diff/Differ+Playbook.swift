import BailiffModel
import BailiffYAML

extension Differ {
    mutating func playbook(_ old: Playbook, _ new: Playbook) {
        neutral("name", old.name, new.name)
        neutral("version", "\(old.version)", "\(new.version)")
        unclear("owner", old.owner, new.owner, note: "budget classes are given to owners")
        neutral("description", old.summary, new.summary)
        validity(old.valid, new.valid)
        unclear(
            "precedence", "\(old.precedence)", "\(new.precedence)",
            note: "another playbook may own a case that both match")
        trigger(old.trigger, new.trigger)
        targets(old.targets, new.targets)
        protection("guards.use", old.policies, new.policies)
        guards("guards", old.localGuards, new.localGuards)
        budget(old.budget, new.budget)
        rings(old.rings, new.rings)
        steps(old.steps, new.steps)
        after(old.after, new.after)
        tests(old.tests, new.tests)
    }

    /// Tests do nothing; that they are others is said all the same, as they are what a review relies on.
    private mutating func tests(_ old: [PlaybookTest], _ new: [PlaybookTest]) {
        var parts: [String] = []
        func note(_ tests: [PlaybookTest], _ word: String) {
            guard !tests.isEmpty else { return }
            let names = tests.prefix(3).map { "'\($0.name)'" } + (tests.count > 3 ? ["…"] : [])
            parts.append("\(tests.count) \(word): \(names.joined(separator: ", "))")
        }
        func same(_ name: String, in tests: [PlaybookTest]) -> PlaybookTest? { tests.first { $0.name == name } }
        note(new.filter { test in same(test.name, in: old).map { $0.written != test.written } ?? false }, "changed")
        note(new.filter { same($0.name, in: old) == nil }, "added")
        note(old.filter { same($0.name, in: new) == nil }, "removed")
        guard !parts.isEmpty else { return }
        at(new.first?.location) {
            $0.add(
                "tests", .neutral, "\(old.count) tests", "\(new.count) tests",
                note: "tests only: " + parts.joined(separator: "; "))
        }
    }

    // MARK: Identity, trigger, targets

    private mutating func validity(_ old: Playbook.Validity, _ new: Playbook.Validity) {
        // A later start and an earlier end are stricter.
        if old.from != new.from {
            let isLater = (new.from ?? .distantPast) > (old.from ?? .distantPast)
            add("valid.from", isLater ? .tightens : .weakens, old.from?.rfc3339, new.from?.rfc3339)
        }
        limit("valid.until", old.until, new.until) { $0.rfc3339 }
    }

    private mutating func trigger(_ old: Playbook.Trigger, _ new: Playbook.Trigger) {
        at(new.when.location) { $0.condition("trigger.when", old.when, new.when, .permits) }
        switch (old.corroborate, new.corroborate) {
        case (nil, nil): break
        case (let old?, nil): add("trigger.corroborate", .weakens, "\(old.feeds) feeds", nil)
        case (nil, let new?): add("trigger.corroborate", .tightens, nil, "\(new.feeds) feeds")
        case (let old?, let new?):
            level("trigger.corroborate.feeds", (old.feeds, "\(old.feeds)"), (new.feeds, "\(new.feeds)"))
            limit("trigger.corroborate.within", old.within, new.within, DurationText.text)
        }
        if old.window != new.window {
            add(
                "trigger.dedupe.window", new.window > old.window ? .tightens : .weakens, DurationText.text(old.window),
                DurationText.text(new.window))
        }
        unclear(
            "trigger.dedupe.on_change", old.onChange.rawValue, new.onChange.rawValue,
            note: "another plan may be the one that is sent")
    }

    private mutating func targets(_ old: Playbook.Targets, _ new: Playbook.Targets) {
        limit("targets.lookback", old.lookback, new.lookback, DurationText.text)
        at(new.select.location) { $0.condition("targets.select", old.select, new.select, .permits) }
        neutral(
            "targets.order", old.order.map(\.rawValue).joined(separator: ", "),
            new.order.map(\.rawValue).joined(separator: ", "))
        // Without a watch nobody joins late.
        limit("targets.watch", old.watch, new.watch, absent: .tightens, DurationText.text)
    }

    // MARK: Budget and rings

    private mutating func budget(_ old: PlaybookBudget, _ new: PlaybookBudget) {
        at(new.classLocation) { differ in
            differ.unclear("budget.class", old.budgetClass, new.budgetClass, note: "another class has other limits")
            differ.limit("budget.per_run", old.perRun, new.perRun) { "\($0)" }
            differ.limit("budget.per_hour", old.perHour, new.perHour) { "\($0)" }
            differ.limit("budget.share_of_group", old.shareOfGroup, new.shareOfGroup, DurationText.share)
            differ.limit("budget.share_of_fleet", old.shareOfFleet, new.shareOfFleet, DurationText.share)
            differ.limit("budget.floor", old.floor, new.floor) { "\($0)" }
            differ.level("budget.over", Self.rank(old.over), Self.rank(new.over))
            differ.unclear("budget.approve", old.approve, new.approve, note: "other people are asked")
        }
    }

    private static func rank(_ over: PlaybookBudget.Over) -> (Int, String) { (over == .stop ? 1 : 0, over.rawValue) }

    private mutating func rings(_ old: [Playbook.Ring], _ new: [Playbook.Ring]) {
        if old.isEmpty != new.isEmpty {
            add(
                "rings", new.isEmpty ? .weakens : .tightens, old.isEmpty ? nil : "\(old.count) rings",
                new.isEmpty ? nil : "\(new.count) rings")
            return
        }
        if old.count != new.count {
            add(
                "rings", new.count > old.count ? .neutral : .weakens, "\(old.count) rings", "\(new.count) rings",
                note: "compare the sizes")
        }
        for (index, (before, after)) in zip(old, new).enumerated() {
            let path = "rings.\(index + 1)"
            at(after.location) { differ in
                differ.limit("\(path).size", before.size ?? Int.max, after.size ?? Int.max) {
                    $0 == Int.max ? "rest" : "\($0)"
                }
                if before.wait != after.wait {
                    let isLonger = (after.wait ?? .zero) > (before.wait ?? .zero)
                    differ.add(
                        "\(path).wait", isLonger ? .tightens : .weakens, before.wait.map(DurationText.text),
                        after.wait.map(DurationText.text))
                }
                differ.condition("\(path).proceed_when", before.proceedWhen, after.proceedWhen, .permits)
                differ.approval("\(path).approve", before.approve, after.approve)
            }
        }
    }

    /// Who is asked: nobody is the weakest, somebody else is unclear.
    mutating func approval(_ path: String, _ old: String?, _ new: String?) {
        if old == new { return }
        if old == nil { return add(path, .tightens, nil, new) }
        add(path, .weakens, old, new, note: new == nil ? nil : "other people are asked")
    }

    // MARK: After

    private mutating func after(_ old: Playbook.After, _ new: Playbook.After) {
        switch (old.reversed, new.reversed) {
        case (nil, nil): break
        case (let old?, nil): add("after.verdict_reversed", .weakens, old.undo.joined(separator: ", "), nil)
        case (nil, let new?): add("after.verdict_reversed", .tightens, nil, new.undo.joined(separator: ", "))
        case (let old?, let new?):
            protection("after.verdict_reversed.undo", old.undo, new.undo)
            approval("after.verdict_reversed.approve", old.approve, new.approve)
        }
        func events(_ after: Playbook.After) -> [String] {
            after.notify.flatMap { entry in entry.events.map { "\(entry.to): \($0.rawValue)" } }
        }
        protection("after.notify", events(old), events(new))
    }
}

/// Durations and shares as people write them.
enum DurationText {
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] as [(String, Int64)]
        where seconds % length == 0 && seconds >= length && (unit != "d" || seconds >= 4 * length) {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }

    static func share(_ share: YAMLShare) -> String {
        let whole = share.millionths / 10_000
        let rest = share.millionths % 10_000
        guard rest > 0 else { return "\(whole)%" }
        var digits = String(rest)
        digits = String(repeating: "0", count: 4 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)%"
    }
}
