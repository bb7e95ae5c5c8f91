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
    let approvalsAreComplete: Bool
    private(set) var diagnostics: [Diagnostic] = []
    private let approvalNames: [String]
    private let roleNames: [String]

    init(
        playbooks: [Playbook], policies: [Policy], approvals: [ApprovalsFile], environment: CheckEnvironment,
        broken: Set<String>, approvalsAreComplete: Bool
    ) {
        self.playbooks = playbooks
        self.policies = policies
        self.approvals = approvals
        self.environment = environment
        self.broken = broken
        self.approvalsAreComplete = approvalsAreComplete
        let all = approvals.flatMap(\.policies)
        approvalNames = all.map(\.name)
        roleNames = OperatorRole.allCases.map(\.rawValue) + all.flatMap { $0.require.map(\.role) }
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
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, hint: String? = nil
    ) {
        diagnostics.append(Diagnostic(code.severity, code: code.rawValue, message, at: location, hint: hint))
    }

    // MARK: Names

    private mutating func checkNames() {
        let files =
            playbooks.map { ($0.reference.name, $0.source) } + policies.map { ($0.reference.name, $0.source) }
            + approvals.map { ($0.reference.name, $0.source) }
        var seen: [String: String] = [:]
        for (name, source) in files {
            if let first = seen[name] {
                let place = nameLocation(in: source)
                report(.nameTaken, "the name '\(name)' is taken by \(first.escapedForDisplay(limit: 200))", at: place)
            } else {
                seen[name] = source.file
            }
        }
        var policiesSeen: [String: SourceLocation] = [:]
        for policy in approvals.flatMap(\.policies) {
            if let first = policiesSeen[policy.name] {
                report(
                    .nameTaken, "the approval policy '\(policy.name)' is declared twice", at: policy.location,
                    hint: "the other one stands in \(first.file):\(first.line)")
            } else {
                policiesSeen[policy.name] = policy.location
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
        if approvalNames.contains(where: { $0.utf8.elementsEqual(name.utf8) }) || !approvalsAreComplete { return }
        report(
            .unknownApprovalPolicy, "no approval policy '\(name)'", at: place,
            hint: closestMatch(to: name, among: approvalNames).map { "did you mean '\($0)'?" })
    }

    /// `to` and `ask` name a role of operators or an approval policy.
    mutating func expectRole(_ name: String, at place: SourceLocation) {
        let known = roleNames + approvalNames
        if known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) || !approvalsAreComplete { return }
        report(
            .unknownRole, "'\(name)' is neither a role of operators nor an approval policy", at: place,
            hint: closestMatch(to: name, among: known).map { "did you mean '\($0)'?" })
    }

    // MARK: Approvals

    private mutating func checkApprovals() {
        var next: [String: String] = [:]
        for policy in approvals.flatMap(\.policies) {
            guard case .ask(let other) = policy.onExpiry else { continue }
            expectRole(other, at: policy.askLocation ?? policy.location)
            next[policy.name] = other
        }
        var reported: Set<String> = []
        for policy in approvals.flatMap(\.policies) where !reported.contains(policy.name) {
            var path = [policy.name]
            while let last = path.last, let step = next[last], path.count <= next.count + 1 {
                if step == policy.name {
                    reported.formUnion(path)
                    report(
                        .askCycle, "the question goes round in a circle: \((path + [step]).joined(separator: " → "))",
                        at: policy.askLocation ?? policy.location, hint: "let one of them end in 'on_expiry: deny'")
                    break
                }
                path.append(step)
            }
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

extension Playbook {
    /// Whether it has steps that contain machines, so that it may own a case.
    fileprivate var contains: Bool { steps.contains { $0.action.isDisruptive } }
}
