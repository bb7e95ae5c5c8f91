import BailiffModel

/// Reads what a sandbox sent: pure code over bytes, the same for the webhook, for polled answers and for files.
package enum Intake {
    /// Reads a body of a product, or of any product that the shapes of its records tell (``Product/auto``).
    ///
    /// A record that cannot be used never spoils the others: it stands among the records as rejected. The level of a
    /// verdict is `unknown` where the source has no final word, and its note says why.
    /// - Throws: `BodyError` where the body can't be cut into records.
    package static func normalise(
        _ body: IntakeBody, product: Product, limits: IntakeLimits = .standard
    ) throws(BodyError) -> NormalisedBody {
        if product == .zscaler, isConnectivityTest(body.bytes) {
            return NormalisedBody(product: product, records: [], kind: .connectivityTest)
        }
        let sources = try BodyForm.records(of: body, product: product, limits: limits)
        try checkCount(sources, limits)
        var assembly = RecordAssembly(product: product, limits: limits)
        for source in sources { assembly.add(source, deliveryID: body.deliveryID, depth: 0) }
        return assembly.body()
    }

    /// Reads a body of a product that a mapping describes.
    package static func normalise(
        _ body: IntakeBody, mapping: FeedMapping, limits: IntakeLimits = .standard
    ) throws(BodyError) -> NormalisedBody {
        let sources = try BodyForm.records(of: body, product: mapping.product, limits: limits)
        try checkCount(sources, limits)
        var assembly = RecordAssembly(mapping: mapping, limits: limits)
        for source in sources { assembly.add(source, deliveryID: body.deliveryID, depth: 0) }
        return assembly.body()
    }

    private static func checkCount(_ sources: [SourceRecord], _ limits: IntakeLimits) throws(BodyError) {
        guard sources.count <= limits.records else {
            throw BodyError(code: "body.too_many_records", message: "more than \(limits.records) records in one body")
        }
    }

    /// What Cloud NSS posts when its portal saves the feed is not documented: nothing, or an empty value.
    private static func isConnectivityTest(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 64 else { return bytes.allSatisfy(\.isASCIISpace) }
        let rest = bytes.filter { !$0.isASCIISpace }
        return rest.isEmpty || rest == Array("{}".utf8) || rest == Array("[]".utf8) || rest == Array("[{}]".utf8)
            || rest == Array("\"\"".utf8)
    }
}

/// A record of a body as its form gives it.
struct SourceRecord {
    var bytes: Range<Int>
    var content: Result<SourceContent, RecordError>
}
