import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

/// Puts a loaded library in force: `activate: on_load`, for teams whose review is in Git.
package struct PlaybookActivation: Sendable {
    private let store: any Store
    private let surroundings: Surroundings

    package init(store: any Store, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    /// Activates every playbook of `library` with one mode and takes out of force what is no longer there. What changed is
    /// one commit, each change an entry; loading the same files again records nothing.
    ///
    /// - Parameter sources: The files' bytes by digest, kept as documents, so that every plan can be explained later.
    package func activateOnLoad(
        _ library: PlaybookLibrary, mode: ActivationMode, sources: [Digest: [UInt8]], into active: ActivePlaybooks
    ) async throws(StoreError) {
        for _ in 0..<8 {
            if try await record(library, mode: mode, sources: sources) {
                let names = library.playbooks.map(\.name)
                active.replace(
                    with: ActivePlaybooks.Generation(
                        library: library,
                        modes: Dictionary(names.map { ($0, mode) }, uniquingKeysWith: { first, _ in first }),
                        activators: Dictionary(names.map { ($0, "system") }, uniquingKeysWith: { first, _ in first })))
                return
            }
        }
        throw StoreError(.other, "activations changed too often while they were loaded")
    }

    private func record(
        _ library: PlaybookLibrary, mode: ActivationMode, sources: [Digest: [UInt8]]
    ) async throws(StoreError) -> Bool {
        let now = surroundings.now()
        let stored = try await store.activations()
        var order = WorkOrder(now: now, askSettle: .zero)
        var wanted: [(PlaybookReference, Activation.Kind, ActivationMode?)] = []
        wanted += library.playbooks.map { ($0.reference, .playbook, mode) }
        wanted += library.policies.map { ($0.reference, .policy, nil) }
        wanted += library.approvalFiles.map { ($0, .approvals, nil) }
        for (reference, kind, mode) in wanted {
            let before = stored.first { $0.name == reference.name }
            if let before, before.isActive, before.digest == reference.digest, before.mode == mode, before.kind == kind
            {
                continue
            }
            var activation = Activation(
                name: reference.name, kind: kind, digest: reference.digest, mode: mode, at: now, by: "system")
            activation.version = before?.version ?? 0
            if let bytes = sources[reference.digest] {
                order.puts.append(.document(StoredDocument(kind: .playbook, bytes: bytes)))
            }
            order.puts.append(.activation(activation))
            order.record(PlaybookActivation.entry("playbook.activated", activation, was: before))
        }
        for before in stored where before.isActive && !wanted.contains(where: { $0.0.name == before.name }) {
            var gone = before
            gone.isActive = false
            gone.at = now
            gone.by = "system"
            order.puts.append(.activation(gone))
            order.record(PlaybookActivation.entry("playbook.deactivated", gone, was: before))
        }
        guard let commit = order.commit(randomBytes: surroundings.randomBytes) else { return true }
        if case .committed = try await store.commit(commit) { return true }
        return false
    }

    private static func entry(_ kind: String, _ activation: Activation, was: Activation?) -> EntryDraft {
        var fields: JSONObject = [
            "name": .string(activation.name), "kind": .string(activation.kind.rawValue),
            "digest": .string(activation.digest.hex),
        ]
        if let mode = activation.mode { fields["mode"] = .string(mode.rawValue) }
        if let was { fields["was"] = .string(was.digest.hex) }
        return EntryDraft(kind, at: activation.at, actor: activation.by, fields)
    }
}
