package import BailiffModel
package import BailiffStore
import GRDB

extension WriteScope {
    fileprivate func replace(_ bodies: [CompressedBody], upTo last: Int64) throws {
        for body in bodies {
            guard let bytes = body.bytes else { continue }
            try db.run(
                "UPDATE delivery SET body = ?, body_form = ? WHERE id = ? AND body_form = ?",
                [.blob(bytes), .int(BodyForm.compressed.rawValue), .int(body.delivery), .int(BodyForm.plain.rawValue)])
        }
        try db.run("UPDATE body_compression SET delivery = max(delivery, ?) WHERE id = 1", [.int(last)])
    }
}

/// What a body became; nil where it stays as it is.
private struct CompressedBody: Sendable {
    var delivery: Int64
    var bytes: [UInt8]?
}

extension SQLiteStore {
    /// At most this many bytes are read at once, so that a few large bodies take no more memory than many small ones.
    private static let compressionBatchInBytes = 8 << 20

    package func compressBodies(before horizon: Timestamp, limit: Int) async throws(StoreError) -> Int {
        // The work is done on a reader's thread; the writer only swaps the bytes.
        let bodies = try await read { db in try Self.compressed(db, before: horizon, limit: limit) }
        guard let last = bodies.last?.delivery else { return 0 }
        // Done again after a power cut: no harm.
        try await write(.relaxed) { try $0.replace(bodies, upTo: last) }
        return bodies.count
    }

    private static func compressed(
        _ db: Database, before horizon: Timestamp, limit: Int
    ) throws -> [CompressedBody] {
        let after = try db.integer("SELECT delivery FROM body_compression WHERE id = 1") ?? 0
        let old = try db.all(
            "SELECT id, at, length(body) FROM delivery WHERE id > ? ORDER BY id LIMIT ?",
            [.int(after), .int(max(0, limit))]
        ) { (id: try $0.int(0), at: try $0.time(1), length: try $0.int(2)) }
        var bodies: [CompressedBody] = []
        var size: Int64 = 0
        for delivery in old {
            // In the order they came: one that is younger by a step back of the clock keeps those behind it for later.
            guard delivery.at < horizon, size == 0 || size + delivery.length <= compressionBatchInBytes else { break }
            size += delivery.length
            let bytes = try db.first("SELECT body FROM delivery WHERE id = ?", [.int(delivery.id)]) { try $0.bytes(0) }
            bodies.append(
                CompressedBody(delivery: delivery.id, bytes: bytes.flatMap { BodyCompression.compressed($0) }))
        }
        return bodies
    }
}
