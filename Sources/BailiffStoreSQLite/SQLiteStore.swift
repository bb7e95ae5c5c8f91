package import BailiffCore
package import BailiffModel
package import BailiffStore
import Dispatch
import GRDB
package import Logging

/// The store on SQLite: a database file with its write-ahead log, one writer, several readers.
///
/// Made by ``open(path:options:surroundings:logger:)-(SQLitePath,_,_,_)``; ``close()`` gives the file back to others.
package final class SQLiteStore: Store {
    let database: any DatabaseWriter
    private let writer: GroupWriter
    private let checkpointer: Checkpointer?
    private let logger: Logger
    private let lock: Locked<ProcessLock?>
    private let isClosed = Locked(false)
    private let idBlocks = Locked<[String: Range<Int64>]>([:])

    private init(
        database: any DatabaseWriter, checkpointer: Checkpointer?, lock: ProcessLock?, options: SQLiteOptions,
        logger: Logger
    ) {
        self.database = database
        self.checkpointer = checkpointer
        self.lock = Locked(lock)
        self.logger = logger
        writer = GroupWriter(database, options: options, checkpointer: checkpointer, logger: logger)
    }

    // MARK: - Opening

    /// Opens the database, makes it where there is none, and brings its schema up to date.
    ///
    /// - Throws: `StoreError`: `.locked` naming the process that has it open, `.schema` for a database of a newer program
    ///   or of another one, `.unwritable`, `.corrupt`.
    package static func open(
        path: SQLitePath, options: SQLiteOptions = SQLiteOptions(), surroundings: Surroundings, logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        let result = await onThread { () throws(StoreError) -> SQLiteStore in
            try openBlocking(path: path, options: options, logger: logger)
        }
        return try result.get()
    }

    /// As ``open(path:options:surroundings:logger:)-(SQLitePath,_,_,_)`` for a file.
    package static func open(
        path: String, options: SQLiteOptions = SQLiteOptions(), surroundings: Surroundings, logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        try await open(path: .file(path), options: options, surroundings: surroundings, logger: logger)
    }

    private static func openBlocking(
        path: SQLitePath, options: SQLiteOptions, logger: Logger
    ) throws(StoreError) -> SQLiteStore {
        do {
            switch path {
            case .memory:
                let database = try DatabaseQueue(configuration: configuration(options))
                try database.writeWithoutTransaction { try Migrations.run($0) }
                return SQLiteStore(
                    database: database, checkpointer: nil, lock: nil, options: options, logger: logger)
            case .file(let path):
                LogFileSystem.use()
                let file = try DatabaseFile.prepare(path)
                let lock = try ProcessLock(besideDatabaseAt: file)
                let configuration = configuration(options)
                // Before the pool, which would change the journal mode of a database that is not ours.
                try Migrations.check(file)
                let database = try DatabasePool(path: file, configuration: configuration)
                try database.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                    try Migrations.run(db)
                    try takeBackLeases(db)
                    try limit(db, options)
                }
                let checkpointer = try Checkpointer(
                    path: file, interval: options.checkpointInterval, configuration: configuration, logger: logger)
                return SQLiteStore(
                    database: database, checkpointer: checkpointer, lock: lock, options: options, logger: logger)
            }
        } catch {
            throw StoreError(mapping: error)
        }
    }

    /// Makes jobs due again that a process was working on when it ended. Holding the process lock proves that it has: nobody
    /// else can still be at work, so nothing has to wait for the end of a lease. Each counts as a failed attempt, so that a
    /// job that ends the process is set aside at last.
    private static func takeBackLeases(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE job SET wake = min(due, coalesce(again, due)), due = min(due, coalesce(again, due)),
                    again = NULL, lease = NULL, node = NULL, attempts = attempts + 1,
                    error = CAST('the process ended while it worked on this' AS BLOB)
                WHERE lease IS NOT NULL
                """)
    }

    private static func configuration(_ options: SQLiteOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "bailiff.store"
        configuration.maximumReaderCount = options.readers
        configuration.busyMode = .timeout(Double(options.busyTimeout.wholeMicroseconds) / 1_000_000)
        configuration.foreignKeysEnabled = true
        // A rollback that fails must not end the process.
        configuration.allowsUnsafeTransactions = true
        // Every commit that divided a page looks through the whole cache, so a larger one costs more than it saves. The log
        // is never cut back while it is within what the checkpointer lets it grow to: growing again would make every sync
        // wait for the file system's journal.
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = \(2 * Checkpointer.framesToCatchUp * 4_096);
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -\(db.configuration.readonly ? 4_096 : 8_192);
                    PRAGMA trusted_schema = OFF;
                    """)
        }
        return configuration
    }

    private static func limit(_ db: Database, _ options: SQLiteOptions) throws {
        guard let limit = options.sizeLimitInBytes else { return }
        let pageSize = try db.integer("PRAGMA page_size") ?? 4_096
        try db.execute(sql: "PRAGMA max_page_count = \(max(1, limit / max(1, pageSize)))")
    }

    /// Runs what blocks outside the cooperative pool.
    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StoreError) -> Value
    ) async -> Result<Value, StoreError> {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result(catching: body)) }
        }
    }

    package func close() async {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        await writer.close()
        let (database, checkpointer, lock, logger) = (database, checkpointer, lock, logger)
        _ = await Self.onThread { () throws(StoreError) in
            checkpointer?.close()
            do {
                // The pool closes its readers last, and those can't fold the log into the file.
                if checkpointer != nil { try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
                try database.close()
            } catch {
                logger.warning(
                    "the database did not close cleanly", metadata: ["error": "\(StoreError(mapping: error))"])
            }
            lock.withLock { $0 = nil }
        }
    }

    // MARK: - Reading and writing

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(StoreError) -> Value
    {
        guard !isClosed.withLock({ $0 }) else { throw StoreError.isClosed }
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncRead { database in
                continuation.resume(
                    returning: Result { try body(try database.get()) }.mapError { StoreError(mapping: $0) })
            }
        }
        return try result.get()
    }

    func write<Value: Sendable>(
        _ kind: PendingWrite.Kind = .engine, answer: @escaping @Sendable (any Error) -> Value? = { _ in nil },
        _ body: @escaping @Sendable (WriteScope) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            let write = PendingWrite(kind, continuation, answer: answer, body)
            do throws(StoreError) {
                try writer.submit(write)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    // MARK: - Store

    package func commit(_ commit: Commit) async throws(StoreError) -> CommitOutcome {
        let prepared = try PreparedCommit(commit)
        return try await write(
            answer: { ($0 as? CommitRefused).map { .refused($0.refusal) } },
            { .committed(try $0.make(prepared)) })
    }

    package func ingest(_ deliveries: [PreparedDelivery]) async throws(StoreError) -> [DeliveryReceipt] {
        let prepared = deliveries.map(PreparedIngest.init)
        let kind = PendingWrite.Kind.intake(
            deliveries: prepared.count, size: prepared.reduce(0) { $0 + $1.size })
        return try await write(kind) { scope in try prepared.map { try scope.ingest($0) } }
    }

    package func claim(
        _ lane: Lane, limit: Int, now: Timestamp, lease: Duration, node: NodeID
    ) async throws(StoreError) -> [JobLease] {
        try await write(.relaxed) { try $0.claim(lane, limit: limit, now: now, lease: lease, node: node) }
    }

    package func settle(_ changes: [JobChange]) async throws(StoreError) {
        try await write { scope in for change in changes { try scope.apply(change) } }
    }

    package func nextDue(_ lane: Lane) async throws(StoreError) -> Timestamp? {
        try await read { db in
            let wake = try db.first(
                "SELECT min(wake) FROM job WHERE lane = ? AND is_aside = 0", [.text(lane.rawValue)]
            ) { try $0.optionalInt(0) }
            return wake.flatMap { $0 }.map { Timestamp(microseconds: $0) }
        }
    }

    package func reserveIDs<Subject>(
        _ subject: Subject.Type, count: Int
    ) async throws(StoreError) -> [RowID<Subject>] {
        guard !isClosed.withLock({ $0 }) else { throw StoreError.isClosed }
        guard count > 0 else { return [] }
        let series = IDSeries.name(of: subject)
        // A block at a time: what is left of it is skipped at the next start.
        if let ready = takeIDs(series, count) { return ready.map { RowID($0) } }
        let size = Int64(max(count, IDSeries.block))
        let first = try await write(.relaxed) { $0.memory.counters.reserve(series, count: size) }
        let taken = first..<(first + Int64(count))
        let rest = taken.upperBound..<(first + size)
        idBlocks.withLock { blocks in
            if (blocks[series] ?? 0..<0).count < rest.count { blocks[series] = rest }
        }
        return taken.map { RowID($0) }
    }

    private func takeIDs(_ series: String, _ count: Int) -> Range<Int64>? {
        idBlocks.withLock { blocks in
            guard let block = blocks[series], block.count >= count else { return nil }
            let taken = block.lowerBound..<(block.lowerBound + Int64(count))
            blocks[series] = taken.upperBound..<block.upperBound
            return taken
        }
    }

    package func noteTokenUse(of id: OperatorID, at time: Timestamp) async throws(StoreError) {
        try await write(.relaxed) { scope in
            guard var person = try scope.db.operators("WHERE id = ?", [.id(id)]).first else { return }
            person.lastUsedAt = max(time, person.lastUsedAt ?? time)
            try scope.db.run(
                "UPDATE operator SET doc = ? WHERE id = ?", [.blob(try Documents.encode(person)), .id(id)])
        }
    }

    package func onJobs(_ handler: @escaping @Sendable (Set<Lane>) -> Void) { writer.onJobs(handler) }
}
