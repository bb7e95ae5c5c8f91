package import BailiffCore
package import BailiffModel
package import BailiffPlaybook
package import BailiffStore
import GRDB

/// Effects in force, breaker, allow-list, announcements and watched cases.
extension SQLiteStore {
    package func askingActions(after: ActionID?, limit: Int) async throws(StoreError) -> [Action] {
        try await read {
            try $0.actions(
                "WHERE phase = 'asking' AND id > ? ORDER BY id LIMIT ?",
                [.int(after?.value ?? .min), .int(max(0, limit))])
        }
    }

    package func effects(after: ActionID?, limit: Int) async throws(StoreError) -> [Action] {
        try await read {
            try $0.actions(
                "WHERE phase = 'in_force' AND id > ? ORDER BY id LIMIT ?",
                [.int(after?.value ?? .min), .int(max(0, limit))])
        }
    }

    package func effects(onMachine id: MachineID?, family: ActionFamily) async throws(StoreError) -> [Action] {
        try await read {
            try $0.actions(
                "INDEXED BY action_machine WHERE machine = ? AND family = ? AND phase = 'in_force' ORDER BY id",
                [.machine(id), .text(family.rawValue)])
        }
    }

    package func breaker() async throws(StoreError) -> Breaker {
        try await read { db in
            try db.first("SELECT doc FROM breaker WHERE id = 1") { try Documents.decode(Breaker.self, try $0.data(0)) }
                ?? Breaker()
        }
    }

    package func breakerRecord(since: Timestamp, sentSince: Timestamp) async throws(StoreError) -> BreakerRecord {
        try await read { db in
            BreakerRecord(
                evidence: try db.decidingEvidence(since: since, sentSince: sentSince), mark: try db.breakerMark())
        }
    }

    package func allowList(activeAt now: Timestamp?) async throws(StoreError) -> [AllowListEntry] {
        try await read { db in
            try db.all(
                "SELECT doc FROM allow_entry WHERE until > ? ORDER BY id DESC",
                [now.map { .time($0) } ?? .int(-1 as Int64)]
            ) { try Documents.decode(AllowListEntry.self, try $0.data(0)) }
        }
    }

    package func announcement(_ id: AnnouncementID) async throws(StoreError) -> Announcement? {
        try await read { db in
            try db.first("SELECT doc FROM announcement WHERE id = ?", [.id(id)]) {
                try Documents.decode(Announcement.self, try $0.data(0))
            }
        }
    }

    package func watchedCases(at now: Timestamp, after: CaseID?, limit: Int) async throws(StoreError) -> [WatchedCase] {
        try await read { db in
            try db.all(
                "SELECT case_id FROM watch WHERE case_id > ? AND until > ? ORDER BY case_id LIMIT ?",
                [.int(after?.value ?? .min), .time(now), .int(max(0, limit))]
            ) { WatchedCase(id: try $0.id(0), hashes: []) }
            .map { WatchedCase(id: $0.id, hashes: try db.hashes(ofCase: $0.id)) }
        }
    }
}
