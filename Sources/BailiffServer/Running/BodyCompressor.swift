import BailiffModel
import BailiffStore
import Logging
import ServiceLifecycle

/// Stores bodies in less room some time after they came: they are kept for months and seldom read, and the sender waits for
/// nothing of it.
struct BodyCompressor: Service {
    let store: any Store
    let surroundings: Surroundings
    let logger: Logger

    /// Bodies of this age: what is fresh is more likely to be looked at.
    static let age: Duration = .seconds(3_600)
    private static let interval: Duration = .seconds(600)
    /// Between two batches, so that deliveries find the writer free.
    private static let pause: Duration = .milliseconds(50)
    private static let batch = 200

    /// Looks at the start and every ten minutes.
    func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let more = await compress()
            await cancelWhenGracefulShutdown {
                try? await surroundings.clock.sleep(for: more ? Self.pause : Self.interval)
            }
        }
    }

    /// Whether there may be more.
    private func compress() async -> Bool {
        do throws(StoreError) {
            return try await store.compressBodies(before: surroundings.now() - Self.age, limit: Self.batch) > 0
        } catch {
            if error.code != .closed { logger.error("bodies were not compressed: \(error)") }
            return false
        }
    }
}
