package import BailiffCore
package import BailiffModel
import BailiffPlaybook
package import BailiffStore

package enum OperatorError: Error, Sendable {
    case invalidName(String)
    case unknownRole(String, known: [String])
    case noRoles
    case exists(String)
    case unknown(String)
    case store(StoreError)
}

extension OperatorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidName: "a name has 1 to 64 lower-case letters, digits, '.', '-', '_' or '@', and is not 'system'"
        case .unknownRole(let role, let known): "unknown role '\(role)'; known are \(known.joined(separator: ", "))"
        case .noRoles: "at least one role is needed"
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
        let named = playbooks.current?.library.approvals.values.flatMap { $0.require.map(\.role) } ?? []
        return Operator.builtInRoles + Set(named).subtracting(Operator.builtInRoles).sorted()
    }

    /// Makes an operator. The token is shown this once: only its SHA-256 is kept.
    package func add(
        name: String, roles: [String], isService: Bool, by author: String
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
            let person = Operator(
                id: id, name: name, roles: Array(Set(roles)).sorted(), isService: isService,
                tokenDigest: Digest.of(text), tokenPrefix: String(text.prefix(10)), createdAt: now)
            var order = WorkOrder(now: now, askSettle: .zero)
            order.record(
                EntryDraft(
                    "operator.added", at: now, actor: "operator:\(author)",
                    [
                        "operator": .int(id.value), "roles": .array(person.roles.map { .string($0) }),
                        "token_prefix": .string(person.tokenPrefix), "service": .bool(isService),
                    ], erasable: [EntryDraft.Erasable("name", name)]))
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

    /// Nil for an unknown or revoked token. The look-up is by digest, so its time says nothing about near misses.
    package func authenticate(_ token: String) async throws(StoreError) -> Operator? {
        guard token.utf8.count <= 256, let person = try await store.person(withToken: Digest.of(token)) else {
            return nil
        }
        return person.isActive ? person : nil
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
