package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

package enum OperatorError: Error, Sendable {
    case invalidName(String)
    case unknownRole(String, known: [String])
    case noRoles
    /// The end lies in the past.
    case expired
    case exists(String)
    case unknown(String)
    case store(StoreError)
}

extension OperatorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidName:
            "a name has 1 to 64 lower-case letters, digits, '.', '-', '_' or '@', and is not 'system', 'local' or 'nobody'"
        case .unknownRole(let role, let known): "unknown role '\(role)'; known are \(known.joined(separator: ", "))"
        case .noRoles: "at least one role is needed"
        case .expired: "the token would have expired already"
        case .exists(let name): "an operator named '\(name)' exists already"
        case .unknown(let name): "there is no operator named '\(name)'"
        case .store(let error): error.description
        }
    }
}

/// Keeps operators and knows them by their tokens.
package struct OperatorService: Sendable {
    private let store: any Store
    private let surroundings: Surroundings
    private let playbooks: ActivePlaybooks

    package init(store: any Store, surroundings: Surroundings, playbooks: ActivePlaybooks) {
        self.store = store
        self.surroundings = surroundings
        self.playbooks = playbooks
    }

    /// Built-in roles and those that an approval policy in force names.
    package var knownRoles: [String] {
        let named = approvalPolicies.flatMap { $0.require.map(\.role) }
        return Operator.builtInRoles + Set(named).subtracting(Operator.builtInRoles).sorted()
    }

    /// The approval policies in force, by name.
    package var approvalPolicies: [ApprovalPolicy] {
        (playbooks.current?.library.approvals ?? [:]).values.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
    }

    /// Makes an operator. The token is shown this once: only its SHA-256 is kept.
    ///
    /// - Parameters:
    ///   - expiresAt: From then on the token counts no more.
    ///   - scopes: Names of permissions the token is limited to; the caller has checked that they exist.
    package func add(
        name: String, roles: [String], isService: Bool, expiresAt: Timestamp? = nil, scopes: [String]? = nil,
        by author: String
    ) async throws(OperatorError) -> (operator: Operator, token: Secret) {
        guard Operator.isValidName(name) else { throw .invalidName(name) }
        guard !roles.isEmpty else { throw .noRoles }
        let known = knownRoles
        for role in roles where !known.contains(role) { throw .unknownRole(role, known: known) }
        do {
            guard try await store.person(named: name) == nil else { throw OperatorError.exists(name) }
            guard let id = try await store.reserveIDs(Operator.self, count: 1).first else {
                throw StoreError(.other, "no id to be had")
            }
            let text = "blf_" + Hex.encode(surroundings.randomBytes(32))
            let now = surroundings.now()
            if let expiresAt, expiresAt <= now { throw OperatorError.expired }
            let person = Operator(
                id: id, name: name, roles: Array(Set(roles)).sorted(), isService: isService,
                tokenDigest: Digest.of(text), tokenPrefix: String(text.prefix(10)), createdAt: now,
                expiresAt: expiresAt, scopes: scopes.map { Array(Set($0)).sorted() })
            var order = WorkOrder(now: now, askSettle: .zero)
            order.record(OperatorService.added(person, by: author))
            order.puts = [.person(person)]
            guard let commit = order.commit(randomBytes: surroundings.randomBytes) else {
                throw StoreError(.other, "nothing to record")
            }
            guard case .committed = try await store.commit(commit) else { throw OperatorError.exists(name) }
            return (person, Secret(text))
        } catch let error as OperatorError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the operator could not be stored", underlying: error))
        }
    }

    private static func added(_ person: Operator, by author: String) -> EntryDraft {
        var fields: JSONObject = [
            "operator": .int(person.id.value), "roles": .array(person.roles.map { .string($0) }),
            "token_prefix": .string(person.tokenPrefix), "service": .bool(person.isService),
        ]
        if let end = person.expiresAt { fields["expires_at"] = .string(end.rfc3339) }
        if let scopes = person.scopes { fields["scopes"] = .array(scopes.map { .string($0) }) }
        return EntryDraft(
            "operator.added", at: person.createdAt, actor: "operator:\(author)", fields,
            erasable: [EntryDraft.Erasable("name", person.name)])
    }

    /// What a token says about whoever shows it.
    package enum Recognition: Sendable {
        case valid(Operator)
        case unknown
        case revoked(Timestamp)
        case expired(Timestamp)
    }

    /// The look-up is by digest, so its time says nothing about near misses. The use of a valid token is noted, at most once
    /// a minute; that it could not be noted refuses nobody.
    package func recognise(_ token: String) async throws(StoreError) -> Recognition {
        guard token.utf8.count <= 256, let person = try await store.person(withToken: Digest.of(token)) else {
            return .unknown
        }
        if let revoked = person.revokedAt { return .revoked(revoked) }
        let now = surroundings.now()
        if let end = person.expiresAt, now >= end { return .expired(end) }
        if person.lastUsedAt.map({ now - $0 >= .seconds(60) }) ?? true {
            try? await store.noteTokenUse(of: person.id, at: now)
        }
        return .valid(person)
    }

    /// Nil for an unknown, revoked or expired token.
    package func authenticate(_ token: String) async throws(StoreError) -> Operator? {
        if case .valid(let person) = try await recognise(token) { return person }
        return nil
    }

    /// Makes the token worthless from now on. A second call changes nothing.
    package func revoke(name: String, by author: String) async throws(OperatorError) -> Operator {
        do {
            for _ in 0..<8 {
                guard var person = try await store.person(named: name) else { throw OperatorError.unknown(name) }
                guard person.isActive else { return person }
                let now = surroundings.now()
                person.revokedAt = now
                var order = WorkOrder(now: now, askSettle: .zero)
                order.record(
                    EntryDraft(
                        "operator.revoked", at: now, actor: "operator:\(author)",
                        ["operator": .int(person.id.value), "token_prefix": .string(person.tokenPrefix)],
                        erasable: [EntryDraft.Erasable("name", name)]))
                order.puts = [.person(person)]
                guard let commit = order.commit(randomBytes: surroundings.randomBytes) else { return person }
                if case .committed = try await store.commit(commit) { return person }
            }
            throw StoreError(.other, "the operator changed too often")
        } catch let error as OperatorError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(StoreError(.other, "the operator could not be changed", underlying: error))
        }
    }
}
