package import BailiffAudit
package import BailiffModel
package import BailiffStore
package import Logging
import ServiceLifecycle

/// Integrates committed entries into the tree and signs checkpoints. One per database.
package struct Sequencer: Service {
    package struct Options: Sendable {
        /// Between two looks for new entries.
        package var interval: Duration = .milliseconds(200)
        /// A checkpoint at the latest after this long, also without new entries, so that silence is provable …
        package var checkpointInterval: Duration = .seconds(60)
        /// … and at the next look after this many entries.
        package var checkpointEntries: Int64 = 256
        /// Entries integrated in one transaction.
        package var batch = 4_096

        package init() {}
    }

    private let store: any Store
    private let key: SigningKey
    private let origin: String
    private let options: Options
    private let surroundings: Surroundings
    private let logger: Logger

    package init(
        store: any Store, key: SigningKey, origin: String, options: Options = Options(), surroundings: Surroundings,
        logger: Logger
    ) {
        self.store = store
        self.key = key
        self.origin = origin
        self.options = options
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Runs until shutdown; signs a checkpoint at the start and at a clean stop.
    package func run() async throws {
        _ = try? await catchUp(checkpoint: true)
        var lastCheckpoint = surroundings.now()
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do { try await surroundings.clock.sleep(for: options.interval) } catch { break }
            do {
                let isDue = surroundings.now() >= lastCheckpoint + options.checkpointInterval
                if try await catchUp(checkpoint: isDue) { lastCheckpoint = surroundings.now() }
            } catch {
                logger.error("the log was not sequenced: \(error)")
            }
        }
        _ = try? await catchUp(checkpoint: true)
    }

    /// Integrates everything committed so far.
    ///
    /// - Parameter checkpoint: Sign one in any case, not only after enough new entries.
    /// - Returns: Whether a checkpoint was signed.
    @discardableResult
    package func catchUp(checkpoint: Bool) async throws -> Bool {
        var signed = false
        while true {
            var head = try await store.logHead()
            let before = head.size
            let entries = try await store.entries(from: before, limit: options.batch)
            let isLast = entries.count < options.batch
            let last = try await store.latestCheckpoint()
            let tiles = head.integrate(entries.map(\.entry))
            let isDue =
                checkpoint && isLast || head.size - (last?.size ?? 0) >= options.checkpointEntries || last == nil
            if entries.isEmpty && !isDue { return signed }
            let note = isDue ? try sign(head) : nil
            let change = LogAppend(expectedSize: before, head: head, fullTiles: tiles, checkpoint: note)
            if try await store.append(change) { signed = signed || isDue }
            if isLast { return signed }
        }
    }

    private func sign(_ head: LogHead) throws -> StoredCheckpoint {
        let checkpoint = try Checkpoint(origin: origin, size: head.size, root: head.root)
        return StoredCheckpoint(size: head.size, note: try checkpoint.signed(by: key).bytes)
    }
}
