package import BailiffModel

/// What a poll has seen: enough to ask for what is new, and to know what is not. It is stored with what the poll found, in
/// one transaction; then a restart at any point neither loses nor repeats anything.
///
/// A list may grow while it is read, name one thing twice, and fill in late what is older than its newest entry. So every
/// round reads back to some time before the newest entry of the round before, and what is remembered from that stretch is
/// passed over.
package struct PollWindow: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package var id: String
        package var time: Timestamp

        package init(id: String, time: Timestamp) {
            self.id = id
            self.time = time
        }
    }

    /// The time of the newest entry of all finished rounds. Entries older than this less ``overlap`` are behind us.
    package private(set) var newest: Timestamp
    /// Entries of the overlap and of the round under way, oldest first.
    package private(set) var recent: [Item]
    /// The server's own token for the next page of the round under way; nil between rounds.
    package private(set) var token: String?
    /// The newest entry of the round under way.
    package private(set) var top: Timestamp?

    /// How far back every round reads.
    package static let overlap: Duration = .seconds(900)
    /// Entries remembered at most. A list with more entries in one overlap forgets the oldest: those may be read again,
    /// and the ids of their events tell them for what they are.
    package static let greatestMemory = 20_000

    /// - Parameter start: Entries before this time are not asked for.
    package init(startingAt start: Timestamp) {
        newest = start + Self.overlap
        recent = []
    }

    /// Where the round under way ends.
    package var floor: Timestamp { newest - Self.overlap }
    package var isInRound: Bool { token != nil }

    /// Takes one page in, and says which of its entries are new.
    ///
    /// - Parameters:
    ///   - next: The token of the next page; nil where there is none.
    ///   - isNewestFirst: Whether an entry below the floor means that all further ones are, too.
    ///   - now: An entry with a later time counts as of now: a wrong clock over there must not blind us.
    package mutating func take(_ items: [Item], next: String?, isNewestFirst: Bool, now: Timestamp) -> [Item] {
        var known = Set(recent.map { Array($0.id.utf8) })
        var fresh: [Item] = []
        for item in items where item.time >= floor {
            if known.insert(Array(item.id.utf8)).inserted { fresh.append(item) }
        }
        recent += fresh
        if let newestHere = items.map(\.time).max() { top = max(top ?? newest, min(newestHere, now)) }
        let reachesBack = isNewestFirst && items.contains { $0.time < floor }
        if let next, !reachesBack, !items.isEmpty {
            token = next
            if recent.count > Self.greatestMemory { recent.removeFirst(recent.count - Self.greatestMemory) }
        } else {
            finish()
        }
        return fresh
    }

    /// Ends the round: everything newer than the next floor is remembered, everything older is behind us.
    private mutating func finish() {
        newest = max(newest, top ?? newest)
        top = nil
        token = nil
        recent = recent.filter { $0.time >= floor }.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        if recent.count > Self.greatestMemory { recent.removeFirst(recent.count - Self.greatestMemory) }
    }
}

extension PollWindow {
    /// The cursor as it is stored.
    package var json: JSONValue {
        [
            "newest": .int(newest.microseconds), "token": token.map(JSONValue.string) ?? .null,
            "top": top.map { .int($0.microseconds) } ?? .null,
            "recent": .array(recent.map { [.string($0.id), .int($0.time.microseconds)] }),
        ]
    }

    /// Nil for anything that ``json`` did not write.
    package init?(json: JSONValue) {
        guard let newest = json["newest"]?.int, let recent = json["recent"]?.array else { return nil }
        self.newest = Timestamp(microseconds: newest)
        self.recent = []
        for entry in recent {
            guard let pair = entry.array, pair.count == 2, let id = pair[0].string, let time = pair[1].int else {
                return nil
            }
            self.recent.append(Item(id: id, time: Timestamp(microseconds: time)))
        }
        token = json["token"]?.string
        top = json["top"]?.int.map { Timestamp(microseconds: $0) }
    }
}
