import BailiffCore
import BailiffModel
import BailiffStore
import GRDB

extension Database {
    /// The number of the newest evidence that speaks for opening the breaker; 0 where there is none.
    func breakerMark() throws -> Int64 {
        try integer("SELECT coalesce(max(id), 0) FROM breaker_evidence WHERE \(Database.isAgainst)") ?? 0
    }

    /// As ``BreakerRecord/deciding(among:sentSince:)``, without going through everything that was sent and went well.
    func decidingEvidence(since: Timestamp, sentSince start: Timestamp) throws -> [BreakerEvidence] {
        let against = try evidence("\(Database.isAgainst) AND at >= ?", [.time(since)])
        var deciding = against
        let failures = against.filter { $0.item.kind == .failed }.map(\.id)
        for (failure, next) in zip(failures, failures.dropFirst() + [.max]) {
            deciding += try evidence(
                "kind = 'done' AND id > ? AND id < ? AND at >= ?", [.int(failure), .int(next), .time(since)], limit: 1)
        }
        if against.contains(where: { $0.item.kind == .guardStop && $0.item.at > start }) {
            deciding += try evidence("kind = 'sent' AND at > ? AND at >= ?", [.time(start), .time(since)])
        }
        return deciding.sorted { $0.id < $1.id }.map(\.item)
    }

    private static let isAgainst = "kind IN ('failed', 'guardStop')"

    private func evidence(
        _ condition: String, _ values: [SQLValue], limit: Int = -1
    ) throws -> [(id: Int64, item: BreakerEvidence)] {
        try all(
            "SELECT id, at, machine, kind FROM breaker_evidence WHERE \(condition) ORDER BY id LIMIT \(limit)", values
        ) { row in
            guard let kind = BreakerEvidence.Kind(rawValue: try row.text(3))
            else { throw StoreError(.corrupt, "the breaker's evidence is of no known kind") }
            return (try row.int(0), BreakerEvidence(at: try row.time(1), machine: try row.machine(2), kind: kind))
        }
    }
}
