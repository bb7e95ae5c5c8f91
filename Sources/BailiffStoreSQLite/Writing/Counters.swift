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

    /// One lane for each series: every part of a transaction keeps a copy to go back to, which must cost nothing.
    private var fixed = SIMD8<Int64>()
    /// The series that are given out in blocks, by their names.
    private var blocks: [String: Int64] = [:]

    private(set) subscript(series: Series) -> Int64 {
        get { fixed[series.lane] }
        set { fixed[series.lane] = newValue }
    }

    mutating func next(_ series: Series) -> Int64 {
        self[series] += 1
        return self[series]
    }

    /// The first of `count` numbers that were never given out.
    mutating func reserve(_ name: String, count: Int64) -> Int64 {
        let first = self[name] + 1
        self[name] = first + count - 1
        return first
    }

    private subscript(name: String) -> Int64 {
        get { Series(rawValue: name).map { self[$0] } ?? blocks[name] ?? 0 }
        set { if let series = Series(rawValue: name) { self[series] = newValue } else { blocks[name] = newValue } }
    }

    static func read(_ db: Database) throws -> Counters {
        var counters = Counters()
        for (name, number) in try db.all("SELECT name, last FROM counter", [], { (try $0.text(0), try $0.int(1)) }) {
            counters[name] = number
        }
        return counters
    }

    /// Writes what differs from `stored`.
    func write(_ db: Database, since stored: Counters) throws {
        for name in Series.allCases.map(\.rawValue) + blocks.keys.sorted() where stored[name] != self[name] {
            try db.run(
                "INSERT INTO counter (name, last) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = ?2",
                [.text(name), .int(self[name])])
        }
    }
}

extension Counters.Series {
    fileprivate var lane: Int {
        switch self {
        case .transactions: 0
        case .claims: 1
        case .deliveries: 2
        case .rejections: 3
        case .entries: 4
        case .verdicts: 5
        }
    }
}
