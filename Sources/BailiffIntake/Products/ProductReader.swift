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

    var json: JSONValue? { if case .json(let value) = self { value } else { nil } }
}

enum ProductReaders {
    static let all: [any ProductReader.Type] = [GenericReader.self, ZscalerReader.self]

    static func reader(for product: Product) -> (any ProductReader.Type)? { all.first { $0.product == product } }
}
