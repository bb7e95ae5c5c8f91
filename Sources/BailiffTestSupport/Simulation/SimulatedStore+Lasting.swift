package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore

extension SimulatedStore {
    package func askingActions(after: ActionID?, limit: Int) async throws(StoreError) -> [Action] {
        try await read("askingActions") { database in
            Self.part(database.actions.rows.values.filter { $0.phase == .asking }, after, limit)
        }
    }

    package func effects(after: ActionID?, limit: Int) async throws(StoreError) -> [Action] {
        try await read("effects") { database in
            Self.part(database.actions.rows.values.filter(\.isInForce), after, limit)
        }
    }

    package func effects(onMachine id: MachineID?, family: ActionFamily) async throws(StoreError) -> [Action] {
        try await read("effectsOnMachine") { database in
            database.actions.rows.values.filter { $0.isInForce && $0.machine == id && $0.family == family }
                .sorted { $0.id < $1.id }
        }
    }

    package func breaker() async throws(StoreError) -> Breaker {
        try await read("breaker") { $0.breaker[1] ?? Breaker() }
    }

    package func breakerRecord(since: Timestamp, sentSince: Timestamp) async throws(StoreError) -> BreakerRecord {
        try await read("breakerRecord") { database in
            let all = database.evidence.rows.sorted { $0.key < $1.key }.map(\.value).filter { $0.at >= since }
            return BreakerRecord(
                evidence: BreakerRecord.deciding(among: all, sentSince: sentSince), mark: database.breakerMark)
        }
    }

    package func allowList(activeAt now: Timestamp?) async throws(StoreError) -> [AllowListEntry] {
        try await read("allowList") { database in
            database.allowed.rows.values.filter { entry in now.map { entry.holds(at: $0) } ?? true }
                .sorted { $0.id > $1.id }
        }
    }

    package func announcementCount() async throws(StoreError) -> Int {
        try await read("announcementCount") { $0.announcements.rows.count }
    }

    package func announcement(_ id: AnnouncementID) async throws(StoreError) -> Announcement? {
        try await read("announcement") { $0.announcements[id] }
    }

    package func watchedCases(at now: Timestamp, after: CaseID?, limit: Int) async throws(StoreError) -> [WatchedCase] {
        try await read("watchedCases") { database in
            let ids = database.watched.rows.filter { $0.value > now }.map(\.key).sorted()
            return ids.drop { id in after.map { id <= $0 } ?? false }.prefix(max(0, limit)).map {
                WatchedCase(id: $0, hashes: database.hashesOfCase[$0] ?? [])
            }
        }
    }

    private static func part(_ actions: [Action], _ after: ActionID?, _ limit: Int) -> [Action] {
        let rest = actions.sorted { $0.id < $1.id }.drop { action in after.map { action.id <= $0 } ?? false }
        return Array(rest.prefix(max(0, limit)))
    }
}
