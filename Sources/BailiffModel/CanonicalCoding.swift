import Foundation

/// The one encoding of documents that are named by their digest: JSON with sorted keys and nothing optional about it.
package enum CanonicalCoding {
    /// - Throws: What the value's own `encode(to:)` throws; values of Bailiff's own types do not.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// For documents Bailiff wrote itself.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
