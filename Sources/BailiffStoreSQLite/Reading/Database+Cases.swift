import BailiffCore
import BailiffModel
import BailiffStore
import GRDB

extension Database {
    func survivor(of id: CaseID) throws -> CaseID {
        try first("SELECT into_id FROM merged_case WHERE id = ?", [.id(id)]) { try $0.id(0) } ?? id
    }

    /// The row of exactly this case.
    func storedCase(_ id: CaseID) throws -> Case? {
        try first("SELECT doc FROM kase WHERE id = ?", [.id(id)]) { try Documents.decode(Case.self, try $0.data(0)) }
    }

    /// Strongest first.
    func hashes(ofCase id: CaseID) throws -> [FileHash] {
        try all("SELECT hash FROM file_hash WHERE case_id = ? ORDER BY hash", [.id(id)]) {
            try HashKey.hash(try $0.bytes(0))
        }
    }

    func summary(ofCase id: CaseID) throws -> CaseSummary? {
        let hashes = try hashes(ofCase: id)
        guard !hashes.isEmpty else { return nil }
        let count = try integer("SELECT count(*) FROM verdict WHERE case_id = ?", [.id(id)]) ?? 0
        return CaseSummary(
            id: id, hashes: hashes, state: try storedCase(id),
            latestVerdict: try verdicts(ofCase: id, limit: 1).first, verdictCount: Int(clamping: count))
    }

    private static let verdictColumns = """
        SELECT verdict.id, verdict.case_id, feed.name, delivery.trust, delivery.at, verdict.doc
        FROM verdict JOIN delivery ON delivery.id = verdict.delivery JOIN feed ON feed.id = verdict.feed
        """

    func verdict(_ id: VerdictID) throws -> StoredVerdict? {
        try first("\(Self.verdictColumns) WHERE verdict.id = ?", [.id(id)], Self.storedVerdict)
    }

    func delivery(ofVerdict id: VerdictID, withBody: Bool) throws -> StoredDelivery? {
        let bytes = withBody ? "delivery.body" : "substr(delivery.body, 1, \(BodyCompression.headLength))"
        return try first(
            """
            SELECT delivery.id, delivery.digest, length(delivery.body), delivery.body_form, \(bytes)
            FROM verdict JOIN delivery ON delivery.id = verdict.delivery WHERE verdict.id = ?
            """, [.id(id)]
        ) { row in
            guard let digest = Digest(bytes: try row.bytes(1)) else {
                throw StoreError(.corrupt, "a stored digest is none")
            }
            let form = try row.int(3)
            let stored = try row.bytes(4)
            let body = withBody ? try BodyCompression.read(stored, form: form) : nil
            let length =
                try body?.count ?? BodyCompression.length(stored, form: form, storedLength: Int(try row.int(2)))
            return StoredDelivery(id: try row.int(0), digest: digest, length: length, body: body)
        }
    }

    func verdicts(ofCase id: CaseID, limit: Int) throws -> [StoredVerdict] {
        try all(
            "\(Self.verdictColumns) WHERE verdict.case_id = ? ORDER BY verdict.id DESC LIMIT ?",
            [.id(id), .int(max(0, limit))], Self.storedVerdict)
    }

    func verdicts(feed: String?, before: Int64, limit: Int) throws -> [StoredVerdict] {
        guard let feed else {
            return try all(
                "\(Self.verdictColumns) WHERE verdict.id < ? ORDER BY verdict.id DESC LIMIT ?",
                [.int(before), .int(limit)], Self.storedVerdict)
        }
        guard let id = try feedID(named: feed) else { return [] }
        return try all(
            "\(Self.verdictColumns) WHERE verdict.feed = ? AND verdict.id < ? ORDER BY verdict.id DESC LIMIT ?",
            [.int(id), .int(before), .int(limit)], Self.storedVerdict)
    }

    func rejections(feed: String?, before: Int64, limit: Int) throws -> [StoredRejection] {
        let columns = """
            SELECT rejection.id, delivery.id, feed.name, delivery.at, rejection.ordinal, rejection.code,
                rejection.message, coalesce(rejection.bytes, delivery.body),
                CASE WHEN rejection.bytes IS NULL THEN delivery.body_form ELSE 0 END
            FROM rejection JOIN delivery ON delivery.id = rejection.delivery JOIN feed ON feed.id = rejection.feed
            """
        guard let feed else {
            return try all(
                "\(columns) WHERE rejection.id < ? ORDER BY rejection.id DESC LIMIT ?",
                [.int(before), .int(limit)], Self.storedRejection)
        }
        guard let id = try feedID(named: feed) else { return [] }
        return try all(
            "\(columns) WHERE rejection.feed = ? AND rejection.id < ? ORDER BY rejection.id DESC LIMIT ?",
            [.int(id), .int(before), .int(limit)], Self.storedRejection)
    }

    private func feedID(named name: String) throws -> Int64? {
        try integer("SELECT id FROM feed WHERE name = ?", [.text(name)])
    }

    private static func storedVerdict(_ row: StoredRow) throws -> StoredVerdict {
        StoredVerdict(
            id: try row.id(0), caseID: try row.optionalInt(1).map { CaseID($0) }, feed: try row.text(2),
            trust: Int(clamping: try row.int(3)), receivedAt: try row.time(4),
            verdict: try VerdictCoding.decode(try row.bytes(5)))
    }

    private static func storedRejection(_ row: StoredRow) throws -> StoredRejection {
        StoredRejection(
            id: try row.int(0), delivery: try row.int(1), feed: try row.text(2), at: try row.time(3),
            record: RejectedRecord(
                ordinal: Int(clamping: try row.int(4)), code: try row.outsideText(5),
                message: try row.outsideText(6)),
            bytes: try BodyCompression.read(try row.bytes(7), form: try row.int(8)))
    }
}
