/// One application permission that an app registration has to have.
package struct PermissionNeed: Sendable, Hashable {
    package var registration: DefenderRegistration
    package var audience: DefenderAudience
    /// Any one of these; the first is the one to grant.
    package var anyOf: [String]
    /// What it is needed for, in the order of ``DefenderUse``.
    package var uses: [DefenderUse]

    package var toGrant: String { anyOf.first ?? "" }

    /// The needs of `uses`, without repetition: of two for the same token the narrower one stays, since it fulfils both.
    ///
    /// - Parameter configuration: With a single app registration all needs are those of `read`.
    package static func all(
        of uses: Set<DefenderUse>, with configuration: DefenderConfiguration
    ) -> [PermissionNeed] {
        var needs: [PermissionNeed] = []
        for use in DefenderUse.allCases where uses.contains(use) {
            for call in use.calls(hunting: Array(configuration.hunting.prefix(1))) {
                for permissions in call.permissions {
                    let registration = configuration.act == nil ? .read : call.registration
                    needs.add(
                        PermissionNeed(
                            registration: registration, audience: call.audience, anyOf: permissions, uses: [use]))
                }
            }
        }
        return needs.narrowed().sorted { $0.order < $1.order }
    }

    private var order: (Int, Int, String) { (registration.rank, audience.rank, toGrant) }

    fileprivate func isOfSameToken(as other: PermissionNeed) -> Bool {
        registration == other.registration && audience == other.audience
    }
}

extension [PermissionNeed] {
    fileprivate mutating func add(_ need: PermissionNeed) {
        guard let index = firstIndex(where: { $0.isOfSameToken(as: need) && $0.anyOf == need.anyOf }) else {
            return append(need)
        }
        self[index].uses += need.uses.filter { !self[index].uses.contains($0) }
    }

    /// Leaves out what another need fulfils by itself.
    fileprivate func narrowed() -> [PermissionNeed] {
        var kept = self
        for need in self {
            let narrower = filter {
                $0.isOfSameToken(as: need) && Set($0.anyOf).isStrictSubset(of: need.anyOf)
            }.min { $0.anyOf.count < $1.anyOf.count }
            guard let narrower,
                let place = kept.firstIndex(where: { $0.isOfSameToken(as: narrower) && $0.anyOf == narrower.anyOf })
            else { continue }
            kept[place].uses += need.uses.filter { !kept[place].uses.contains($0) }
            kept.removeAll { $0.isOfSameToken(as: need) && $0.anyOf == need.anyOf }
        }
        return kept
    }
}

extension DefenderRegistration { fileprivate var rank: Int { self == .read ? 0 : 1 } }

extension DefenderAudience {
    fileprivate var rank: Int { DefenderAudience.allCases.firstIndex(of: self) ?? 0 }
}
