/// Where time zones come from.
package struct CELZones: Sendable {
    package let lookup: @Sendable (_ name: String) -> CELZone?

    package init(lookup: @escaping @Sendable (_ name: String) -> CELZone?) { self.lookup = lookup }

    /// The zones of this machine.
    package static let system = CELZones { _ in nil }
}

/// The rules of one time zone.
package struct CELZone: Sendable, Hashable {
}
