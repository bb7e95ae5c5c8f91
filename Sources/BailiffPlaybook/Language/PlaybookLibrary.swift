import BailiffCEL
package import BailiffDiagnostics

/// Playbooks, policies and approval policies that fit together: every name resolves, every condition compiles.
package struct PlaybookLibrary: Sendable {
    /// In the order of their names.
    package let playbooks: [Playbook]
    package let policies: [Policy]
    /// By name, of all approvals files.
    package let approvals: [String: ApprovalPolicy]
    /// The approvals files, by name and digest.
    package let approvalFiles: [PlaybookReference]

    /// No files at all.
    package static let empty = PlaybookLibrary(playbooks: [], policies: [], approvals: [:], approvalFiles: [])

    package func playbook(_ name: String) -> Playbook? { playbooks.first { $0.name.utf8.elementsEqual(name.utf8) } }

    package func policy(_ name: String) -> Policy? { policies.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// The policies a playbook uses, in the order of its `guards.use`.
    package func policies(of playbook: Playbook) -> [Policy] { playbook.policies.compactMap { policy($0) } }

    /// All files: playbooks, policies, approvals.
    package var references: [PlaybookReference] {
        playbooks.map(\.reference) + policies.map(\.reference) + approvalFiles
    }

    /// The approval policy that `ask` or `to` names. A role of operators counts as a policy of one person of that role, with
    /// the limits of `origin`, whose silence denies.
    package func approvalPolicy(_ name: String, askedAfter origin: ApprovalPolicy) -> ApprovalPolicy {
        if let policy = approvals[name] { return policy }
        return ApprovalPolicy(
            name: name, require: [ApprovalPolicy.Requirement(role: name, count: 1)], expires: origin.expires,
            onExpiry: .deny,
            notify: origin.notify, location: origin.location)
    }

    /// The Defender permissions a playbook needs, each with what needs it: actions, and facts that its conditions touch.
    package func permissions(of playbook: Playbook) -> [(permission: String, neededFor: [String])] {
        var needs: [String: [String]] = [
            "Machine.Read.All": ["finding machines"], "File.Read.All": ["finding machines"],
        ]
        func add(_ permission: String, _ reason: String) {
            if needs[permission, default: []].contains(reason) { return }
            needs[permission, default: []].append(reason)
        }
        for step in playbook.steps {
            for permission in ActionCatalogue.permissions(of: step.action) { add(permission, "step \(step.id)") }
        }
        let conditions =
            [playbook.trigger.when, playbook.targets.select] + playbook.steps.compactMap(\.when)
            + playbook.localGuards.map(\.when) + policies(of: playbook).flatMap { $0.guards.map(\.when) }
        let touched = Set(conditions.flatMap(\.program.referencedVariables))
        for fact in Fact.allCases where touched.contains(fact.rawValue) {
            if let permission = fact.origin.permission { add(permission, fact.rawValue) }
        }
        return needs.keys.sorted().map { ($0, needs[$0] ?? []) }
    }

    /// The files a plan of this playbook depends on besides the playbook itself: its policies, all approvals.
    package func references(inForceFor playbook: Playbook) -> [PlaybookReference] {
        policies(of: playbook).map(\.reference) + approvalFiles
    }

    /// Reads and checks a whole set of files at once; names resolve across files.
    ///
    /// - Returns: No library if there is any error in any file; the report holds warnings and notes, too.
    package static func load(
        _ files: [SourceText], environment: CheckEnvironment
    ) -> (library: PlaybookLibrary?, report: DiagnosticReport) {
        var loader = LibraryLoader(environment: environment)
        return loader.load(files)
    }
}
