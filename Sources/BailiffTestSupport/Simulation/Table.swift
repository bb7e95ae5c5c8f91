/// How a change of the whole database ends.
enum ChangeEnding { case kept, takenBack }

/// Rows by key that can take back what was written since they were last kept.
struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    /// In no order: sort before use.
    private(set) var rows: [Key: Row] = [:]
    private var earlier: [(key: Key, row: Row?)] = []

    subscript(key: Key) -> Row? {
        get { rows[key] }
        set {
            earlier.append((key, rows[key]))
            rows[key] = newValue
        }
    }

    mutating func end(_ ending: ChangeEnding) {
        guard !earlier.isEmpty else { return }
        if ending == .takenBack { for (key, row) in earlier.reversed() { rows[key] = row } }
        earlier.removeAll(keepingCapacity: true)
    }
}

/// Rows in the order they were appended, numbered from 1.
struct Journal<Row: Sendable>: Sendable {
    private(set) var rows: [Row] = []
    private var kept = 0

    var count: Int64 { Int64(rows.count) }

    mutating func append(_ row: Row) -> Int64 {
        rows.append(row)
        return count
    }

    mutating func end(_ ending: ChangeEnding) {
        if ending == .takenBack { rows.removeLast(rows.count - kept) }
        kept = rows.count
    }
}
