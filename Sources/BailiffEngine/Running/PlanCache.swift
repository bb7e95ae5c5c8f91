import BailiffModel
import BailiffPlaybook
import BailiffStore

/// Decoded plans and facts by digest. They never change, so a few recent ones are kept.
final class PlanCache: Sendable {
    private struct State: Sendable {
        var plans: [Digest: Plan] = [:]
        var inputs: [Digest: PlanInput] = [:]
        var order: [Digest] = []
    }

    private let state = Locked(State())
    private let capacity: Int

    init(capacity: Int = 64) { self.capacity = capacity }

    /// - Throws: `StoreError` with `.corrupt` where the document is missing or does not decode.
    func plan(_ digest: Digest, in store: any Store) async throws -> Plan {
        if let held = state.withLock({ $0.plans[digest] }) { return held }
        let plan = try await decode(Plan.self, digest, in: store)
        remember(digest) { $0.plans[digest] = plan }
        return plan
    }

    func input(_ digest: Digest, in store: any Store) async throws -> PlanInput {
        if let held = state.withLock({ $0.inputs[digest] }) { return held }
        let input = try await decode(PlanInput.self, digest, in: store)
        remember(digest) { $0.inputs[digest] = input }
        return input
    }

    /// Spares whoever comes next the decoding of what was just made.
    func hold(_ plan: Plan, _ digest: Digest) { remember(digest) { $0.plans[digest] = plan } }
    func hold(_ input: PlanInput, _ digest: Digest) { remember(digest) { $0.inputs[digest] = input } }

    private func decode<Value: Decodable>(_ type: Value.Type, _ digest: Digest, in store: any Store) async throws
        -> Value
    {
        guard let document = try await store.document(digest) else {
            throw StoreError(.corrupt, "the \(type) document \(digest.short) is missing")
        }
        do {
            return try CanonicalCoding.decode(type, from: document.bytes)
        } catch {
            throw StoreError(.corrupt, "document \(digest.short) does not decode", underlying: error)
        }
    }

    private func remember(_ digest: Digest, _ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            state.order.append(digest)
            if state.order.count > capacity {
                let oldest = state.order.removeFirst()
                if !state.order.contains(oldest) {
                    state.plans[oldest] = nil
                    state.inputs[oldest] = nil
                }
            }
        }
    }
}
