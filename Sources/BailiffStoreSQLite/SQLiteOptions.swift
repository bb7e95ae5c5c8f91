/// How a SQLite store behaves; the defaults are what production runs with.
package struct SQLiteOptions: Sendable {
    /// Connections for reading.
    package var readers: Int
    /// How long a connection waits for another process that holds a lock (a backup, a shell).
    package var busyTimeout: Duration
    /// Deliveries that may wait for the writer; more are refused with `.overloaded`.
    package var waitingDeliveries: Int
    /// Bytes of deliveries that may wait for the writer.
    package var waitingBytes: Int
    /// Deliveries in one transaction: bounds how long one answer waits for the others.
    package var deliveriesPerTransaction: Int
    /// The file never grows beyond this; what does not fit is refused as on a full disk. Nil: no limit.
    package var sizeLimitInBytes: Int64?
    /// About so much is written between two checkpoints of the write-ahead log.
    package var checkpointInterval: Int

    package init(
        readers: Int = 4, busyTimeout: Duration = .seconds(5), waitingDeliveries: Int = 8_192,
        waitingBytes: Int = 64 << 20, deliveriesPerTransaction: Int = 512, sizeLimitInBytes: Int64? = nil,
        checkpointInterval: Int = 16 << 20
    ) {
        self.readers = max(1, readers)
        self.busyTimeout = busyTimeout
        self.waitingDeliveries = max(1, waitingDeliveries)
        self.waitingBytes = max(1, waitingBytes)
        self.deliveriesPerTransaction = max(1, deliveriesPerTransaction)
        self.sizeLimitInBytes = sizeLimitInBytes
        self.checkpointInterval = max(1, checkpointInterval)
    }
}

/// Where a SQLite store lives.
package enum SQLitePath: Sendable, Hashable {
    /// Gone with the store; for tests and demonstrations.
    case memory
    case file(String)
}
