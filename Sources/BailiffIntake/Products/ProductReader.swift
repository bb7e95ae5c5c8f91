import BailiffModel

/// What reads the records of one product.
protocol ProductReader: SendableMetatype {
    static var product: Product { get }
    /// What the records are told by, for people: part of the message when nothing fits.
    static var shape: String { get }
    /// Whether records are reports, which may be long.
    static var readsReports: Bool { get }
    /// Whether a body lists answers about files, so that one file may stand in it several times: then the statements
    /// about one file that agree are one. Not so where every record is an event with an id.
    static var listsAnswers: Bool { get }

    /// Whether this product, and no other, writes such records. Told by members that only it has.
    static func recognises(_ content: SourceContent) -> Bool
    /// What the record says, one statement for each file under test.
    static func statements(in content: SourceContent) throws(RecordError) -> [Statement]
}

extension ProductReader {
    static var readsReports: Bool { true }
    static var listsAnswers: Bool { false }
    static var vocabulary: Vocabulary { Vocabulary.of(product) }

    /// For a record that isn't the product's at all.
    static func notRecognised() -> RecordError {
        RecordError(.notRecognised, "this is no record of \(product.title): looked for \(shape)")
    }
}

/// One record of a body after its form was read.
enum SourceContent {
    case json(JSONValue)
    case xml(XMLElement)
    case form(FormFields)
    case line(EventLine)

    var json: JSONValue? { if case .json(let value) = self { value } else { nil } }
    var xml: XMLElement? { if case .xml(let root) = self { root } else { nil } }
    var form: FormFields? { if case .form(let fields) = self { fields } else { nil } }
    var line: EventLine? { if case .line(let line) = self { line } else { nil } }
    var cef: CEFEvent? { line?.cef }
    var leef: LEEFEvent? { line?.leef }
    var pairs: KeyValuePairs? { line?.pairs }
}

enum ProductReaders {
    static let all: [any ProductReader.Type] = [
        GenericReader.self, ZscalerReader.self, CapeReader.self, CuckooReader.self, VMRayReader.self,
        JoeSandboxReader.self, HybridAnalysisReader.self, AnyRunReader.self, TriageReader.self, WildFireReader.self,
        FortiSandboxReader.self, CheckPointReader.self, TrellixReader.self, TrellixATDReader.self,
        TrendMicroReader.self, ThreatGridReader.self, VirusTotalReader.self, MetaDefenderReader.self,
        OpswatSandboxReader.self, IntezerReader.self, StixReader.self, MispReader.self, EcsReader.self, CefReader.self,
        LeefReader.self,
    ]

    static func reader(for product: Product) -> (any ProductReader.Type)? { all.first { $0.product == product } }
}

extension Product {
    /// What records of this product are told by, for people. Nil for ``Product/auto``.
    package var shape: String? {
        if self == .standardWebhooks { return "`headers` with `webhook-id` and `webhook-signature`, and `body`" }
        return ProductReaders.reader(for: self)?.shape
    }
}
