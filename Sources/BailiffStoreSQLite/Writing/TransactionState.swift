import BailiffStore
import GRDB
import Logging

/// What the writer knows between two transactions, and how it makes one.
struct TransactionState: Sendable {
    struct Outcome {
        var answers: [@Sendable () -> Void]
        var touchedLanes: Set<Lane> = []
        var weight = 0
    }

    /// As committed last; nil where it has to be read again.
    private var memory: WriteScope.Memory?
    private var isRelaxed = false

    /// Runs the batch in one transaction.
    ///
    /// Where a part fails after it wrote something, or the whole transaction is lost to one part (a full disk ends it),
    /// nothing has happened, and each half of the batch is done again by itself, down to the part that fails. No part is ever
    /// taken back alone, by a savepoint: that costs a copy of every page the parts touch, and where SQLite (3.40.1) wrote
    /// pages to its log before, a crash may lose the commit that follows.
    mutating func execute(_ batch: [PendingWrite], _ db: Database, _ logger: Logger) -> Outcome {
        do {
            return try transact(batch, db)
        } catch let failed as PartFailed {
            if batch.count == 1 { return Outcome(answers: batch.map { answer(of: $0, to: failed.cause) }) }
            return executeHalves(batch, db, logger)
        } catch let abandoned as TransactionAbandoned where batch.count > 1 && abandoned.mayRetryApart {
            logger.warning(
                "a transaction was rolled back, its halves are tried one by one",
                metadata: ["parts": "\(batch.count)", "error": "\(StoreError(mapping: abandoned.cause))"])
            return executeHalves(batch, db, logger)
        } catch {
            let cause = (error as? TransactionAbandoned)?.cause ?? error
            let reported = StoreError(mapping: cause)
            logger.error(
                "a transaction failed", metadata: ["parts": "\(batch.count)", "error": "\(reported)"])
            return Outcome(answers: batch.map { part in { part.fail(reported) } })
        }
    }

    private mutating func executeHalves(_ batch: [PendingWrite], _ db: Database, _ logger: Logger) -> Outcome {
        let middle = batch.count / 2
        var outcome = execute(Array(batch[..<middle]), db, logger)
        let second = execute(Array(batch[middle...]), db, logger)
        outcome.answers += second.answers
        outcome.touchedLanes.formUnion(second.touchedLanes)
        outcome.weight += second.weight
        return outcome
    }

    /// - Throws: ``PartFailed`` or ``TransactionAbandoned``: nothing has happened then.
    private mutating func transact(_ batch: [PendingWrite], _ db: Database) throws -> Outcome {
        // A rollback that failed earlier leaves a transaction open.
        if db.isInsideTransaction { try db.rollback() }
        try relax(batch.allSatisfy(\.isRelaxed), db)
        let memory = try self.memory ?? WriteScope.Memory(db)
        self.memory = nil
        try db.beginTransaction(.immediate)
        let scope = WriteScope(db, memory: memory)
        var outcome = Outcome(answers: [], weight: batch.reduce(0) { $0 + $1.weight })
        do {
            let changes = db.totalChangesCount
            for part in batch { outcome.answers.append(try run(part, scope)) }
            if db.totalChangesCount != changes || scope.memory.counters != memory.counters {
                _ = scope.next(.transactions)
                try scope.memory.counters.write(db, since: memory.counters)
            }
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            throw error is PartFailed ? error : TransactionAbandoned(cause: error, mayRetryApart: true)
        }
        try commit(db, scope, after: memory)
        self.memory = scope.memory
        outcome.touchedLanes = scope.touchedLanes
        return outcome
    }

    /// What a part throws before it has written anything needs nothing taken back.
    /// - Throws: ``PartFailed``, or where the whole transaction is lost.
    private func run(_ part: PendingWrite, _ scope: WriteScope) throws -> @Sendable () -> Void {
        let db = scope.db
        let before = (scope.memory, scope.touchedLanes)
        let changes = db.totalChangesCount
        do {
            return try part.run(scope)
        } catch {
            guard db.isInsideTransaction else { throw error }
            guard db.totalChangesCount == changes else { throw PartFailed(cause: error) }
            (scope.memory, scope.touchedLanes) = before
            return answer(of: part, to: error)
        }
    }

    private func answer(of part: PendingWrite, to error: any Error) -> @Sendable () -> Void {
        if let answer = part.answer(error) { return answer }
        let reported = StoreError(mapping: error)
        return { part.fail(reported) }
    }

    /// Claims alone need no sync: see ``PendingWrite/Kind/relaxed``.
    private mutating func relax(_ wanted: Bool, _ db: Database) throws {
        guard wanted != isRelaxed else { return }
        try db.execute(sql: wanted ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL")
        isRelaxed = wanted
    }

    // MARK: - Committing

    private func commit(_ db: Database, _ scope: WriteScope, after memory: WriteScope.Memory) throws {
        do {
            try db.control("COMMIT")
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            let expected = scope.memory.counters[.transactions]
            switch standing(of: expected, after: error, db) {
            case .happened: return
            case .didNotHappen: throw TransactionAbandoned(cause: error, mayRetryApart: false)
            case .unknown:
                throw StoreError(.unknown, "the disk failed while a commit was written", underlying: error)
            }
        }
    }

    private enum Standing { case happened, didNotHappen, unknown }

    /// Whether a transaction whose COMMIT failed happened all the same.
    ///
    /// Reading alone does not tell: after a failed sync its frames may still stand at the log's end, where the recovery after
    /// a crash would find them. A small transaction that succeeds overwrites them; then the counter speaks for good.
    private func standing(of transaction: Int64, after error: any Error, _ db: Database) -> Standing {
        if let code = (error as? DatabaseError)?.resultCode,
            [.SQLITE_FULL, .SQLITE_READONLY, .SQLITE_BUSY].contains(code)
        {
            return .didNotHappen
        }
        do {
            try db.beginTransaction(.immediate)
            var counters = try Counters.read(db)
            let stored = counters
            _ = counters.next(.transactions)
            try counters.write(db, since: stored)
            try db.control("COMMIT")
            return stored[.transactions] >= transaction ? .happened : .didNotHappen
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            return .unknown
        }
    }
}

/// A part failed after it wrote something, for a reason of its own.
private struct PartFailed: Error {
    let cause: any Error
}

/// The transaction was rolled back; nothing of it happened.
struct TransactionAbandoned: Error {
    let cause: any Error
    let mayRetryApart: Bool
}

extension WriteScope.Memory {
    init(_ db: Database) throws { self.init(counters: try Counters.read(db), feeds: [:]) }
}
