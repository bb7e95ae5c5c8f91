import BailiffModel
import BailiffStore
import Foundation

/// The `doc` blobs of rows.
enum Documents {
    static func encode(_ value: some Encodable) throws(StoreError) -> [UInt8] {
        do {
            return try CanonicalCoding.encode(value)
        } catch {
            throw StoreError(.other, "a value cannot be encoded", underlying: error)
        }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw StoreError(.corrupt, "a stored \(type) does not decode", underlying: error)
        }
    }
}
