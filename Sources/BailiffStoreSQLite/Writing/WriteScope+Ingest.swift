import BailiffCore
import BailiffModel
import BailiffStore
import GRDB

extension WriteScope {
    /// Stores one delivery and appends its entry.
    func ingest(_ prepared: PreparedIngest) throws -> DeliveryReceipt {
        let delivery = prepared.delivery
        let feed = try feedID(delivery.feed)
        if let event = prepared.event, try !notesFirst(feed, event), let earlier = try seen(feed, .delivery, event) {
            let digest = try db.first("SELECT digest FROM delivery WHERE id = ?", [.int(earlier.subject)]) {
                try $0.bytes(0)
            }
            if digest == delivery.bodyDigest.bytes { return try replay(earlier.subject) }
            return try storeConflict(delivery, feed: feed)
        }
        return try store(prepared, feed: feed)
    }

    private func store(_ prepared: PreparedIngest, feed: Int64) throws -> DeliveryReceipt {
        let delivery = prepared.delivery
        let id = next(.deliveries)
        let firstVerdict = memory.counters[.verdicts] + 1
        var receipt = DeliveryReceipt(standing: .stored, delivery: id, accepted: [], rejected: [])
        var rejectedBytes: [[UInt8]?] = []
        var opened = OpenedCases()
        if let rejection = delivery.bodyRejection {
            receipt.rejected.append(rejection)
            rejectedBytes.append(nil)
        }
        for (ordinal, record) in prepared.records.enumerated() {
            switch record {
            case .verdict(let verdict):
                let accepted = try accept(verdict, ordinal: ordinal, of: delivery, id, feed, &opened, &receipt.merges)
                receipt.accepted.append(accepted)
            case .rejected(let code, let message, let bytes):
                receipt.rejected.append(RejectedRecord(ordinal: ordinal, code: code, message: message))
                rejectedBytes.append(bytes)
            }
        }
        try nameCases(&receipt, opened)
        let verdicts = memory.counters[.verdicts] + 1 - firstVerdict
        try insert(
            delivery, id: id, feed: feed, event: prepared.event, firstVerdict: firstVerdict, verdicts: verdicts,
            receipt: prepared.event == nil ? nil : ReceiptCoding.encode(receipt))
        for (rejection, bytes) in zip(receipt.rejected, rejectedBytes) {
            try insert(rejection, bytes: bytes, delivery: id, feed: feed)
        }
        try order(delivery, receipt, feed: feed)
        _ = try append(delivery.makeEntry(receipt))
        return receipt
    }

    private func insert(
        _ delivery: PreparedDelivery, id: Int64, feed: Int64, event: [UInt8]?, firstVerdict: Int64, verdicts: Int64,
        receipt: [UInt8]?
    ) throws {
        try db.run(
            """
            INSERT INTO delivery (id, feed, trust, at, digest, event, first_verdict, verdicts, receipt, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .int(id), .int(feed), .int(delivery.trust), .time(delivery.at), .blob(delivery.bodyDigest.bytes),
                event.map { .blob($0) } ?? .null, .int(firstVerdict), .int(verdicts),
                receipt.map { .blob($0) } ?? .null, .blob(delivery.body),
            ])
    }

    private func insert(_ rejection: RejectedRecord, bytes: [UInt8]?, delivery: Int64, feed: Int64) throws {
        try db.run(
            """
            INSERT INTO rejection (id, delivery, feed, ordinal, code, message, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .int(next(.rejections)), .int(delivery), .int(feed), .int(rejection.ordinal), .blob(rejection.code),
                .blob(rejection.message), bytes.map { .blob($0) } ?? .null,
            ])
    }

    // MARK: - Repeated deliveries

    /// The receipt of the first time; its cases as they stand now.
    private func replay(_ id: Int64) throws -> DeliveryReceipt {
        let stored = try db.first("SELECT receipt FROM delivery WHERE id = ?", [.int(id)]) { try $0.optionalBytes(0) }
        guard let stored, let bytes = stored else { throw StoreError(.corrupt, "a delivery has no receipt") }
        var receipt = try ReceiptCoding.decode(bytes, delivery: id)
        for index in receipt.accepted.indices {
            if let id = receipt.accepted[index].caseID { receipt.accepted[index].caseID = try survivor(of: id) }
        }
        try nameCases(&receipt)
        return receipt
    }

    private func storeConflict(_ delivery: PreparedDelivery, feed: Int64) throws -> DeliveryReceipt {
        let id = next(.deliveries)
        let rejection = RejectedRecord.conflict
        try insert(
            delivery, id: id, feed: feed, event: nil, firstVerdict: memory.counters[.verdicts] + 1, verdicts: 0,
            receipt: nil)
        try insert(rejection, bytes: nil, delivery: id, feed: feed)
        let receipt = DeliveryReceipt(standing: .conflict, delivery: id, accepted: [], rejected: [rejection])
        _ = try append(delivery.makeEntry(receipt))
        return receipt
    }

    // MARK: - Event ids

    private enum SeenScope: Int64 { case delivery, record }

    private func seen(_ feed: Int64, _ scope: SeenScope, _ event: [UInt8]) throws -> (subject: Int64, level: Int64)? {
        try db.first(
            "SELECT subject, level FROM seen WHERE feed = ? AND scope = ? AND event = ?",
            [.int(feed), .int(scope.rawValue), .blob(event)]
        ) { (try $0.int(0), try $0.int(1)) }
    }

    /// Whether no delivery came under this id before; then the next one has. Nearly always, so that looking first would be
    /// for nothing.
    private func notesFirst(_ feed: Int64, _ event: [UInt8]) throws -> Bool {
        try db.inserts(
            "INSERT INTO seen (feed, scope, event, subject, level) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
            [
                .int(feed), .int(SeenScope.delivery.rawValue), .blob(event),
                .int(memory.counters[.deliveries] + 1),
            ])
    }

    private func rememberRecord(_ feed: Int64, _ event: [UInt8], verdict: Int64, level: Int) throws {
        try db.run(
            """
            INSERT INTO seen (feed, scope, event, subject, level) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (feed, scope, event) DO UPDATE SET subject = ?4, level = max(level, ?5)
            """,
            [.int(feed), .int(SeenScope.record.rawValue), .blob(event), .int(verdict), .int(level)])
    }

    // MARK: - One verdict

    private func accept(
        _ prepared: PreparedVerdict, ordinal: Int, of delivery: PreparedDelivery, _ id: Int64, _ feed: Int64,
        _ opened: inout OpenedCases, _ merges: inout [DeliveryReceipt.Merge]
    ) throws -> DeliveryReceipt.Accepted {
        let verdict: Int64
        let caseID: CaseID?
        if try opensCase(prepared.hashes, &opened) {
            verdict = next(.verdicts)
            caseID = CaseID(verdict)
        } else {
            let owners = try self.owners(of: prepared.hashes)
            if let known = try known(prepared, feed, owners) {
                return DeliveryReceipt.Accepted(
                    ordinal: ordinal, verdict: VerdictID(known.verdict), caseID: known.caseID, caseHash: nil,
                    duplicate: true)
            }
            verdict = next(.verdicts)
            caseID = try self.caseID(for: prepared, owners, &opened, &merges, at: delivery.at)
        }
        try db.run(
            "INSERT INTO verdict (id, delivery, feed, case_id, doc) VALUES (?, ?, ?, ?, ?)",
            [.int(verdict), .int(id), .int(feed), .int(caseID?.value), .blob(prepared.document)])
        if let event = prepared.event {
            try rememberRecord(feed, event, verdict: verdict, level: prepared.verdict.level.rank)
        }
        if let caseID {
            try note(prepared, verdict: verdict, of: caseID, feed)
            let isNew = caseID.value == verdict
            if try prepared.wantsAssessment || (!isNew && isOfInterest(caseID)) {
                try upsert(JobKey(.assess, caseID.value), due: delivery.at)
            }
        }
        return DeliveryReceipt.Accepted(
            ordinal: ordinal, verdict: VerdictID(verdict), caseID: caseID, caseHash: nil, duplicate: false)
    }

    /// Whether nobody has named any of the hashes before; then they belong to a case under the next verdict's id. Looking
    /// each of them up first would take as long again.
    private func opensCase(_ hashes: [[UInt8]], _ opened: inout OpenedCases) throws -> Bool {
        let caseID = CaseID(memory.counters[.verdicts] + 1)
        for (index, hash) in hashes.enumerated() {
            let isNew = try db.inserts(
                "INSERT INTO file_hash (hash, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [.blob(hash), .id(caseID)])
            if isNew { continue }
            for own in hashes[..<index] { try db.run("DELETE FROM file_hash WHERE hash = ?", [.blob(own)]) }
            return false
        }
        guard !hashes.isEmpty else { return false }
        opened.open(caseID)
        for hash in hashes { opened.note(hash, of: caseID) }
        return true
    }

    /// The case each hash belongs to, in the order of the hashes.
    private func owners(of hashes: [[UInt8]]) throws -> [CaseID?] {
        try hashes.map { hash in
            try db.integer("SELECT case_id FROM file_hash WHERE hash = ?", [.blob(hash)]).map { CaseID($0) }
        }
    }

    /// The earlier verdict that this one repeats.
    ///
    /// An event that came before is a repeat unless it is now called worse, or names a hash its file did not have: ids of
    /// some products count submissions, which hold several files. A statement about a case is a repeat where the same feed
    /// has said the same with the same time before; one without a time where the feed has said nothing else since.
    private func known(
        _ prepared: PreparedVerdict, _ feed: Int64, _ owners: [CaseID?]
    ) throws -> (verdict: Int64, caseID: CaseID?)? {
        let first = owners.first ?? nil
        let isOneCase = owners.allSatisfy { $0 != nil && $0 == first }
        if let event = prepared.event, isOneCase, let earlier = try seen(feed, .record, event),
            prepared.verdict.level.rank <= earlier.level
        {
            let row = try db.first("SELECT case_id FROM verdict WHERE id = ?", [.int(earlier.subject)]) {
                try $0.optionalInt(0).map { CaseID($0) }
            }
            if let row, owners.isEmpty || row == first { return (earlier.subject, row) }
        }
        guard let first, isOneCase else { return nil }
        let repeated =
            prepared.verdict.analysedAt == nil
            ? try db.integer(
                "SELECT verdict FROM stance WHERE case_id = ? AND feed = ? AND key = ?",
                [.id(first), .int(feed), .int(prepared.statement)])
            : try db.integer(
                "SELECT verdict FROM statement WHERE case_id = ? AND key = ?", [.id(first), .int(prepared.statement)])
        return repeated.map { ($0, first) }
    }

    /// Finds the case by the hashes, merging cases that turn out to be one file.
    private func caseID(
        for prepared: PreparedVerdict, _ owners: [CaseID?], _ opened: inout OpenedCases,
        _ merges: inout [DeliveryReceipt.Merge], at now: Timestamp
    ) throws -> CaseID? {
        let known = Set(owners.compactMap { $0 }).sorted()
        guard let caseID = known.first else { return nil }
        for other in known.dropFirst() {
            try mergeAtIntake(other, into: caseID, at: now)
            merges.append(DeliveryReceipt.Merge(from: other, into: caseID))
        }
        for (hash, owner) in zip(prepared.hashes, owners) where owner == nil {
            try db.run("INSERT INTO file_hash (hash, case_id) VALUES (?, ?)", [.blob(hash), .id(caseID)])
            opened.note(hash, of: caseID)
        }
        return caseID
    }

    private func note(_ prepared: PreparedVerdict, verdict: Int64, of caseID: CaseID, _ feed: Int64) throws {
        if prepared.verdict.analysedAt != nil {
            try db.run(
                "INSERT INTO statement (case_id, key, verdict) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [.id(caseID), .int(prepared.statement), .int(verdict)])
        }
        try db.run(
            """
            INSERT INTO stance (case_id, feed, key, verdict) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (case_id, feed) DO UPDATE SET key = ?3, verdict = ?4
            """,
            [.id(caseID), .int(feed), .int(prepared.statement), .int(verdict)])
    }

    /// Whether a new verdict on the case may matter to something under way.
    private func isOfInterest(_ id: CaseID) throws -> Bool {
        try db.exists(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM run WHERE case_id = ?1 AND phase = 'active')
                OR EXISTS (SELECT 1 FROM kase WHERE id = ?1 AND has_plans)
            """, [.id(id)])
    }

    // MARK: - Receipts

    /// Sets what is only known at the end: later records may have merged the cases of earlier ones.
    private func nameCases(_ receipt: inout DeliveryReceipt, _ opened: OpenedCases = OpenedCases()) throws {
        for index in receipt.accepted.indices {
            guard var id = receipt.accepted[index].caseID else { continue }
            if !receipt.merges.isEmpty { id = try survivor(of: id) }
            receipt.accepted[index].caseID = id
            if receipt.merges.isEmpty, let hash = opened.strongest(of: id) {
                receipt.accepted[index].caseHash = try HashKey.hash(hash)
                continue
            }
            receipt.accepted[index].caseHash = try db.first(
                "SELECT hash FROM file_hash WHERE case_id = ? ORDER BY hash LIMIT 1", [.id(id)]
            ) { try HashKey.hash(try $0.bytes(0)) }
        }
    }
}
