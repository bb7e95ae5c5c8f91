package import BailiffCore
package import BailiffModel
package import BailiffStore

/// Halts and resumes all sends of the tenant.
package struct ControlService: Sendable {
    private let store: any Store
    private let surroundings: Surroundings

    package init(store: any Store, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    /// Stops every send that has not begun, on all nodes, until ``resume(by:reason:)``. Survives a restart. Doing it twice
    /// changes nothing.
    package func halt(_ extent: Control.Halt, by person: String, reason: String) async throws(StoreError) -> Control {
        try await change { control, now in control.halt(extent, by: person, reason: reason, at: now) }
    }

    package func resume(by person: String, reason: String) async throws(StoreError) -> Control {
        try await change { control, now in control.resume(by: person, reason: reason, at: now) }
    }

    private func change(
        _ event: (inout Control, Timestamp) -> [EntryDraft]
    ) async throws(StoreError) -> Control {
        for _ in 0..<32 {
            var control = try await store.control()
            var order = WorkOrder(now: surroundings.now(), askSettle: .zero)
            order.record(event(&control, order.now))
            order.puts = [.control(control)]
            guard let commit = order.commit(randomBytes: surroundings.randomBytes) else { return control }
            if case .committed = try await store.commit(commit) { return try await store.control() }
        }
        throw StoreError(.other, "the halt switch changed too often")
    }
}
