import BailiffModel

/// What was asked and how it went, since the process began.
final class RequestCounters: Sendable {
    struct Key: Hashable, Sendable {
        /// The operation's id in the description, or `unknown` for what has no endpoint.
        var operation: String
        var status: Int
    }

    struct Count: Sendable {
        var requests: Int64 = 0
        var microseconds: Int64 = 0

        mutating func note(_ microseconds: Int64) {
            requests &+= 1
            self.microseconds &+= microseconds
        }
    }

    private let counts = Locked<[Key: Count]>([:])

    func note(_ operation: String, status: Int, took duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds.multipliedReportingOverflow(by: 1_000_000)
        let whole = microseconds.overflow ? 0 : microseconds.partialValue &+ attoseconds / 1_000_000_000_000
        counts.withLock { counts in
            counts[Key(operation: operation, status: status), default: Count()].note(max(0, whole))
        }
    }

    var all: [(key: Key, count: Count)] {
        counts.withLock { $0 }.sorted { left, right in
            (left.key.operation, left.key.status) < (right.key.operation, right.key.status)
        }.map { ($0.key, $0.value) }
    }
}
