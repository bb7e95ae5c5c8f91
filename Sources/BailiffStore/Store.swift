package import BailiffCore
package import BailiffModel

/// The database in the engine's words.
///
/// Every method is safe to call from any task. What a method reports as done is durable: it survives a crash and a power
/// loss.
package protocol Store: StoreReading, LogStore {
    /// Makes the change, or none of it.
    func commit(_ commit: Commit) async throws(StoreError) -> CommitOutcome

    /// Stores deliveries, one receipt each, in order. Duplicates are decided, cases found and merged, and jobs made
    /// inside the transaction.
    /// - Throws: `StoreError` with `.overloaded` when the queue is full: then nothing of it was stored.
    func ingest(_ deliveries: [PreparedDelivery]) async throws(StoreError) -> [DeliveryReceipt]

    /// Stores what a question to a feed's server brought, together with where the next one begins.
    /// - Returns: The receipts; nil where the lease is void: then nothing was stored.
    func advance(_ progress: FeedProgress) async throws(StoreError) -> [DeliveryReceipt]?

    /// Takes up to `limit` due jobs of a lane for `lease`; jobs whose lease ended are due again.
    func claim(
        _ lane: Lane, limit: Int, now: Timestamp, lease: Duration, node: NodeID
    ) async throws(StoreError) -> [JobLease]

    /// Changes jobs alone; leases that are void are ignored.
    func settle(_ changes: [JobChange]) async throws(StoreError)

    /// Notes when an operator's token was last shown: without an entry and without a new version. Unknown ids are ignored.
    func noteTokenUse(of id: OperatorID, at time: Timestamp) async throws(StoreError)

    /// When the next job of the lane is due; nil for never.
    func nextDue(_ lane: Lane) async throws(StoreError) -> Timestamp?

    /// Fresh ids, never given out before.
    func reserveIDs<Subject>(_ subject: Subject.Type, count: Int) async throws(StoreError) -> [RowID<Subject>]

    /// Deletes deliveries with their bodies, verdicts, rejections and event ids that came before `horizon`, never younger
    /// ones than 31 days: a repeated event must stay known. Cases, their hashes and the log stay.
    /// - Returns: How many deliveries went.
    func prune(before horizon: Timestamp, now: Timestamp) async throws(StoreError) -> Int

    /// Stores bodies of deliveries that came before `horizon` in less room, the oldest first; they read as before.
    /// - Returns: How many were looked at, at most `limit`; 0 when there are no more.
    func compressBodies(before horizon: Timestamp, limit: Int) async throws(StoreError) -> Int

    /// Calls `handler` after every commit that made or changed jobs, with their lanes. One handler; a later one replaces it.
    func onJobs(_ handler: @escaping @Sendable (Set<Lane>) -> Void)

    /// Releases the process lock. Later calls of anything throw `.closed`; a second close does nothing.
    func close() async
}
