package import BailiffModel

/// How the bodies of a product without a reader of its own are read: where its members stand, and what its words mean.
///
/// A mapping only names places and words. It can't compute, so it can't invent a verdict.
package struct FeedMapping: Sendable {
    /// The members of a verdict that a mapping can fill.
    package enum Field: String, Sendable, CaseIterable {
        case verdict, score, category, sha256, sha1, md5, family, threat, id
        case fileName = "file_name"
        case fileType = "file_type"
        case analysedAt = "analysed_at"
    }

    /// The name of the product in verdicts.
    package let name: String
    /// Where an array of records stands in a body's value; nil where the value is the record.
    package let records: JSONPointer?
    package let fields: [Field: JSONPointer]
    /// Words in the order in which they are compared, whole and with ASCII letters in either case.
    package let words: [(word: String, level: VerdictLevel)]
    package let categories: [(word: String, category: VerdictCategory)]
    /// The ends of the score's scale, the harmless one first: an inverted scale runs from high to low.
    package let scale: (harmless: Double, worst: Double)?
    /// For products without a word: the lowest score of each level.
    package let bands: [(bound: Double, level: VerdictLevel)]

    /// The names of products that have readers can't be taken.
    package var product: Product { Product(mapped: name) }

    /// Reads a mapping from its document: see the page "Mapping an unknown product".
    /// - Throws: `FeedMappingError` at the first fault.
    package init(_ document: JSONValue) throws(FeedMappingError) {
        let reader = try MappingDocument(document)
        name = try reader.name()
        records = try reader.pointer("records")
        fields = try reader.fields()
        words = try reader.words()
        categories = try reader.categories()
        scale = try reader.scale()
        bands = try reader.bands(scale: scale)
        try reader.finish(fields: fields, words: words, bands: bands, scale: scale)
    }
}

/// What is wrong with a mapping, and where.
package struct FeedMappingError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case wrongType = "mapping.wrong_type"
        case unknownKey = "mapping.unknown_key"
        case missingKey = "mapping.missing_key"
        case badName = "mapping.bad_name"
        case badPointer = "mapping.bad_pointer"
        case badWord = "mapping.bad_word"
        case badScale = "mapping.bad_scale"
        case badBands = "mapping.bad_bands"
    }

    package var code: Code
    package var message: String
    /// The place in the mapping's document.
    package var pointer: String

    package init(_ code: Code, _ message: String, at path: [String] = []) {
        self.code = code
        self.message = message
        pointer = Pointer.escaped(path)
    }

    package var description: String { pointer.isEmpty ? message : "\(message) (at \(pointer))" }
}
