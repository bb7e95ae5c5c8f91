package import BailiffCore
package import BailiffModel
package import BailiffStore

/// Shows and resets the tenant-wide breaker.
package struct BreakerService: Sendable {
    private let store: any Store
    private let surroundings: Surroundings

    package init(store: any Store, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    /// Closes the breaker and forgets the evidence so far; what waited only for it goes on. Resetting a closed one forgets the
    /// evidence, too.
    package func reset(by person: String, reason: String) async throws(StoreError) -> Breaker {
        for _ in 0..<32 {
            var breaker = try await store.breaker()
            var order = WorkOrder(now: surroundings.now(), askSettle: .zero)
            order.record(breaker.reset(by: person, reason: reason, at: order.now))
            order.puts = [.breaker(breaker)]
            order.jobs = [.upsert(JobKey(.breaker, 0), due: order.now)]
            guard let commit = order.commit(randomBytes: surroundings.randomBytes) else { return breaker }
            if case .committed = try await store.commit(commit) { return try await store.breaker() }
        }
        throw StoreError(.other, "the breaker changed too often")
    }
}
