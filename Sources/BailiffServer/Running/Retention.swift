import BailiffModel
import BailiffStore
import Logging
import ServiceLifecycle

/// Deletes bodies and verdicts that are older than the configuration keeps them. Cases and the log stay.
struct Retention: Service {
    let store: any Store
    let retention: Duration
    let surroundings: Surroundings
    let logger: Logger

    private static let interval: Duration = .seconds(3_600)

    /// Looks at the start and every hour.
    func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            await prune()
            await cancelWhenGracefulShutdown { try? await surroundings.clock.sleep(for: Self.interval) }
        }
    }

    private func prune() async {
        let now = surroundings.now()
        do throws(StoreError) {
            let deleted = try await store.prune(before: now - retention, now: now)
            if deleted > 0 {
                logger.info("deleted what is older than configured", metadata: ["deliveries": "\(deleted)"])
            }
        } catch {
            if error.code != .closed { logger.error("old deliveries were not deleted: \(error)") }
        }
    }
}
