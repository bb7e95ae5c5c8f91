import BailiffStore
import GRDB

/// The last number given out of every series: kept here between transactions, written once in each.
struct Counters: Equatable {
    enum Series: String, CaseIterable {
        /// Transactions that changed anything: tells after a failed COMMIT whether it happened.
        case transactions
        /// Claims of jobs: the fence.
        case claims
        case deliveries, rejections, entries
        /// Cases are numbered in the same series: a case's id is that of its first verdict.
        case verdicts
    }

    private var last: [String: Int64] = [:]

    subscript(series: Series) -> Int64 { last[series.rawValue] ?? 0 }

    mutating func next(_ series: Series) -> Int64 { reserve(series.rawValue, count: 1) }

    /// The first of `count` numbers that were never given out.
    mutating func reserve(_ name: String, count: Int64) -> Int64 {
        let first = (last[name] ?? 0) + 1
        last[name] = first + count - 1
        return first
    }

    static func read(_ db: Database) throws -> Counters {
        var counters = Counters()
        for (name, number) in try db.all("SELECT name, last FROM counter", [], { (try $0.text(0), try $0.int(1)) }) {
            counters.last[name] = number
        }
        return counters
    }

    /// Writes what differs from `stored`.
    func write(_ db: Database, since stored: Counters) throws {
        for (name, number) in last.sorted(by: { $0.key < $1.key }) where stored.last[name] != number {
            try db.run(
                "INSERT INTO counter (name, last) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = ?2",
                [.text(name), .int(number)])
        }
    }
}
