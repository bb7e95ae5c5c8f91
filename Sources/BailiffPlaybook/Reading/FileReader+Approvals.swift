import BailiffDiagnostics
import BailiffModel
import BailiffYAML

/// One `approvals/v1` file.
struct ApprovalsFile {
    let reference: PlaybookReference
    /// In the order of the file.
    let policies: [ApprovalPolicy]
    let source: SourceText
    /// Whether every approval policy of the file could be read.
    let isComplete: Bool
}

extension FileReader {
    func approvals(_ node: YAMLNode) -> ApprovalsFile? {
        yaml.record(node, "approvals") { fields in
            _ = fields.node("bailiff")
            let name = fields.required("name", self.name)
            _ = fields.optional("owner", .text)
            _ = fields.optional("description", .text)
            let entries = fields.required("policies", .entries(of: self.approvalPolicy))
            for entry in entries ?? [] { _ = self.yaml.read(entry.key.node, self.word) }
            if let node = fields.node("policies"), node.isEmptyCollection {
                self.report(.emptyList, "there are no approval policies", at: node.location)
            }
            guard let name, let entries else { return nil }
            let policies = entries.map { entry in
                var policy = entry.value
                policy.name = entry.key.value
                policy.location = entry.key.location
                return policy
            }
            return ApprovalsFile(
                reference: PlaybookReference(name: name, digest: Digest.of(self.source.text)), policies: policies,
                source: self.source, isComplete: policies.count == fields.node("policies")?.entryCount)
        }
    }

    private var approvalPolicy: YAMLShape<ApprovalPolicy> {
        .record("approval policy") { fields in
            let require = fields.required("require", self.requirements)
            let expires = fields.required("expires", .duration)
            let onExpiry = fields.required("on_expiry", self.onExpiry)
            self.use(.approvalNotify, "notify", in: fields)
            let notify = fields.optional("notify", self.distinct(self.word, mayBeEmpty: true)) ?? []
            for name in notify { self.checkNotifier(name) }
            guard let require, let expires, let onExpiry else { return nil }
            return ApprovalPolicy(
                name: "", require: require, expires: expires, onExpiry: onExpiry, notify: notify.map(\.value),
                location: fields.location, askLocation: fields.node("on_expiry")?["ask"]?.location)
        }
    }

    private var requirements: YAMLShape<[ApprovalPolicy.Requirement]> {
        let entry = YAMLShape<ApprovalPolicy.Requirement>.record("requirement") { fields in
            let role = fields.required("role", self.word)
            let count = fields.required("count", .integer(1...100))
            guard let role, let count else { return nil }
            return ApprovalPolicy.Requirement(role: role, count: count)
        }
        return YAMLShape<[YAMLLocated<ApprovalPolicy.Requirement>]>.list(of: entry.located).map { entries, node, _ in
            if node.isEmptyCollection {
                self.report(
                    .emptyList, "'require' is empty: nobody would be asked", at: node.location,
                    hint: "name at least one role")
                return nil
            }
            var seen: Set<String> = []
            for entry in entries where !seen.insert(entry.value.role).inserted {
                self.report(
                    .repeatedValue, "the role '\(entry.value.role)' is required twice", at: entry.location,
                    hint: "write it once with a higher count")
            }
            return entries.map(\.value)
        }
    }

    /// `deny`, or `{ ask: POLICY }`.
    private var onExpiry: YAMLShape<ApprovalPolicy.OnExpiry> {
        YAMLShape { node, reader in
            if case .mapping = node.kind {
                return reader.record(node, "on_expiry") { fields in
                    self.use(.ask, "ask", in: fields)
                    return fields.required("ask", self.word).map { .ask($0) }
                }
            }
            return reader.read(node, YAMLShape<String>.word(["deny"])).map { _ in .deny }
        }
    }

    func checkNotifier(_ name: YAMLLocated<String>) {
        guard let known = environment.notifiers else {
            report(
                .unknownNotifier, "whether the notifier '\(name.value)' is configured is not known here",
                at: name.location, severity: .warning)
            return
        }
        guard !known.contains(where: { $0.utf8.elementsEqual(name.value.utf8) }) else { return }
        report(
            .unknownNotifier, "no notifier '\(name.value)' is configured", at: name.location,
            hint: closestMatch(to: name.value, among: known).map { "did you mean '\($0)'?" })
    }
}

extension YAMLNode {
    /// Of a mapping.
    fileprivate var entryCount: Int? {
        guard case .mapping(let entries) = kind else { return nil }
        return entries.count
    }
}
