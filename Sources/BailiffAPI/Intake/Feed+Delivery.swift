package import BailiffIntake
package import BailiffModel
package import BailiffStore

extension Feed {
    /// Whether a trigger may care about a verdict: then its case gets a job.
    package typealias Interest = @Sendable (Verdict, _ feed: String, _ trust: Int, _ now: Timestamp) -> Bool

    /// What the product's own server answered, as a delivery of this feed.
    ///
    /// It has no id of its own: whoever asks stores it together with the fact that it was asked for.
    /// - Parameter question: What was asked, for the log's entry.
    package func delivery(
        answering question: String, _ body: NormalisedBody, bytes: [UInt8], at now: Timestamp, wantsAssessment: Interest
    ) -> PreparedDelivery {
        let digest = Digest.of(bytes)
        let entry = DeliveryEntry(
            feed: name, at: now, bodyDigest: digest, length: bytes.count, eventID: nil, question: question)
        return PreparedDelivery(
            feed: name, trust: trust, at: now, eventID: nil, bodyDigest: digest, body: bytes,
            records: body.records.map { content(of: $0, bytes, now, wantsAssessment) }, makeEntry: entry.built)
    }

    /// Reports that a body only announces, by the place of the record. None where nothing could fetch them.
    package func reports(announcedIn body: NormalisedBody) -> [Int: ReportOrder] {
        guard fetchesReports else { return [:] }
        var orders: [Int: ReportOrder] = [:]
        for (ordinal, record) in body.records.enumerated() {
            guard let report = record.report else { continue }
            orders[ordinal] = ReportOrder(product: report.product.name, kind: report.kind.rawValue, id: report.id)
        }
        return orders
    }

    func content(
        of record: NormalisedRecord, _ bytes: [UInt8], _ received: Timestamp, _ wantsAssessment: Interest
    ) -> PreparedDelivery.RecordContent {
        switch record.outcome {
        case .verdict(let verdict):
            return .verdict(verdict, wantsAssessment: wantsAssessment(verdict, name, trust, received))
        case .rejected(let error):
            let range = record.bytes.clamped(to: bytes.indices)
            return .rejected(code: error.code, message: error.description, bytes: Array(bytes[range]))
        }
    }
}
