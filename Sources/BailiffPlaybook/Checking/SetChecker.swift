import BailiffCEL
import BailiffDiagnostics
import BailiffYAML

/// Checks what needs more than one file: that names resolve, that playbooks keep to the policies they use.
struct SetChecker {
    let playbooks: [Playbook]
    let policies: [Policy]
    let approvals: [ApprovalsFile]
    let environment: CheckEnvironment
    /// Names of files that could not be read; `*` where not even the name could.
    let broken: Set<String>
    /// Names of policies that have mistakes of their own.
    let faulty: Set<String>
    let approvalsAreComplete: Bool
    private(set) var diagnostics: [Diagnostic] = []
    private let approvalNames: KnownNames
    /// Roles that operators may have.
    private let roleNames: KnownNames
    /// Roles of operators, and approval policies, which may stand for them.
    private let askableNames: KnownNames

    init(
        playbooks: [Playbook], policies: [Policy], approvals: [ApprovalsFile], environment: CheckEnvironment,
        broken: Set<String>, faulty: Set<String>, approvalsAreComplete: Bool
    ) {
        self.playbooks = playbooks
        self.policies = policies
        self.approvals = approvals
        self.environment = environment
        self.broken = broken
        self.faulty = faulty
        self.approvalsAreComplete = approvalsAreComplete
        let all = approvals.flatMap(\.policies)
        approvalNames = KnownNames(all.map(\.name))
        let roles = OperatorRole.allCases.map(\.rawValue) + all.flatMap { $0.require.map(\.role) }
        roleNames = KnownNames(roles)
        askableNames = KnownNames(roles + all.map(\.name))
    }

    mutating func check() -> [Diagnostic] {
        checkNames()
        checkApprovals()
        for policy in policies { check(policy) }
        for playbook in playbooks { check(playbook) }
        checkPrecedence()
        return diagnostics
    }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation,
        hint: @autoclosure () -> String? = nil
    ) {
        // Looking for similar names takes time, and nobody reads the fiftieth hint.
        let hint = diagnostics.count < FileReader.hintLimit ? hint() : nil
        diagnostics.append(Diagnostic(code.severity, code: code.rawValue, message, at: location, hint: hint))
    }

    // MARK: Names

    private mutating func checkNames() {
        let files =
            playbooks.map { ($0.reference.name, $0.source) } + policies.map { ($0.reference.name, $0.source) }
            + approvals.map { ($0.reference.name, $0.source) }
        for (_, others) in Dictionary(grouping: files, by: { $0.0.lowercased() }).sorted(by: { $0.key < $1.key })
        where others.count > 1 {
            for (name, source) in others {
                let other = others.first { $0.1.file != source.file } ?? (name, source)
                let file = other.1.file.escapedForDisplay(limit: 200)
                report(
                    .nameTaken,
                    LookAlikes.areSame(name, other.0)
                        ? "the name '\(name)' is that of \(file), too"
                        : "the name '\(name)' differs from '\(other.0)' of \(file) by case alone",
                    at: nameLocation(in: source))
            }
        }
        let policies = Dictionary(grouping: approvals.flatMap(\.policies), by: { $0.name.lowercased() })
        for (_, others) in policies.sorted(by: { $0.key < $1.key }) where others.count > 1 {
            for policy in others {
                let other = others.first { $0.location != policy.location } ?? policy
                let file = other.location.file.escapedForDisplay(limit: 200)
                report(
                    .nameTaken,
                    LookAlikes.areSame(policy.name, other.name)
                        ? "the approval policy '\(policy.name)' is declared twice"
                        : "the approval policy '\(policy.name)' differs from '\(other.name)' by case alone",
                    at: policy.location, hint: "the other one stands in \(file):\(other.location.line)")
            }
        }
    }

    private func nameLocation(in source: SourceText) -> SourceLocation {
        guard case .success(let node) = StrictYAML.parse(source), let name = node["name"] else {
            return SourceLocation(file: source.file, line: 1, column: 1)
        }
        return name.location
    }

    // MARK: References

    mutating func expectApproval(_ name: String, at place: SourceLocation) {
        let known = approvalNames
        if known.contains(name) || !approvalsAreComplete { return }
        report(.unknownApprovalPolicy, "no approval policy '\(name)'", at: place, hint: known.hint(for: name))
    }

    /// `to` and `ask` name a role of operators or an approval policy.
    mutating func expectRole(_ name: String, at place: SourceLocation) {
        let known = askableNames
        if known.contains(name) || !approvalsAreComplete { return }
        report(
            .unknownRole, "'\(name)' is neither a role of operators nor an approval policy", at: place,
            hint: known.hint(for: name))
    }

    /// A role that somebody may have.
    mutating func expectPerson(_ role: String, at place: SourceLocation) {
        let known = roleNames
        if known.contains(role) || !approvalsAreComplete { return }
        report(
            .unknownRole, "'\(role)' is a role of no operator, and no approval policy requires it", at: place,
            hint: known.hint(for: role))
    }

    // MARK: Approvals

    private mutating func checkApprovals() {
        var next: [String: String] = [:]
        var places: [String: SourceLocation] = [:]
        for policy in approvals.flatMap(\.policies) {
            guard case .ask(let other) = policy.onExpiry else { continue }
            expectRole(other, at: policy.askLocation ?? policy.location)
            next[policy.name] = other
            places[policy.name] = policy.askLocation ?? policy.location
        }
        // Every policy asks at most one other, so each walk ends where an earlier one has been or in its own track.
        var walked: Set<String> = []
        for policy in approvals.flatMap(\.policies) {
            var track: [String] = []
            var inTrack: Set<String> = []
            var here: String? = policy.name
            while let name = here, !walked.contains(name), inTrack.insert(name).inserted {
                track.append(name)
                here = next[name]
            }
            walked.formUnion(track)
            if let again = here, inTrack.contains(again), let start = track.firstIndex(of: again) {
                reportCircle(Array(track[start...]), places)
            }
        }
    }

    /// Every policy of the circle could end it, so each is told of.
    private mutating func reportCircle(_ names: [String], _ places: [String: SourceLocation]) {
        let shown = names.prefix(8).joined(separator: " → ") + (names.count > 8 ? " → …" : "")
        for place in names.prefix(DiagnosticReport.limit).compactMap({ places[$0] }) {
            report(
                .askCycle, "the question goes round in a circle: \(shown) → \(names.first ?? "")", at: place,
                hint: "let one of them end in 'on_expiry: deny'")
        }
    }

    // MARK: Policies

    private mutating func check(_ policy: Policy) {
        for entry in policy.guards { check(entry) }
        if let isolation = policy.isolation, let to = isolation.to, let place = isolation.toLocation {
            expectRole(to, at: place)
        }
    }

    mutating func check(_ entry: Guard) {
        if let approve = entry.approve { expectApproval(approve, at: entry.approveLocation ?? entry.location) }
        checkReportWindow(entry.when)
    }

    // MARK: Precedence

    private mutating func checkPrecedence() {
        for (index, playbook) in playbooks.enumerated() {
            let other = playbooks[..<index].first { other in
                other.precedence == playbook.precedence && playbook.contains && other.contains
            }
            guard let other else { continue }
            report(
                .equalPrecedence,
                "'\(other.name)' has the same precedence \(playbook.precedence): one case may match both",
                at: nameLocation(in: playbook.source), hint: "give one of them a higher 'precedence'")
        }
    }
}

/// Names that may be referred to.
private struct KnownNames {
    private let names: [String]
    private let bytes: Set<[UInt8]>

    init(_ names: [String]) {
        self.names = names
        bytes = Set(names.map { Array($0.utf8) })
    }

    func contains(_ name: String) -> Bool { bytes.contains(Array(name.utf8)) }

    func hint(for name: String) -> String? {
        closestMatch(to: name, among: names).map { "did you mean '\($0)'?" }
    }
}

extension Playbook {
    /// Whether it has steps that contain machines, so that it may own a case.
    fileprivate var contains: Bool { steps.contains { $0.action.isDisruptive } }
}
