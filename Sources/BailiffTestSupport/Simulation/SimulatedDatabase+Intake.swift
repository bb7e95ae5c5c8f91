import BailiffCore
import BailiffModel
import BailiffStore

extension SimulatedDatabase {
    mutating func ingest(_ deliveries: [PreparedDelivery]) -> [DeliveryReceipt] {
        change { database in deliveries.map { database.store($0) } }
    }

    /// A part of a change.
    mutating func store(_ delivery: PreparedDelivery) -> DeliveryReceipt {
        let feed = Array(delivery.feed.utf8)
        let event = delivery.eventID.map { EventKey(feed: feed, scope: .delivery, event: Array($0.utf8)) }
        if let event, let earlier = seen[event], let row = deliveries[earlier.subject] {
            return row.digest == delivery.bodyDigest ? replay(row) : storeConflict(delivery)
        }
        let id = next("deliveries")
        var receipt = DeliveryReceipt(standing: .stored, delivery: id, accepted: [], rejected: [])
        var bytes: [[UInt8]] = []
        var stored: [VerdictID] = []
        if let rejection = delivery.bodyRejection {
            receipt.rejected.append(rejection)
            bytes.append(delivery.body)
        }
        for (ordinal, record) in delivery.records.enumerated() {
            switch record {
            case .verdict(let verdict, let wantsAssessment):
                let accepted = accept(verdict, wantsAssessment, ordinal: ordinal, of: delivery, &receipt.merges)
                receipt.accepted.append(accepted)
                if !accepted.duplicate { stored.append(accepted.verdict) }
            case .rejected(let code, let message, let raw):
                receipt.rejected.append(RejectedRecord(ordinal: ordinal, code: code, message: message))
                bytes.append(raw)
            }
        }
        nameCases(&receipt)
        store(delivery, receipt, event: event?.event, stored, bytes)
        if let event { seen[event] = Seen(subject: id, level: 0) }
        order(delivery, receipt)
        return receipt
    }

    private mutating func store(
        _ delivery: PreparedDelivery, _ receipt: DeliveryReceipt, event: [UInt8]?, _ verdicts: [VerdictID],
        _ bytes: [[UInt8]]
    ) {
        var rejected: [Int64] = []
        for (record, bytes) in zip(receipt.rejected, bytes) {
            let id = next("rejections")
            rejected.append(id)
            rejections[id] = StoredRejection(
                id: id, delivery: receipt.delivery, feed: delivery.feed, at: delivery.at, record: record, bytes: bytes)
        }
        deliveries[receipt.delivery] = DeliveryRow(
            id: receipt.delivery, feed: delivery.feed, at: delivery.at, digest: delivery.bodyDigest, event: event,
            body: delivery.body, receipt: receipt, verdicts: verdicts, rejections: rejected)
        _ = entries.append(delivery.makeEntry(receipt))
    }

    private func replay(_ row: DeliveryRow) -> DeliveryReceipt {
        var receipt = row.receipt
        receipt.standing = .replayed
        nameCases(&receipt)
        return receipt
    }

    private mutating func storeConflict(_ delivery: PreparedDelivery) -> DeliveryReceipt {
        let receipt = DeliveryReceipt(
            standing: .conflict, delivery: next("deliveries"), accepted: [], rejected: [.conflict])
        store(delivery, receipt, event: nil, [], [delivery.body])
        return receipt
    }

    private func nameCases(_ receipt: inout DeliveryReceipt) {
        for index in receipt.accepted.indices {
            guard let id = receipt.accepted[index].caseID.map(survivor(of:)) else { continue }
            receipt.accepted[index].caseID = id
            receipt.accepted[index].caseHash = hashesOfCase[id]?.first
        }
    }

    // MARK: - One verdict

    private mutating func accept(
        _ verdict: Verdict, _ wantsAssessment: Bool, ordinal: Int, of delivery: PreparedDelivery,
        _ merges: inout [DeliveryReceipt.Merge]
    ) -> DeliveryReceipt.Accepted {
        let feed = Array(delivery.feed.utf8)
        let hashes = verdict.isActionable ? verdict.hashes.all : []
        let event = verdict.eventID.map { EventKey(feed: feed, scope: .record, event: Array($0.utf8)) }
        let statement = VerdictStatement.key(verdict, feed: delivery.feed)
        if let known = known(verdict, hashes, event, statement, feed) {
            return DeliveryReceipt.Accepted(
                ordinal: ordinal, verdict: known, caseID: verdicts[known]?.caseID, caseHash: nil, duplicate: true)
        }
        let id = VerdictID(next("verdicts"))
        let caseID = caseID(for: hashes, verdict: id, &merges, at: delivery.at)
        verdicts[id] = StoredVerdict(
            id: id, caseID: caseID, feed: delivery.feed, trust: delivery.trust, receivedAt: delivery.at,
            verdict: verdict)
        if let event {
            seen[event] = Seen(subject: id.value, level: max(verdict.level.rank, seen[event]?.level ?? 0))
        }
        if let caseID {
            verdictsOfCase[caseID] = (verdictsOfCase[caseID] ?? []) + [id]
            let key = StatementKey(caseID: caseID, key: statement)
            if verdict.analysedAt != nil, statements[key] == nil { statements[key] = id }
            stances[StanceKey(caseID: caseID, feed: feed)] = Stance(key: statement, verdict: id)
            if wantsAssessment || isOfInterest(caseID) {
                upsert(JobKey(.assess, caseID.value), due: delivery.at)
            }
        }
        return DeliveryReceipt.Accepted(
            ordinal: ordinal, verdict: id, caseID: caseID, caseHash: nil, duplicate: false)
    }

    private func known(
        _ verdict: Verdict, _ hashes: [FileHash], _ event: EventKey?, _ statement: Int64, _ feed: [UInt8]
    ) -> VerdictID? {
        let cases = hashes.map { owners[$0] }
        let first = cases.first ?? nil
        guard cases.allSatisfy({ $0 != nil && $0 == first }) else { return nil }
        if let event, let earlier = seen[event], verdict.level.rank <= earlier.level,
            let stored = verdicts[VerdictID(earlier.subject)], hashes.isEmpty || stored.caseID == first
        {
            return stored.id
        }
        guard let first else { return nil }
        if verdict.analysedAt != nil { return statements[StatementKey(caseID: first, key: statement)] }
        guard let stance = stances[StanceKey(caseID: first, feed: feed)], stance.key == statement else { return nil }
        return stance.verdict
    }

    private mutating func caseID(
        for hashes: [FileHash], verdict: VerdictID, _ merges: inout [DeliveryReceipt.Merge], at now: Timestamp
    ) -> CaseID? {
        guard !hashes.isEmpty else { return nil }
        let known = Set(hashes.compactMap { owners[$0] }).sorted()
        let id = known.first ?? CaseID(verdict.value)
        for other in known.dropFirst() {
            mergeAtIntake(other, into: id, at: now)
            merges.append(DeliveryReceipt.Merge(from: other, into: id))
        }
        for hash in hashes where owners[hash] == nil { own(hash, id) }
        return id
    }

    private func isOfInterest(_ id: CaseID) -> Bool {
        if let kase = cases[id], !kase.plans.isEmpty { return true }
        return (runsOfCase[id] ?? []).contains { runs[$0]?.phase == .active }
    }

    // MARK: - Retention

    mutating func prune(before horizon: Timestamp) -> Int {
        change { database in
            var gone = 0
            for id in database.deliveries.rows.keys.sorted() {
                guard let row = database.deliveries[id], row.at < horizon else { break }
                database.delete(row)
                gone += 1
            }
            return gone
        }
    }

    private mutating func delete(_ row: DeliveryRow) {
        let feed = Array(row.feed.utf8)
        for id in row.verdicts {
            guard let stored = verdicts[id] else { continue }
            if let event = stored.verdict.eventID {
                let key = EventKey(feed: feed, scope: .record, event: Array(event.utf8))
                if seen[key]?.subject == id.value { seen[key] = nil }
            }
            if let caseID = stored.caseID {
                let key = StatementKey(caseID: caseID, key: VerdictStatement.key(stored.verdict, feed: row.feed))
                if statements[key] == id { statements[key] = nil }
                let stance = StanceKey(caseID: caseID, feed: feed)
                if stances[stance]?.verdict == id { stances[stance] = nil }
                verdictsOfCase[caseID] = verdictsOfCase[caseID]?.filter { $0 != id }
            }
            verdicts[id] = nil
            reportOrders[id] = nil
            jobs[JobKey(.fetch, id.value)] = nil
        }
        for id in row.rejections { rejections[id] = nil }
        if let event = row.event {
            let key = EventKey(feed: feed, scope: .delivery, event: event)
            if seen[key]?.subject == row.id { seen[key] = nil }
        }
        deliveries[row.id] = nil
    }
}
