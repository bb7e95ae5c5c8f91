package import BailiffDiagnostics
import BailiffYAML

/// Compares two versions of a playbook, policy or approvals file.
package enum PlaybookDiff {
    /// All differences, in the order of the stages. Formatting and comments make none.
    ///
    /// The files are read on their own: names of other files need not resolve.
    /// - Returns: The diagnostics where one of the two can't be read, or they are not of one kind.
    package static func changes(
        from old: SourceText, to new: SourceText, environment: CheckEnvironment
    ) -> Result<[PlaybookChange], DiagnosticsError> {
        let before = PlaybookDocument.read(old, environment: environment)
        let after = PlaybookDocument.read(new, environment: environment)
        switch (before, after) {
        case (.failure(let first), .failure(let second)):
            return .failure(DiagnosticsError(first.diagnostics + second.diagnostics))
        case (.failure(let error), .success), (.success, .failure(let error)): return .failure(error)
        case (.success(let before), .success(let after)):
            if let changes = changes(from: before, to: after) { return .success(changes) }
            let place = SourceLocation(file: new.file, line: 1, column: 1)
            return .failure(
                DiagnosticsError([
                    Diagnostic(
                        code: DiagnosticCode.documentKind.rawValue, "the two files are not of one kind", at: place)
                ]))
        }
    }

    /// Nil where the two are not of one kind.
    package static func changes(from old: PlaybookDocument, to new: PlaybookDocument) -> [PlaybookChange]? {
        var differ = Differ()
        switch (old, new) {
        case (.playbook(let old), .playbook(let new)): differ.playbook(old, new)
        case (.policy(let old), .policy(let new)): differ.policy(old, new)
        case (.approvals(let old), .approvals(let new)): differ.approvals(old, new)
        default: return nil
        }
        return differ.changes
    }
}

extension Sequence<PlaybookChange> {
    /// The worst effect; neutral where there is no change.
    package var worst: PlaybookChange.Effect { map(\.effect).max() ?? .neutral }
}

/// One file, read on its own.
package enum PlaybookDocument: Sendable {
    case playbook(Playbook)
    case policy(Policy)
    case approvals([ApprovalPolicy])

    /// Reads a file without the others it refers to. Roles of machines are taken as they come.
    package static func read(
        _ source: SourceText, environment: CheckEnvironment
    ) -> Result<PlaybookDocument, DiagnosticsError> {
        let node: YAMLNode
        switch StrictYAML.parse(source) {
        case .failure(let error): return .failure(error)
        case .success(let root): node = root
        }
        let reader = FileReader(source, environment: environment, roles: nil)
        var document: PlaybookDocument?
        switch LibraryLoader.Kind(rawValue: node["bailiff"]?.text ?? "") {
        case .playbook?: document = reader.playbook(node).map { .playbook($0) }
        case .policy?: document = reader.policy(node).map { .policy($0) }
        case .approvals?: document = reader.approvals(node).map { .approvals($0.policies) }
        case nil:
            reader.report(.documentKind, "the file is no playbook, policy or approvals file", at: node.location)
        }
        guard let document, !reader.yaml.hasErrors else {
            return .failure(DiagnosticsError(reader.yaml.diagnostics.filter { $0.severity == .error }))
        }
        return .success(document)
    }
}
