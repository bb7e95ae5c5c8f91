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
        guard sources.count <= limits.records else {
            throw BodyError(code: "body.too_many_records", message: "more than \(limits.records) records in one body")
        }
        var assembly = RecordAssembly(product: product, deliveryID: body.deliveryID)
        for source in sources { assembly.add(source) }
        return assembly.body()
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

/// Makes normalised records of source records, in order.
struct RecordAssembly {
    private let product: Product
    private let deliveryID: String?
    private var fixed: (any ProductReader.Type)?
    private var records: [NormalisedRecord] = []
    /// Products seen, for the body's own.
    private var seen: [Product] = []

    init(product: Product, deliveryID: String?) {
        self.product = product
        self.deliveryID = deliveryID
        fixed = ProductReaders.reader(for: product)
    }

    mutating func add(_ source: SourceRecord) {
        do throws(RecordError) {
            let content = try source.content.get()
            let reader = try reader(for: content)
            let statements = try reader.statements(in: content)
            if statements.isEmpty { throw RecordError(.noFile, "the record speaks of no file") }
            if !seen.contains(reader.product) { seen.append(reader.product) }
            for statement in statements { add(statement, reader: reader, bytes: source.bytes) }
        } catch {
            records.append(NormalisedRecord(bytes: source.bytes, outcome: .rejected(error)))
        }
    }

    private mutating func add(_ statement: Statement, reader: any ProductReader.Type, bytes: Range<Int>) {
        records.append(
            statement.record(product: reader.product, bytes: bytes, deliveryID: deliveryID, ordinal: records.count))
    }

    private func reader(for content: SourceContent) throws(RecordError) -> any ProductReader.Type {
        if let fixed { return fixed }
        var fitting: [any ProductReader.Type] = []
        for reader in ProductReaders.all where reader.recognises(content) { fitting.append(reader) }
        guard let only = fitting.first else {
            let shapes = ProductReaders.all.map { "\($0.product.name): \($0.shape)" }.joined(separator: "; ")
            throw RecordError(.notRecognised, "no known format; looked for \(shapes)")
        }
        guard fitting.count == 1 else {
            let names = fitting.map { $0.product.name }.joined(separator: ", ")
            throw RecordError(.ambiguous, "the formats of several products fit: \(names); name the product of the feed")
        }
        return only
    }

    func body() -> NormalisedBody {
        NormalisedBody(product: product != .auto ? product : seen.count == 1 ? seen[0] : .auto, records: records)
    }
}
