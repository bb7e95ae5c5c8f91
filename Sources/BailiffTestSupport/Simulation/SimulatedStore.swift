package import BailiffCore
package import BailiffModel
package import BailiffStore

/// A store in memory for simulations and for tests of what stands above a store.
///
/// It keeps to the same conformance suite as the database does. Every call passes the gate: one that reads with `NAME.read`,
/// one that changes something with `NAME.before` and `NAME.after`, NAME being that of the method. A gate that waits lets a
/// simulator interleave workers; one that throws before stops the call; one that throws after hides from the caller that
/// the change happened.
package final class SimulatedStore: Store {
    package typealias Gate = @Sendable (_ point: String) async throws(StoreError) -> Void

    private struct State {
        var database: SimulatedDatabase
        var gate: Gate?
        var handler: (@Sendable (Set<Lane>) -> Void)?
        var tamper: (@Sendable (Commit) -> Commit)?
        var isClosed = false
    }

    private let state: Locked<State>

    /// - Parameter database: What an earlier store held when it crashed.
    package init(_ database: SimulatedDatabase = SimulatedDatabase(), gate: Gate? = nil) {
        state = Locked(State(database: database, gate: gate))
    }

    /// What would survive a crash now: everything that was committed.
    package func snapshot() -> SimulatedDatabase { state.withLock { $0.database } }

    /// A store of its own over what is committed now. This one is closed, as in a process that died.
    package func crash(gate: Gate? = nil) -> SimulatedStore {
        let database = state.withLock { state in
            state.isClosed = true
            return state.database
        }
        return SimulatedStore(database, gate: gate)
    }

    /// Changes every commit before it is made: for showing that a store that checks less is found out.
    package func setTamper(_ tamper: (@Sendable (Commit) -> Commit)?) { state.withLock { $0.tamper = tamper } }

    package func setGate(_ gate: Gate?) { state.withLock { $0.gate = gate } }

    // MARK: - Calls

    func read<Value: Sendable>(
        _ name: String, _ body: (SimulatedDatabase) -> Value
    ) async throws(StoreError) -> Value {
        try await pass(name, "read")
        return try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw StoreError(.closed, "the store is closed") }
            return body(state.database)
        }
    }

    func change<Value: Sendable>(
        _ name: String, _ body: (inout SimulatedDatabase) -> Value
    ) async throws(StoreError) -> Value {
        try await pass(name, "before")
        let (value, handler, lanes) = try state.withLock { state throws(StoreError) in
            guard !state.isClosed else { throw StoreError(.closed, "the store is closed") }
            state.database.touchedLanes = []
            let value = body(&state.database)
            return (value, state.handler, state.database.touchedLanes)
        }
        if !lanes.isEmpty { handler?(lanes) }
        try await pass(name, "after")
        return value
    }

    private func pass(_ name: String, _ side: String) async throws(StoreError) {
        guard let gate = state.withLock({ $0.gate }) else { return }
        try await gate("\(name).\(side)")
    }

    // MARK: - Store

    package func commit(_ commit: Commit) async throws(StoreError) -> CommitOutcome {
        let tamper = state.withLock { $0.tamper }
        let commit = tamper?(commit) ?? commit
        return try await change("commit") { $0.commit(commit) }
    }

    package func ingest(_ deliveries: [PreparedDelivery]) async throws(StoreError) -> [DeliveryReceipt] {
        try await change("ingest") { $0.ingest(deliveries) }
    }

    package func claim(
        _ lane: Lane, limit: Int, now: Timestamp, lease: Duration, node: NodeID
    ) async throws(StoreError) -> [JobLease] {
        try await change("claim") { database in
            database.changeJobs { $0.claim(lane, limit: limit, now: now, lease: lease) }
        }
    }

    package func settle(_ changes: [JobChange]) async throws(StoreError) {
        try await change("settle") { database in
            database.changeJobs { database in for change in changes { database.apply(change) } }
        }
    }

    package func nextDue(_ lane: Lane) async throws(StoreError) -> Timestamp? {
        try await read("nextDue") { $0.nextDue(lane) }
    }

    package func reserveIDs<Subject>(
        _ subject: Subject.Type, count: Int
    ) async throws(StoreError) -> [RowID<Subject>] {
        try await change("reserveIDs") { database in
            guard count > 0 else { return [] }
            let first = database.changeJobs { $0.next(SimulatedDatabase.series(of: subject), count: Int64(count)) }
            return (first..<(first + Int64(count))).map { RowID($0) }
        }
    }

    package func noteTokenUse(of id: OperatorID, at time: Timestamp) async throws(StoreError) {
        try await change("noteTokenUse") { database in
            database.change { database in
                guard var person = database.operators[id] else { return }
                person.lastUsedAt = max(time, person.lastUsedAt ?? time)
                database.operators[id] = person
            }
        }
    }

    package func prune(before horizon: Timestamp, now: Timestamp) async throws(StoreError) -> Int {
        try await change("prune") { $0.prune(before: min(horizon, now - Retention.shortest)) }
    }

    /// Memory has no room to save.
    package func compressBodies(before horizon: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await read("compressBodies") { _ in 0 }
    }

    package func onJobs(_ handler: @escaping @Sendable (Set<Lane>) -> Void) { state.withLock { $0.handler = handler } }

    package func close() async { state.withLock { $0.isClosed = true } }
}
