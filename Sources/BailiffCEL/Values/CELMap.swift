/// A map value: keys are int, uint, bool or string; entries keep the order they were given in.
///
/// Numerically equal keys of different types are one key: a map with `0` cannot also hold `0u`.
package final class CELMap: Sendable {
    package let keys: [CELValue]
    package let values: [CELValue]
    /// Positions by key; nil for small maps, which are searched in order.
    private let index: [CELMapKey: Int]?

    /// Why pairs are not a map.
    package enum Problem: Error, Sendable, Hashable {
        /// The type of the key can never be one.
        case unsupportedKey(typeName: String)
        case duplicateKey(position: Int)
    }

    private static let searchedInOrder = 8

    package init(_ pairs: [(key: CELValue, value: CELValue)]) throws(Problem) {
        var index: [CELMapKey: Int] = [:]
        index.reserveCapacity(pairs.count)
        for (position, pair) in pairs.enumerated() {
            guard let key = CELMapKey(storing: pair.key) else {
                throw .unsupportedKey(typeName: pair.key.typeName)
            }
            guard index.updateValue(position, forKey: key) == nil else { throw .duplicateKey(position: position) }
        }
        keys = pairs.map(\.key)
        values = pairs.map(\.value)
        self.index = pairs.count > Self.searchedInOrder ? index : nil
    }

    /// A map with string keys. Of equal keys, the last one counts.
    package init(stringKeyed pairs: [(String, CELValue)]) {
        var index: [CELMapKey: Int] = [:]
        var keys: [CELValue] = []
        var values: [CELValue] = []
        for (key, value) in pairs {
            if let known = index[.string(key)] {
                values[known] = value
            } else {
                index[.string(key)] = keys.count
                keys.append(.string(key))
                values.append(value)
            }
        }
        self.keys = keys
        self.values = values
        self.index = keys.count > Self.searchedInOrder ? index : nil
    }

    package var count: Int { keys.count }

    /// The value of a key; numeric keys are found by any numeric type, a fractional double finds none.
    package subscript(_ key: CELValue) -> CELValue? {
        guard let position = position(of: key) else { return nil }
        return values[position]
    }

    /// The value of a string key.
    subscript(field name: String) -> CELValue? {
        if let index { return index[.string(name)].map { values[$0] } }
        for position in keys.indices {
            if case .string(let key) = keys[position], key.hasSameBytes(as: name) { return values[position] }
        }
        return nil
    }

    func contains(_ key: CELValue) -> Bool { position(of: key) != nil }

    func position(of key: CELValue) -> Int? {
        guard let wanted = CELMapKey(finding: key) else { return nil }
        if let index { return index[wanted] }
        return keys.firstIndex { CELMapKey(storing: $0) == wanted }
    }
}

/// What a key is found by: numbers by their value, strings by their bytes.
enum CELMapKey: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    /// Beyond the range of int only, so that every number has one form.
    case largeUInt(UInt64)
    case string(String)

    init?(storing value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self.init(value)
        case .string(let value): self = .string(value)
        default: return nil
        }
    }

    /// As ``init(storing:)``, and doubles that are whole numbers.
    init?(finding value: CELValue) {
        guard case .double(let number) = value else {
            self.init(storing: value)
            return
        }
        if let whole = Int64(exactly: number) {
            self = .int(whole)
        } else if let whole = UInt64(exactly: number) {
            self = .largeUInt(whole)
        } else {
            return nil
        }
    }

    private init(_ value: UInt64) {
        if let small = Int64(exactly: value) { self = .int(small) } else { self = .largeUInt(value) }
    }

    static func == (left: CELMapKey, right: CELMapKey) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.largeUInt(let left), .largeUInt(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .largeUInt(let value): hasher.combine(value)
        case .string(let value):
            var copy = value
            copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
