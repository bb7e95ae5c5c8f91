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

    package func playbook(_ name: String) -> Playbook? { playbooks.first { $0.name.utf8.elementsEqual(name.utf8) } }

    package func policy(_ name: String) -> Policy? { policies.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// The policies a playbook uses, in the order of its `guards.use`.
    package func policies(of playbook: Playbook) -> [Policy] { playbook.policies.compactMap { policy($0) } }

    /// All files: playbooks, policies, approvals.
    package var references: [PlaybookReference] {
        playbooks.map(\.reference) + policies.map(\.reference) + approvalFiles
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
