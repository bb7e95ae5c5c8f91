package import BailiffDiagnostics
import BailiffModel
import BailiffYAML

/// Reads all files of a set, then checks what needs more than one of them.
struct LibraryLoader {
    private let environment: CheckEnvironment
    private var diagnostics: [Diagnostic] = []
    private var playbooks: [Playbook] = []
    private var policies: [Policy] = []
    private var approvals: [ApprovalsFile] = []
    /// Names of files that could not be read: whoever refers to them has done nothing wrong.
    private var broken: Set<String> = []
    /// Names of policies with mistakes: what they lack may be what could not be read.
    private var faulty: Set<String> = []
    private var approvalsAreComplete = true

    enum Kind: String, CaseIterable {
        case playbook = "playbook/v1"
        case policy = "policy/v1"
        case approvals = "approvals/v1"
    }

    init(environment: CheckEnvironment) { self.environment = environment }

    mutating func load(_ files: [SourceText]) -> (library: PlaybookLibrary?, report: DiagnosticReport) {
        var documents: [(kind: Kind, source: SourceText, node: YAMLNode)] = []
        for file in files.sorted(by: { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }) {
            if let document = open(file) { documents.append((document.kind, file, document.node)) }
        }
        // Conditions know the roles, so policies come first.
        let allRoles = documents.filter { $0.kind == .policy }.flatMap { Self.roles(in: $0.node) }
        for document in documents where document.kind == .policy {
            let count = diagnostics.count { $0.severity == .error }
            let policy = read(document.source, document.node, roles: allRoles) { $0.policy($1) }
            guard let policy else { continue }
            policies.append(policy)
            if diagnostics.count(where: { $0.severity == .error }) > count { faulty.insert(policy.name) }
        }
        for document in documents where document.kind == .approvals {
            let file = read(document.source, document.node, roles: []) { $0.approvals($1) }
            if let file { approvals.append(file) }
            if file?.isComplete != true { approvalsAreComplete = false }
        }
        for document in documents where document.kind == .playbook {
            let used = Self.names(in: document.node["guards"]?["use"])
            let policies = documents.filter { $0.kind == .policy && used.contains($0.node["name"]?.text ?? "") }
            // A policy that is missing or does not read may have any role: that it is missing is told by itself.
            let names = policies.compactMap { $0.node["name"]?.text }
            let isKnown = !used.isEmpty && used.allSatisfy { names.contains($0) && !faulty.contains($0) }
            let roles = isKnown ? policies.flatMap { Self.roles(in: $0.node) } : nil
            read(document.source, document.node, roles: roles) { $0.playbook($1) }.map { playbooks.append($0) }
        }
        var checker = SetChecker(
            playbooks: playbooks, policies: policies, approvals: approvals, environment: environment, broken: broken,
            faulty: faulty, approvalsAreComplete: approvalsAreComplete)
        diagnostics += checker.check()
        let report = DiagnosticReport(diagnostics)
        let hasErrors = diagnostics.contains { $0.severity == .error }
        return (hasErrors ? nil : library(), report)
    }

    private func library() -> PlaybookLibrary {
        var named: [String: ApprovalPolicy] = [:]
        for policy in approvals.flatMap(\.policies) { named[policy.name] = policy }
        return PlaybookLibrary(
            playbooks: playbooks.sorted { $0.name < $1.name }, policies: policies.sorted { $0.name < $1.name },
            approvals: named, approvalFiles: approvals.map(\.reference).sorted { $0.name < $1.name })
    }

    // MARK: One file

    private mutating func open(_ file: SourceText) -> (kind: Kind, node: YAMLNode)? {
        let place = SourceLocation(file: file.file, line: 1, column: 1)
        if !file.file.hasSuffix(".yaml"), !file.file.hasSuffix(".yml") {
            report(.fileName, "the file's name ends neither in .yaml nor in .yml", at: place)
        }
        let node: YAMLNode
        switch StrictYAML.parse(file) {
        case .failure(let error):
            diagnostics += error.diagnostics
            approvalsAreComplete = false
            broken.insert("*")
            return nil
        case .success(let root): node = root
        }
        guard case .mapping = node.kind else {
            report(
                .documentKind, "a playbook, policy or approvals file is a mapping, not \(node.kindName)",
                at: node.location)
            return nil
        }
        guard let marker = node["bailiff"] else {
            report(
                .documentKind, "the key 'bailiff' is missing: it says what the file is", at: node.location,
                hint: "start with 'bailiff: playbook/v1', 'bailiff: policy/v1' or 'bailiff: approvals/v1'")
            approvalsAreComplete = false
            broken.insert("*")
            return nil
        }
        guard let kind = Kind(rawValue: marker.text ?? "") else {
            let typed = (marker.text ?? "").escapedForDisplay(limit: 40)
            report(
                .documentKind, "'\(typed)' is no kind of file Bailiff knows", at: marker.location,
                hint: closestMatch(to: typed, among: Kind.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" })
            approvalsAreComplete = false
            broken.insert("*")
            return nil
        }
        return (kind, node)
    }

    private mutating func read<Value>(
        _ source: SourceText, _ node: YAMLNode, roles: [String]?, _ body: (FileReader, YAMLNode) -> Value?
    ) -> Value? {
        let reader = FileReader(source, environment: environment, roles: roles)
        let value = body(reader, node)
        diagnostics += reader.yaml.diagnostics
        if value == nil { broken.insert(node["name"]?.text ?? "*") }
        return value
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, hint: String? = nil
    ) {
        diagnostics.append(Diagnostic(code.severity, code: code.rawValue, message, at: location, hint: hint))
    }

    // MARK: A first look

    private static func roles(in policy: YAMLNode) -> [String] {
        guard case .mapping(let entries)? = policy["roles"]?.kind else { return [] }
        return entries.map(\.name)
    }

    private static func names(in list: YAMLNode?) -> [String] {
        guard case .sequence(let nodes)? = list?.kind else { return [] }
        return nodes.compactMap(\.text)
    }
}

extension PlaybookLibrary {
    /// The keys that reading this file asks for, by record: for comparing the reference with the code.
    package static func keysAsked(by source: SourceText) -> [String: Set<String>] {
        guard case .success(let node) = StrictYAML.parse(source) else { return [:] }
        let environment = CheckEnvironment(notifiers: nil, now: .epoch, carriedOut: .complete, purpose: .check)
        let reader = FileReader(source, environment: environment, roles: nil)
        switch LibraryLoader.Kind(rawValue: node["bailiff"]?.text ?? "") {
        case .playbook?: _ = reader.playbook(node)
        case .policy?: _ = reader.policy(node)
        case .approvals?: _ = reader.approvals(node)
        case nil: return [:]
        }
        return reader.yaml.knownKeys
    }
}
