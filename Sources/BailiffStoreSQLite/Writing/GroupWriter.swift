import BailiffModel
import BailiffStore
import GRDB
import Logging

/// The one writer: what arrives while a transaction runs becomes the next one.
///
/// A part that fails does not touch the others; everybody is answered after the commit.
final class GroupWriter: Sendable {
    private struct Waiting {
        var engine: [PendingWrite] = []
        var intake: [PendingWrite] = []
        var deliveries = 0
        var bytes = 0
        var isScheduled = false
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// A closure that stands in a generic value by itself is wrapped anew by every access; in a structure it is not.
    private struct JobBell {
        var ring: (@Sendable (Set<Lane>) -> Void)?
    }

    private let database: any DatabaseWriter
    private let options: SQLiteOptions
    private let logger: Logger
    private let checkpointer: Checkpointer?
    private let readersShareQueue: Bool
    private let waiting = Locked(Waiting())
    private let jobBell = Locked(JobBell())
    /// Used on the database's writer queue only.
    private let state: Locked<TransactionState>

    init(_ database: any DatabaseWriter, options: SQLiteOptions, checkpointer: Checkpointer?, logger: Logger) {
        self.database = database
        self.options = options
        self.checkpointer = checkpointer
        self.logger = logger
        readersShareQueue = !(database is DatabasePool)
        state = Locked(TransactionState())
    }

    func onJobs(_ handler: @escaping @Sendable (Set<Lane>) -> Void) { jobBell.withLock { $0.ring = handler } }

    /// Queues one part.
    /// - Throws: `.closed`, or `.overloaded` for intake when too much waits.
    func submit(_ write: PendingWrite) throws(StoreError) {
        let options = self.options
        let isFirst = try waiting.withLock { waiting throws(StoreError) -> Bool in
            guard !waiting.isClosed else { throw StoreError.isClosed }
            if case .intake(let deliveries, let size) = write.kind {
                // One part alone always fits, however large: what is too large was refused before.
                guard
                    waiting.deliveries == 0
                        || (waiting.deliveries + deliveries <= options.waitingDeliveries
                            && waiting.bytes + size <= options.waitingBytes)
                else { throw StoreError(.overloaded, "too many deliveries wait to be stored") }
                waiting.deliveries += deliveries
                waiting.bytes += size
                waiting.intake.append(write)
            } else {
                waiting.engine.append(write)
            }
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if isFirst { schedule() }
    }

    /// Refuses what comes later and returns when everything that waits is done.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = waiting.withLock { waiting in
                waiting.isClosed = true
                if waiting.isScheduled { waiting.closers.append(continuation) }
                return !waiting.isScheduled
            }
            if isIdle { continuation.resume() }
        }
    }

    private func schedule() { database.asyncWriteWithoutTransaction { self.turns($0) } }

    /// Transactions until nothing waits: every way back to the queue costs a change of threads. Reads of a database in memory
    /// share the queue, so there it is one at a time.
    private func turns(_ db: Database) {
        repeat {
            turn(db)
            if let closers = endTurns() {
                for closer in closers { closer.resume() }
                return
            }
        } while !readersShareQueue
        schedule()
    }

    private func turn(_ db: Database) {
        let batch = takeBatch()
        guard !batch.isEmpty else { return }
        let outcome = state.withLock { $0.execute(batch, db, logger) }
        for tell in outcome.answers { tell() }
        if !outcome.touchedLanes.isEmpty { jobBell.withLock { $0.ring }?(outcome.touchedLanes) }
        checkpointer?.wrote(outcome.weight, db)
    }

    /// Nil while something waits; else who waits for that to be over.
    private func endTurns() -> [CheckedContinuation<Void, Never>]? {
        waiting.withLock { waiting in
            guard waiting.engine.isEmpty, waiting.intake.isEmpty else { return nil }
            waiting.isScheduled = false
            defer { waiting.closers = [] }
            return waiting.closers
        }
    }

    private func takeBatch() -> [PendingWrite] {
        let limit = options.deliveriesPerTransaction
        return waiting.withLock { waiting in
            var batch = waiting.engine
            waiting.engine.removeAll(keepingCapacity: true)
            var taken = 0
            var count = 0
            for write in waiting.intake {
                guard case .intake(let deliveries, let size) = write.kind, taken == 0 || taken + deliveries <= limit
                else { break }
                taken += deliveries
                count += 1
                waiting.deliveries -= deliveries
                waiting.bytes -= size
                batch.append(write)
            }
            waiting.intake.removeFirst(count)
            return batch
        }
    }
}
