import BailiffCore
import BailiffDiagnostics
package import BailiffEngine
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

/// Keeps what is in force: reads the folder and the store, compares, and puts one document in force at a time.
///
/// What is in force stands in the store, document and all: the folder may change, break or vanish without any effect until
/// somebody activates what lies in it.
package struct PlaybookDesk: Sendable {
    /// Who puts things in force.
    package enum Way: Sendable, Hashable {
        case manual
        /// The server does when it starts; nobody else may.
        case onLoad
    }

    let store: any Store
    private let active: ActivePlaybooks
    let surroundings: Surroundings
    package let way: Way
    private let notifiers: [String]
    private let carriedOut: EngineCapabilities
    private let readFolder: @Sendable () throws(PlaybookFilesError) -> PlaybookFiles
    private let turnstile = Turnstile()

    /// - Parameters:
    ///   - notifiers: Names that the files may notify.
    ///   - readFolder: Called for every look: the folder as it is then.
    package init(
        store: any Store, active: ActivePlaybooks, surroundings: Surroundings, way: Way, notifiers: [String],
        carriedOut: EngineCapabilities,
        readFolder: @escaping @Sendable () throws(PlaybookFilesError) -> PlaybookFiles
    ) {
        self.store = store
        self.active = active
        self.surroundings = surroundings
        self.way = way
        self.notifiers = notifiers
        self.carriedOut = carriedOut
        self.readFolder = readFolder
    }

    // MARK: What there is

    /// A document of the folder.
    struct Loaded: Sendable {
        var reference: PlaybookReference
        var kind: Activation.Kind
        var source: SourceText
    }

    /// What lies in the folder, by name, and what is wrong there; with errors nothing of it counts as loaded.
    struct Folder: Sendable {
        var documents: [Loaded] = []
        var library: PlaybookLibrary?
        var report = DiagnosticReport([])

        func document(_ name: String) -> Loaded? {
            documents.first { $0.reference.name.utf8.elementsEqual(name.utf8) }
        }
    }

    /// - Throws: `PlaybookFilesError` where the folder itself cannot be read.
    func folder() throws(PlaybookFilesError) -> Folder {
        let files = try readFolder()
        let (library, report) = PlaybookLibrary.load(files.sources, environment: environment(.check))
        let all = DiagnosticReport(files.problems + report.diagnostics)
        guard files.problems.isEmpty, let library else { return Folder(report: all) }
        return Folder(documents: PlaybookDesk.documents(of: library, files.sources), library: library, report: all)
    }

    private static func documents(of library: PlaybookLibrary, _ sources: [SourceText]) -> [Loaded] {
        let texts = Dictionary(sources.map { (Digest.of($0.text), $0) }, uniquingKeysWith: { first, _ in first })
        var references: [(PlaybookReference, Activation.Kind)] = []
        references += library.playbooks.map { ($0.reference, .playbook) }
        references += library.policies.map { ($0.reference, .policy) }
        references += library.approvalFiles.map { ($0, .approvals) }
        return references.compactMap { reference, kind in
            texts[reference.digest].map { Loaded(reference: reference, kind: kind, source: $0) }
        }
    }

    func environment(_ purpose: CheckEnvironment.Purpose) -> CheckEnvironment {
        CheckEnvironment(
            notifiers: notifiers, now: surroundings.now(), carriedOut: carriedOut, purpose: purpose)
    }

    /// The text of what is in force. Nil where its document is gone.
    func source(of activation: Activation) async throws(StoreError) -> SourceText? {
        guard let document = try await store.document(activation.digest), document.kind == .playbook,
            let text = String(validating: document.bytes, as: UTF8.self)
        else { return nil }
        return SourceText(file: "\(activation.name).yaml", text: text)
    }

    // MARK: What is in force

    var current: ActivePlaybooks.Generation? { active.current }

    /// Everything in force as the store has it, read again and checked as one set.
    ///
    /// - Throws: `PlaybookFilesError` where a document is gone or the set does not fit together any more: then nothing is
    ///   put in force.
    package func restore() async throws {
        try await turnstile.pass { try await replaceActive() }
    }

    private func replaceActive() async throws {
        let activations = try await store.activations().filter(\.isActive)
        guard !activations.isEmpty else { return }
        var sources: [SourceText] = []
        for activation in activations {
            guard let source = try await source(of: activation) else {
                throw PlaybookFilesError(
                    "the document of \(activation.name), which is in force, is not in the database (\(activation.digest.short))"
                )
            }
            sources.append(source)
        }
        let (library, report) = PlaybookLibrary.load(sources, environment: environment(.activation))
        guard let library else {
            throw PlaybookFilesError(
                "what is in force does not fit together under this version", report: report, sources: sources)
        }
        active.replace(with: PlaybookDesk.generation(library, activations))
    }

    private static func generation(
        _ library: PlaybookLibrary, _ activations: [Activation]
    ) -> ActivePlaybooks.Generation {
        var modes: [String: ActivationMode] = [:]
        var activators: [String: String] = [:]
        for activation in activations where activation.kind == .playbook {
            modes[activation.name] = activation.mode ?? .hold
            activators[activation.name] = activation.by
        }
        return ActivePlaybooks.Generation(library: library, modes: modes, activators: activators)
    }

    // MARK: Changing it

    /// Why something is not put in force.
    enum Refusal: Error, Sendable {
        case onLoad
        case notInFolder(DiagnosticReport)
        case notInForce
        case folder(PlaybookFilesError)
        /// The folder holds another document by now; this is its digest.
        case otherDigest(Digest)
        /// The set that would be in force has errors.
        case diagnostics(DiagnosticReport)
        case changedMeanwhile
        case store(StoreError)
    }

    /// What is wanted of one document.
    struct Order: Sendable {
        var name: String
        /// What was looked at.
        var digest: Digest
        /// Nil takes it out of force. Counts for playbooks only.
        var mode: ActivationMode?
        var takesOut = false
        var person: String
        var reason: String
    }

    /// Puts a document of the folder in force, or takes one out, in one commit with its entry. Asking for what is so
    /// already changes nothing and records nothing.
    func carryOut(_ order: Order) async throws(Refusal) -> Activation {
        guard way == .manual else { throw .onLoad }
        return try await turnstile.pass { () async throws(Refusal) -> Activation in
            let result: Result<Activation, Refusal>
            do throws(StoreError) {
                let stored = try await store.activations()
                let before = stored.first { $0.name.utf8.elementsEqual(order.name.utf8) }
                result = try await change(order, stored, before)
            } catch {
                throw Refusal.store(error)
            }
            return try result.get()
        }
    }

    private func change(
        _ order: Order, _ stored: [Activation], _ before: Activation?
    ) async throws(StoreError) -> Result<Activation, Refusal> {
        let document: Loaded?
        do throws(Refusal) {
            document = order.takesOut ? nil : try wanted(order)
        } catch {
            return .failure(error)
        }
        let others = stored.filter { $0.isActive && !$0.name.utf8.elementsEqual(order.name.utf8) }
        var sources: [SourceText] = []
        for other in others {
            guard let source = try await source(of: other) else {
                throw StoreError(.corrupt, "the document of \(other.name) is missing")
            }
            sources.append(source)
        }
        let now = surroundings.now()
        var changed: Activation
        if let document {
            sources.append(document.source)
            changed = Activation(
                name: document.reference.name, kind: document.kind, digest: document.reference.digest,
                mode: document.kind == .playbook ? order.mode ?? .hold : nil, at: now, by: order.person)
            changed.version = before?.version ?? 0
            if let before, before.isActive, before.digest == changed.digest, before.mode == changed.mode {
                return .success(before)
            }
        } else {
            guard let before, before.isActive else { return .failure(.notInForce) }
            guard before.digest == order.digest else { return .failure(.otherDigest(before.digest)) }
            changed = before
            changed.isActive = false
            changed.at = now
            changed.by = order.person
        }
        let (library, report) = PlaybookLibrary.load(sources, environment: environment(.activation))
        guard let library else { return .failure(.diagnostics(report)) }
        let effect = try await effect(of: document, before)
        return try await commit(changed, document, before, order, effect: effect, library, others)
    }

    private func wanted(_ order: Order) throws(Refusal) -> Loaded {
        let folder: Folder
        do throws(PlaybookFilesError) { folder = try self.folder() } catch { throw .folder(error) }
        guard let document = folder.document(order.name) else { throw .notInFolder(folder.report) }
        guard document.reference.digest == order.digest else { throw .otherDigest(document.reference.digest) }
        return document
    }

    private func commit(
        _ changed: Activation, _ document: Loaded?, _ before: Activation?, _ order: Order, effect: String?,
        _ library: PlaybookLibrary, _ others: [Activation]
    ) async throws(StoreError) -> Result<Activation, Refusal> {
        var fields: JSONObject = [
            "name": .string(changed.name), "kind": .string(changed.kind.rawValue),
            "digest": .string(changed.digest.hex),
        ]
        if let mode = changed.mode { fields["mode"] = .string(mode.rawValue) }
        if let before, before.isActive {
            fields["was"] = .string(before.digest.hex)
            if let mode = before.mode { fields["was_mode"] = .string(mode.rawValue) }
        }
        if let effect { fields["change"] = .string(effect) }
        let draft = EntryDraft(
            changed.isActive ? "playbook.activated" : "playbook.deactivated", at: changed.at,
            actor: "operator:\(order.person)", fields, erasable: [EntryDraft.Erasable("reason", order.reason)])
        var puts: [Record] = [.activation(changed)]
        if let document {
            puts.insert(.document(StoredDocument(kind: .playbook, bytes: Array(document.source.text.utf8))), at: 0)
        }
        let commit = Commit(entries: NonEmpty(draft.built(randomBytes: surroundings.randomBytes)), puts: puts)
        guard case .committed = try await store.commit(commit) else { return .failure(.changedMeanwhile) }
        active.replace(with: PlaybookDesk.generation(library, others + (changed.isActive ? [changed] : [])))
        return .success(changed)
    }

    // MARK: Comparing

    /// What a document of the folder changes about what is in force. Nil where there is nothing to compare with.
    func changes(from before: Activation?, to document: Loaded) async throws(StoreError) -> [PlaybookChange]? {
        guard let before, before.isActive, let old = try await source(of: before) else { return nil }
        let changes = PlaybookDiff.changes(from: old, to: document.source, environment: environment(.check))
        return try? changes.get()
    }

    private func effect(of document: Loaded?, _ before: Activation?) async throws(StoreError) -> String? {
        guard let document else { return nil }
        return try await changes(from: before, to: document).map { $0.worst.rawValue }
    }
}
