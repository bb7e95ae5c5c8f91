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
    /// A savepoint copies every page that its part touches, so the parts run without: where one fails after it wrote
    /// something, all of it is taken back and done again with a savepoint for each. Where the transaction is lost to one
    /// part (a full disk ends the whole transaction), each part gets one of its own.
    mutating func execute(_ batch: [PendingWrite], _ db: Database, _ logger: Logger) -> Outcome {
        do {
            do {
                return try transact(batch, db, inSavepoints: false)
            } catch is SavepointsNeeded {
                return try transact(batch, db, inSavepoints: true)
            }
        } catch let abandoned as TransactionAbandoned where batch.count > 1 && abandoned.mayRetryApart {
            logger.warning(
                "a transaction was rolled back, its parts are tried one by one",
                metadata: ["parts": "\(batch.count)", "error": "\(StoreError(mapping: abandoned.cause))"])
            return batch.reduce(into: Outcome(answers: [])) { sum, part in
                let outcome = execute([part], db, logger)
                sum.answers += outcome.answers
                sum.touchedLanes.formUnion(outcome.touchedLanes)
                sum.weight += outcome.weight
            }
        } catch {
            let cause = (error as? TransactionAbandoned)?.cause ?? error
            let reported = StoreError(mapping: cause)
            logger.error(
                "a transaction failed", metadata: ["parts": "\(batch.count)", "error": "\(reported)"])
            return Outcome(answers: batch.map { part in { part.fail(reported) } })
        }
    }

    /// - Throws: ``SavepointsNeeded`` where a part failed after it wrote something; nothing happened then.
    private mutating func transact(
        _ batch: [PendingWrite], _ db: Database, inSavepoints: Bool
    ) throws -> Outcome {
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
            for part in batch {
                outcome.answers.append(try inSavepoints ? runInSavepoint(part, scope) : run(part, scope))
            }
            if db.totalChangesCount != changes || scope.memory.counters != memory.counters {
                _ = scope.next(.transactions)
                try scope.memory.counters.write(db, since: memory.counters)
            }
        } catch let error as SavepointsNeeded {
            try? db.rollback()
            throw error
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            throw TransactionAbandoned(cause: error, mayRetryApart: true)
        }
        try commit(db, scope, after: memory)
        self.memory = scope.memory
        outcome.touchedLanes = scope.touchedLanes
        return outcome
    }

    /// One part as it is: what it throws before it has written anything needs nothing taken back.
    /// - Throws: ``SavepointsNeeded``, or where the whole transaction is lost.
    private func run(_ part: PendingWrite, _ scope: WriteScope) throws -> @Sendable () -> Void {
        let db = scope.db
        let before = (scope.memory, scope.touchedLanes)
        let changes = db.totalChangesCount
        do {
            return try part.run(scope)
        } catch {
            guard db.isInsideTransaction else { throw error }
            guard db.totalChangesCount == changes else { throw SavepointsNeeded() }
            (scope.memory, scope.touchedLanes) = before
            return answer(of: part, to: error)
        }
    }

    /// One part in its savepoint.
    /// - Throws: Only where the whole transaction is lost.
    private func runInSavepoint(_ part: PendingWrite, _ scope: WriteScope) throws -> @Sendable () -> Void {
        let db = scope.db
        let before = (scope.memory, scope.touchedLanes)
        try db.control("SAVEPOINT part")
        do {
            let tell = try part.run(scope)
            try db.control("RELEASE part")
            return tell
        } catch {
            guard db.isInsideTransaction else { throw error }
            try db.control("ROLLBACK TO part")
            try db.control("RELEASE part")
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

/// A part failed after it wrote something, with nothing to take back but that.
private struct SavepointsNeeded: Error {}

/// The transaction was rolled back; nothing of it happened.
struct TransactionAbandoned: Error {
    let cause: any Error
    let mayRetryApart: Bool
}

extension WriteScope.Memory {
    init(_ db: Database) throws { self.init(counters: try Counters.read(db), feeds: [:]) }
}
