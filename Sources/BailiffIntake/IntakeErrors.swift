import BailiffModel

/// Why one record of a body yields no verdict. The other records of the body stand.
package struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable and documented: `record.bad_hash`, `json.duplicate_key`.
    package var code: String
    /// For people; may quote the record, so escape it before it is shown.
    package var message: String
    /// The faulty member as a JSON Pointer, where one can be named.
    package var pointer: String?

    package init(_ code: Code, _ message: String, pointer: String? = nil) {
        self.code = code.rawValue
        self.message = message
        self.pointer = pointer
    }

    init(_ error: JSONError) {
        code = "json." + error.code.snakeCased
        message = error.description
        pointer = nil
    }

    package enum Code: String, Sendable, CaseIterable {
        /// Nothing of any known format, or not of the configured product.
        case notRecognised = "record.not_recognised"
        /// The shapes of several products fit.
        case ambiguous = "record.ambiguous"
        /// The record speaks of no file at all.
        case noFile = "record.no_file"
        /// Several files, and nothing says which one was under test.
        case severalFiles = "record.several_files"
        /// A required member is not there.
        case missingMember = "record.missing_member"
        /// A member that is nearly one of ours: it would have been ignored.
        case misspeltMember = "record.misspelt_member"
        /// A member of another type than the format has.
        case wrongType = "record.wrong_type"
        case badHash = "record.bad_hash"
        case badVerdict = "record.bad_verdict"
        case badScore = "record.bad_score"
        case badCategory = "record.bad_category"
        case badTime = "record.bad_time"
        case badID = "record.bad_id"
        case tooLong = "record.too_long"
        /// Text that is not UTF-8 or contains U+0000.
        case badText = "record.bad_text"
        /// A line, a form or an XML element that is not well-formed.
        case malformed = "record.malformed"
    }

    package var description: String { pointer.map { "\(message) (at \($0))" } ?? message }
}

/// Why nothing of a body can be read.
package struct BodyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable and documented: `body.empty`, `json.syntax`, `xml.doctype`.
    package var code: String
    package var message: String
    /// In bytes from the start of the body, where one place is at fault.
    package var offset: Int?

    package init(code: String, message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    init(_ error: JSONError) {
        code = error.code == .empty ? "body.empty" : "json." + error.code.snakeCased
        message = error.code == .empty ? "the body is empty" : error.description
        offset = error.offset
    }

    package var description: String { message }
}

extension JSONError.Code {
    /// `duplicateKey` as `duplicate_key`, `notUTF8` as `not_utf8`.
    var snakeCased: String {
        switch self {
        case .empty: "empty"
        case .syntax: "syntax"
        case .notUTF8: "not_utf8"
        case .byteOrderMark: "byte_order_mark"
        case .trailingData: "trailing_data"
        case .tooDeep: "too_deep"
        case .tooManyValues: "too_many_values"
        case .duplicateKey: "duplicate_key"
        case .numberOutOfRange: "number_out_of_range"
        case .numberTooLong: "number_too_long"
        case .nulCharacter: "nul_character"
        case .loneSurrogate: "lone_surrogate"
        }
    }
}
