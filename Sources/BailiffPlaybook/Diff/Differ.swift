import BailiffDiagnostics
import BailiffYAML

/// Collects changes. The rule: what can't be shown to be at least as strict weakens.
struct Differ {
    typealias Effect = PlaybookChange.Effect

    private(set) var changes: [PlaybookChange] = []
    private var location: SourceLocation?

    mutating func add(_ path: String, _ effect: Effect, _ old: String?, _ new: String?, note: String? = nil) {
        changes.append(PlaybookChange(path: path, effect: effect, old: old, new: new, note: note, location: location))
    }

    /// Changes made in `body` are located there.
    mutating func at(_ place: SourceLocation?, _ body: (inout Differ) -> Void) {
        let outer = location
        location = place ?? outer
        body(&self)
        location = outer
    }

    // MARK: Values

    /// A change that is neither good nor bad.
    mutating func neutral(_ path: String, _ old: String?, _ new: String?) {
        if old != new { add(path, .neutral, old, new) }
    }

    /// A change whose direction can't be told.
    mutating func unclear(_ path: String, _ old: String?, _ new: String?, note: String? = nil) {
        if old != new { add(path, .weakens, old, new, note: note) }
    }

    /// Who is asked or told at the end of something; that nobody is says what the end itself is.
    mutating func asked(_ path: String, _ old: String?, _ new: String?) {
        if old == nil || new == nil { return neutral(path, old, new) }
        unclear(path, old, new, note: "other people are asked")
    }

    /// A limit: lower is stricter, none is the weakest.
    mutating func limit<Value: Comparable>(
        _ path: String, _ old: Value?, _ new: Value?, absent: Effect = .weakens, _ text: (Value) -> String
    ) {
        switch (old, new) {
        case (nil, nil): break
        case (let old?, let new?):
            if old != new { add(path, new < old ? .tightens : .weakens, text(old), text(new)) }
        case (let old?, nil): add(path, absent, text(old), nil)
        case (nil, let new?): add(path, absent == .weakens ? .tightens : .weakens, nil, text(new))
        }
    }

    /// Something that protects while it is there: more is stricter.
    mutating func protection(_ path: String, _ old: [String], _ new: [String]) {
        for item in old where !new.contains(item) { add(path, .weakens, item, nil) }
        for item in new where !old.contains(item) { add(path, .tightens, nil, item) }
    }

    /// Something that protects, in steps.
    mutating func level(_ path: String, _ old: (rank: Int, text: String), _ new: (rank: Int, text: String)) {
        if old.text == new.text { return }
        add(path, new.rank > old.rank ? .tightens : new.rank < old.rank ? .weakens : .neutral, old.text, new.text)
    }

    // MARK: Conditions

    enum Sense {
        /// True lets something happen.
        case permits
        /// True keeps something from happening, or asks somebody.
        case restricts
    }

    /// A condition. With one more operand of `&&` it is true less often, with one more of `||` more often.
    mutating func condition(_ path: String, _ old: Condition?, _ new: Condition?, _ sense: Sense) {
        switch (old, new) {
        case (nil, nil): break
        // No condition is one that is always true.
        case (let old?, nil): add(path, sense == .permits ? .weakens : .tightens, old.text, nil)
        case (nil, let new?): add(path, sense == .permits ? .tightens : .weakens, nil, new.text)
        case (let old?, let new?):
            guard old != new else { return }
            let direction = Self.direction(old.text, new.text)
            let effect: Effect =
                switch direction {
                case .narrower: sense == .permits ? .tightens : .weakens
                case .wider: sense == .permits ? .weakens : .tightens
                case .same: .neutral
                case .unknown: .weakens
                }
            add(
                path, effect, old.text, new.text,
                note: direction == .unknown ? "the new condition can't be shown to be as strict" : nil)
        }
    }

    private enum Direction { case narrower, wider, same, unknown }

    private static func direction(_ old: String, _ new: String) -> Direction {
        let (before, after) = (ConditionOrder(old), ConditionOrder(new))
        return switch (after.implies(before), before.implies(after)) {
        case (true, true): .same
        case (true, false): .narrower
        case (false, true): .wider
        case (false, false): .unknown
        }
    }

    // MARK: Guards

    mutating func guards(_ path: String, _ old: [Guard], _ new: [Guard]) {
        for entry in old where !new.contains(where: { $0.id == entry.id }) {
            at(entry.location) { differ in
                differ.add("\(path).\(entry.id)", entry.binds ? .weakens : .neutral, entry.enforce.rawValue, nil)
            }
        }
        for entry in new {
            at(entry.location) { differ in
                if let before = old.first(where: { $0.id == entry.id }) {
                    differ.entry("\(path).\(entry.id)", before, entry)
                } else {
                    differ.add("\(path).\(entry.id)", entry.binds ? .tightens : .neutral, nil, entry.enforce.rawValue)
                }
            }
        }
    }

    private mutating func entry(_ path: String, _ old: Guard, _ new: Guard) {
        level(
            "\(path).enforce", (old.enforce.strictness, old.enforce.rawValue),
            (new.enforce.strictness, new.enforce.rawValue))
        let binds = old.binds || new.binds
        if binds {
            condition("\(path).when", old.when, new.when, .restricts)
        } else {
            neutral("\(path).when", old.when.text, new.when.text)
        }
        level("\(path).missing", Self.rank(old), Self.rank(new))
        protection("\(path).for", old.actionNames, new.actionNames)
        if old.approve != nil || new.approve != nil, new.enforce != .deny {
            if old.approve != nil, new.approve != nil {
                unclear("\(path).approve", old.approve, new.approve, note: "other people are asked")
            }
        }
        neutral("\(path).because", old.because, new.because)
    }

    /// What an absent fact leads to.
    private static func rank(_ entry: Guard) -> (rank: Int, text: String) {
        switch entry.missing {
        case .deny?: (3, "deny")
        case .hold?: (2, "hold")
        case .ignore?: (0, "ignore")
        // Absence is an error then: it denies, or holds.
        case nil: (entry.enforce == .deny ? 3 : 2, "absent")
        }
    }
}

extension Guard {
    /// Whether it keeps anything from happening.
    fileprivate var binds: Bool { enforce >= .hold || missing == .deny || missing == .hold }

    fileprivate var actionNames: [String] {
        actions.map { $0.map(\.rawValue) } ?? ActionKind.allCases.filter(\.isDisruptive).map(\.rawValue)
    }
}
