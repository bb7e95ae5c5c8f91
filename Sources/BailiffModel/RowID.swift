/// The integer by which the store knows one row. Never shown outside for runs, actions and approvals: those have a
/// ``PublicID``.
package struct RowID<Subject>: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let value: Int64

    package init(_ value: Int64) { self.value = value }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    package var description: String { String(value) }

    package init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

package typealias VerdictID = RowID<Verdict>
