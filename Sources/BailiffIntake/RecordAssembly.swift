import BailiffModel

/// Makes normalised records of source records, in order.
struct RecordAssembly {
    private let product: Product
    private let limits: IntakeLimits
    private let fixed: (any ProductReader.Type)?
    private let mapping: FeedMapping?
    private var records: [NormalisedRecord] = []
    /// Products seen, for the body's own.
    private var seen: [Product] = []
    /// For lists of answers: where the statements about a file stand among the records.
    private var places: [FileHash: [Int]] = [:]

    /// Envelopes inside envelopes.
    private static let greatestDepth = 2

    init(product: Product, limits: IntakeLimits) {
        self.product = product
        self.limits = limits
        fixed = ProductReaders.reader(for: product)
        mapping = nil
    }

    init(mapping: FeedMapping, limits: IntakeLimits) {
        product = mapping.product
        self.limits = limits
        fixed = nil
        self.mapping = mapping
    }

    mutating func add(_ source: SourceRecord, deliveryID: String?, depth: Int) {
        do throws(RecordError) {
            let content = try source.content.get()
            if depth < Self.greatestDepth, let opened = try Envelope.open(content) {
                try add(opened, bytes: source.bytes, depth: depth + 1)
            } else {
                try add(content, bytes: source.bytes, deliveryID: deliveryID)
            }
        } catch {
            records.append(NormalisedRecord(bytes: source.bytes, outcome: .rejected(error)))
        }
    }

    private mutating func add(_ content: SourceContent, bytes: Range<Int>, deliveryID: String?) throws(RecordError) {
        let statements: [Statement]
        let source: (product: Product, listsAnswers: Bool)
        if let mapping {
            statements = try mapping.statements(in: content)
            source = (mapping.product, false)
        } else {
            let reader = try reader(for: content)
            statements = try reader.statements(in: content)
            source = (reader.product, reader.listsAnswers)
        }
        if statements.isEmpty { throw RecordError(.noFile, "the record speaks of no file") }
        note(source.product)
        for statement in statements {
            let record = statement.record(
                product: source.product, bytes: bytes, deliveryID: deliveryID, ordinal: records.count)
            if source.listsAnswers { addAnswer(record) } else { records.append(record) }
        }
    }

    private mutating func note(_ product: Product) {
        if !seen.contains(product) { seen.append(product) }
    }

    // MARK: Envelopes

    /// What is inside an envelope stands where the envelope stands.
    private mutating func add(_ opened: Envelope.Opened, bytes: Range<Int>, depth: Int) throws(RecordError) {
        if let product = opened.product, self.product == .auto || self.product == product {
            try addStored(opened.body, as: product, bytes: bytes, depth: depth)
            return
        }
        for inner in try inner(of: opened.body) {
            add(
                SourceRecord(bytes: bytes, content: inner.content), deliveryID: opened.body.deliveryID, depth: depth)
        }
    }

    private func inner(of body: IntakeBody) throws(RecordError) -> [SourceRecord] {
        do throws(BodyError) {
            return try BodyForm.records(of: body, product: product, limits: limits, depth: 1)
        } catch {
            throw RecordError(.malformed, "inside the envelope: \(error.message)")
        }
    }

    /// A stored delivery whose body is no verdict is one record without a verdict.
    private mutating func addStored(
        _ body: IntakeBody, as product: Product, bytes: Range<Int>, depth: Int
    ) throws(RecordError) {
        var assembly = RecordAssembly(product: .auto, limits: limits)
        let inner = (try? inner(of: body)) ?? []
        for record in inner {
            assembly.add(SourceRecord(bytes: bytes, content: record.content), deliveryID: body.deliveryID, depth: depth)
        }
        if assembly.records.contains(where: { $0.verdict != nil }) {
            records += assembly.records
            for product in assembly.seen { note(product) }
            return
        }
        var statement = Statement.other("a stored delivery whose body is no verdict")
        statement.eventID = body.deliveryID.map { "delivery:" + $0 }
        note(product)
        records.append(statement.record(product: product, bytes: bytes, deliveryID: nil, ordinal: records.count))
    }

    // MARK: Recognition

    private func reader(for content: SourceContent) throws(RecordError) -> any ProductReader.Type {
        if let fixed { return fixed }
        guard product == .auto else {
            throw RecordError(.notRecognised, "this is no record of \(product.title): looked for `headers` and `body`")
        }
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

    // MARK: Lists of answers

    /// A list of answers names one file once for every run of it. Statements that agree are one, the latest; of those that
    /// disagree within an hour the harder one holds, because the runs of one file do; older ones stay as they are.
    private mutating func addAnswer(_ record: NormalisedRecord) {
        guard let verdict = record.verdict, let key = verdict.hashes.all.first, !verdict.hashes.containsTrivial else {
            records.append(record)
            return
        }
        for place in places[key] ?? [] {
            guard let earlier = records[place].verdict, isSameRun(earlier, verdict) else { continue }
            let replaces =
                verdict.level == earlier.level ? isLater(verdict, than: earlier) : verdict.level > earlier.level
            if replaces { records[place] = record }
            return
        }
        places[key, default: []].append(records.count)
        records.append(record)
    }

    private func isSameRun(_ left: Verdict, _ right: Verdict) -> Bool {
        if left.level == right.level { return true }
        guard let first = left.analysedAt, let second = right.analysedAt else { return true }
        return abs((first - second).wholeMicroseconds / 1_000_000) <= 3_600
    }

    private func isLater(_ left: Verdict, than right: Verdict) -> Bool {
        guard let time = left.analysedAt else { return false }
        return right.analysedAt.map { time > $0 } ?? true
    }

    func body() -> NormalisedBody {
        NormalisedBody(product: product != .auto ? product : seen.count == 1 ? seen[0] : .auto, records: records)
    }
}
