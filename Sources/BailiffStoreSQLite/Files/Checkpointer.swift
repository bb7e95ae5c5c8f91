import BailiffModel
import Dispatch
import GRDB
import Logging

/// Copies the write-ahead log into the database file on a connection and a thread of its own, so that commits do not wait
/// for it.
///
/// The log begins again at its front only when everything in it was copied and no reader needs it. Under a steady stream of
/// commits that moment never comes by itself: when the log has grown to ``framesToCatchUp``, the writer copies the little
/// that is left between two transactions.
final class Checkpointer: Sendable {
    private struct State {
        var written = 0
        var isRunning = false
        var mustCatchUp = false
    }

    /// 128 MB of pages. While the writer copies and syncs, some 15 ms, every delivery waits, so it has to be rare.
    static let framesToCatchUp = 32_768

    private let connection: DatabaseQueue
    private let queue = DispatchQueue(label: "bailiff.store.checkpoint")
    private let interval: Int
    private let logger: Logger
    private let state = Locked(State())

    init(path: String, interval: Int, configuration: Configuration, logger: Logger) throws {
        var configuration = configuration
        configuration.label = "checkpoint"
        connection = try DatabaseQueue(path: path, configuration: configuration)
        self.interval = interval
        self.logger = logger
    }

    /// Called by the writer between two transactions, with about how many bytes the last one wrote.
    func wrote(_ bytes: Int, _ writer: Database) {
        let (starts, catchesUp) = state.withLock { state in
            state.written += bytes
            let catchesUp = state.mustCatchUp
            state.mustCatchUp = false
            guard state.written >= interval, !state.isRunning else { return (false, catchesUp) }
            state.written = 0
            state.isRunning = true
            return (true, catchesUp)
        }
        if catchesUp { _ = try? writer.checkpoint(.passive) }
        if starts { queue.async { self.run() } }
    }

    /// Blocks until a running checkpoint is over.
    func close() {
        queue.sync {}
        try? connection.close()
    }

    private func run() {
        var frames = 0
        do {
            frames = try connection.writeWithoutTransaction { try $0.checkpoint(.passive).walFrameCount }
        } catch {
            logger.warning("a checkpoint of the database failed", metadata: ["error": "\(error)"])
        }
        state.withLock { state in
            state.isRunning = false
            state.mustCatchUp = frames >= Checkpointer.framesToCatchUp
        }
    }
}
