import BailiffDiagnostics
import BailiffModel
import BailiffYAML

extension FileReader {
    /// A `playbook/v1` file.
    func playbook(_ node: YAMLNode) -> Playbook? {
        yaml.record(node, "playbook") { fields in
            _ = fields.node("bailiff")
            let name = fields.required("name", self.name)
            let version = fields.required("version", .integer(1...1_000_000_000))
            let owner = fields.required("owner", .text)
            let summary = fields.optional("description", .text)
            self.use(.valid, "valid", in: fields)
            let valid = fields.optional("valid", self.validity)
            self.use(.precedence, "precedence", in: fields)
            let precedence = fields.optional("precedence", .integer(0...1_000_000))
            let trigger = fields.required("trigger", self.trigger)
            let targets = fields.required("targets", self.targets)
            let guards = fields.required("guards", self.guardStage)
            let budget = self.budget(fields)
            self.use(.rings, "rings", in: fields)
            let rings = fields.optional("rings", self.rings) ?? []
            let steps = fields.required("steps", self.steps)
            let after = fields.optional("after", self.after) ?? Playbook.After(reversed: nil, notify: [])
            let tests = self.tests(fields, steps: steps)
            guard let name, let version, let owner, let trigger, let targets, let guards, let budget, let steps else {
                return nil
            }
            return Playbook(
                reference: PlaybookReference(name: name, version: version, digest: Digest.of(self.source.text)),
                version: version, owner: owner, summary: summary, valid: valid ?? Playbook.Validity(),
                precedence: precedence ?? Playbook.defaultPrecedence, trigger: trigger, targets: targets,
                use: guards.use, localGuards: guards.local, budget: budget, rings: rings, steps: steps,
                after: after, tests: tests, source: self.source)
        }
    }

    // MARK: Identity

    private var validity: YAMLShape<Playbook.Validity> {
        .record("valid") { fields in
            let from = fields.optional("from", self.time)
            let until = fields.optional("until", self.time)
            if let from, let until, until <= from {
                self.report(.badValidity, "'until' is not after 'from'", at: fields.locationOfKey("until"))
            }
            if let until, until <= self.environment.now {
                self.report(.expired, "the playbook is no longer valid", at: fields.locationOfKey("until"))
            }
            if !fields.contains("from"), !fields.contains("until") {
                self.report(.badValidity, "'valid' has neither 'from' nor 'until'", at: fields.location)
            }
            return Playbook.Validity(from: from, until: until)
        }
    }

    // MARK: Trigger and targets

    private var trigger: YAMLShape<Playbook.Trigger> {
        .record("trigger") { fields in
            let when = self.requiredCondition(fields, "when", .trigger)
            self.use(.corroborate, "corroborate", in: fields)
            let corroborate = fields.optional("corroborate", self.corroboration)
            self.use(.dedupe, "dedupe", in: fields)
            let dedupe = fields.optional("dedupe", self.dedupe)
            guard let when else { return nil }
            return Playbook.Trigger(
                when: when, corroborate: corroborate, window: dedupe?.window ?? Playbook.defaultWindow,
                onChange: dedupe?.onChange ?? .supersede)
        }
    }

    private var corroboration: YAMLShape<Playbook.Trigger.Corroboration> {
        .record("corroborate") { fields in
            let feeds = fields.required("feeds", .integer(2...100))
            let within = fields.required("within", .duration)
            guard let feeds, let within else { return nil }
            return Playbook.Trigger.Corroboration(feeds: feeds, within: within)
        }
    }

    private var dedupe: YAMLShape<(window: Duration, onChange: Playbook.Trigger.OnChange)> {
        .record("dedupe") { fields in
            let window = fields.optional("window", .duration)
            let onChange = fields.optional("on_change", YAMLShape<Playbook.Trigger.OnChange>.word)
            if onChange == .ignoreSofter { self.use(.ignoreSofter, at: fields.locationOfKey("on_change")) }
            return (window ?? Playbook.defaultWindow, onChange ?? .supersede)
        }
    }

    private var targets: YAMLShape<Playbook.Targets> {
        .record("targets") { fields in
            self.use(.lookback, "lookback", in: fields)
            let lookback = fields.optional("lookback", .duration)
            let select = self.requiredCondition(fields, "select", .select)
            self.use(.order, "order", in: fields)
            let words = YAMLShape<String>.word(Playbook.Targets.Order.allCases.map(\.rawValue))
            let order = fields.optional("order", self.distinct(words, mayBeEmpty: false))
            self.use(.watch, "watch", in: fields)
            let watch = fields.optional("watch", .duration)
            guard let select else { return nil }
            return Playbook.Targets(
                lookback: lookback ?? Playbook.defaultLookback, select: select,
                conjuncts: self.conjuncts(of: select),
                order: order?.compactMap { Playbook.Targets.Order(rawValue: $0.value) } ?? [.sighting], watch: watch)
        }
    }

    // MARK: Guards and budget

    private var guardStage: YAMLShape<(use: [YAMLLocated<String>], local: [Guard])> {
        .record("guards") { fields in
            let use = fields.required("use", self.distinct(self.name, mayBeEmpty: false))
            let local = fields.optional("local", .list(of: self.guardShape)) ?? []
            self.checkRepeated(local)
            guard let use else { return nil }
            return (use, local)
        }
    }

    private func budget(_ fields: YAMLFields) -> PlaybookBudget? {
        guard let node = fields.node("budget") else {
            report(
                .noBudget, "the playbook has no budget", at: fields.location,
                hint: "add 'budget: { class: …, per_run: …, over: hold, approve: … }'")
            return nil
        }
        return yaml.record(node, "budget") { fields in
            let budgetClass = fields.required("class", self.word.located)
            let perRun = fields.required("per_run", .integer(1...1_000_000))
            let perHour = fields.optional("per_hour", .integer(1...1_000_000))
            let group = fields.optional("share_of_group", .share)
            let fleet = fields.optional("share_of_fleet", .share)
            let floor = fields.optional("floor", .integer(0...1_000_000))
            let over = fields.required("over", YAMLShape<PlaybookBudget.Over>.word)
            let approve = fields.required("approve", self.word.located)
            guard let budgetClass, let perRun, let over, let approve else { return nil }
            return PlaybookBudget(
                budgetClass: budgetClass.value, perRun: perRun, perHour: perHour, shareOfGroup: group,
                shareOfFleet: fleet, floor: floor ?? PlaybookBudget.defaultFloor, over: over, approve: approve.value,
                classLocation: budgetClass.location, approveLocation: approve.location)
        }
    }

    // MARK: Rings

    private var rings: YAMLShape<[Playbook.Ring]> {
        YAMLShape<[YAMLLocated<Playbook.Ring>]>.list(of: ring.located).map { rings, node, _ in
            guard case .sequence(let nodes) = node.kind, let last = rings.last, nodes.count == rings.count else {
                if node.isEmptyCollection { self.report(.emptyList, "there are no rings", at: node.location) }
                return nil
            }
            for ring in rings.dropLast() { self.checkInner(ring) }
            if last.value.size != nil {
                self.report(
                    .badRings, "the last ring must be the rest", at: last.node["size"]?.location ?? last.location,
                    hint: "write 'size: rest'")
            }
            if last.value.wait != nil || last.value.proceedWhen != nil {
                self.report(.badRings, "the last ring has nothing to proceed to", at: last.location)
            }
            return rings.map(\.value)
        }
    }

    private func checkInner(_ ring: YAMLLocated<Playbook.Ring>) {
        if ring.value.size == nil {
            report(
                .badRings, "only the last ring can be the rest", at: ring.node["size"]?.location ?? ring.location,
                hint: "write a number of machines")
        }
        if ring.value.wait == nil, ring.node["wait"] == nil {
            report(
                .badRings, "the ring does not say how long it waits", at: ring.location, hint: "add 'wait: 5m'")
        }
    }

    private var ring: YAMLShape<Playbook.Ring> {
        .record("ring") { fields in
            let size = fields.required(
                "size",
                YAMLShape<Int?> { node, reader in
                    if node.isPlain, node.text == "rest" { return .some(nil) }
                    return reader.read(node, YAMLShape<Int>.integer(1...1_000_000)).map { .some($0) }
                })
            let wait = fields.optional("wait", .duration)
            let proceed = self.optionalCondition(fields, "proceed_when", .proceed)
            let approve = fields.optional("approve", self.word.located)
            guard let size else { return nil }
            return Playbook.Ring(
                size: size, wait: wait, proceedWhen: proceed, approve: approve?.value, location: fields.location,
                approveLocation: approve?.location)
        }
    }

    // MARK: After

    private var after: YAMLShape<Playbook.After> {
        .record("after") { fields in
            self.use(.verdictReversed, "verdict_reversed", in: fields)
            let reversed = fields.optional("verdict_reversed", self.reversal)
            self.use(.notify, "notify", in: fields)
            let notify = fields.optional("notify", .list(of: self.notification)) ?? []
            return Playbook.After(reversed: reversed, notify: notify)
        }
    }

    private var reversal: YAMLShape<Playbook.After.Reversal> {
        .record("verdict_reversed") { fields in
            let undo = fields.required("undo", self.distinct(self.word, mayBeEmpty: false))
            let approve = fields.optional("approve", self.word.located)
            guard let undo else { return nil }
            return Playbook.After.Reversal(
                undo: undo.map(\.value), approve: approve?.value, undoLocations: undo.map(\.location),
                approveLocation: approve?.location)
        }
    }

    private var notification: YAMLShape<Playbook.After.Notification> {
        .record("notify") { fields in
            let to = fields.required("to", self.word.located)
            if let to { self.checkNotifier(to) }
            let words = YAMLShape<String>.word(NotifyEvent.allCases.map(\.rawValue))
            let events = fields.required("events", self.distinct(words, mayBeEmpty: false))
            guard let to, let events else { return nil }
            return Playbook.After.Notification(
                to: to.value, events: events.compactMap { NotifyEvent(rawValue: $0.value) })
        }
    }
}
