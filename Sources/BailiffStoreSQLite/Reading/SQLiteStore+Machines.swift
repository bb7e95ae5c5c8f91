package import BailiffCore
package import BailiffModel
package import BailiffStore
import GRDB

/// Machines and actions as people list them.
extension SQLiteStore {
    package func machines(after: MachineID?, limit: Int) async throws(StoreError) -> [MachineID] {
        try await read { db in
            // Both indexes are in the order of the machines: the union is made while they are read.
            try db.all(
                """
                SELECT machine FROM sighting WHERE machine > ?1
                UNION SELECT machine FROM action INDEXED BY action_machine WHERE machine > ?1
                ORDER BY machine LIMIT ?2
                """, [.text(after?.text ?? ""), .int(max(0, limit))]
            ) { try $0.machine(0) }
        }
    }

    package func latestSighting(onMachine id: MachineID) async throws(StoreError) -> StoredSighting? {
        try await read { db in
            try db.first(
                "SELECT doc FROM sighting WHERE machine = ? ORDER BY seen_at DESC, case_id DESC LIMIT 1",
                [.machine(id)]
            ) { try Documents.decode(StoredSighting.self, try $0.data(0)) }
        }
    }

    package func actions(_ filter: ActionFilter, _ page: PageRequest) async throws(StoreError) -> Page<Action> {
        // Outcomes stand in the documents only: portions are read, each on its own, until the page is full.
        var found: [Action] = []
        var before = page.before ?? .max
        let size = max(page.limit + 1, filter.outcome == nil ? 0 : 500)
        while found.count <= page.limit {
            let from = before
            let portion = try await read { db in
                guard let phase = filter.phase else {
                    return try db.actions("WHERE id < ? ORDER BY id DESC LIMIT ?", [.int(from), .int(size)])
                }
                return try db.actions(
                    "WHERE phase = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    [.text(phase.rawValue), .int(from), .int(size)])
            }
            found += portion.filter { action in filter.outcome.map { action.outcome == $0 } ?? true }
            guard portion.count == size, let last = portion.last else { break }
            before = last.id.value
        }
        let shown = Array(found.prefix(page.limit))
        return Page(shown, next: found.count > page.limit ? shown.last?.id.value : nil)
    }

    package func announcementCount() async throws(StoreError) -> Int {
        try await read { db in try db.first("SELECT count(*) FROM announcement") { Int(try $0.int(0)) } ?? 0 }
    }
}
