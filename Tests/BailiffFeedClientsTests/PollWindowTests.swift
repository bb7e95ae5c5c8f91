import BailiffFeedClients
import BailiffModel
import Testing

/// A list on a server, polled with restarts, repeats and late entries in every order that a seed makes.
struct PollWindowTests {
    static let start = Timestamp(seconds: 1_770_000_000)
    static func item(_ number: Int, at seconds: Int64) -> PollWindow.Item {
        PollWindow.Item(id: "i\(number)", time: start + .seconds(seconds))
    }

    @Test func nothingBeforeTheStart() {
        var window = PollWindow(startingAt: Self.start)
        let fresh = window.take(
            [Self.item(2, at: 5), Self.item(1, at: -1)], next: nil, isNewestFirst: true, now: Self.start + .seconds(9))
        #expect(fresh.map(\.id) == ["i2"])
    }

    @Test func aLateEntryInsideTheOverlapIsTaken() {
        var window = PollWindow(startingAt: Self.start)
        let now = Self.start + .seconds(10_000)
        _ = window.take([Self.item(9, at: 9_000)], next: nil, isNewestFirst: true, now: now)
        let fresh = window.take(
            [Self.item(9, at: 9_000), Self.item(8, at: 8_500)], next: nil, isNewestFirst: true, now: now)
        #expect(fresh.map(\.id) == ["i8"])
        #expect(window.newest == Self.start + .seconds(9_000))
    }

    @Test func aTimeInTheFutureDoesNotBlind() {
        var window = PollWindow(startingAt: Self.start)
        let now = Self.start + .seconds(2_000)
        _ = window.take([Self.item(1, at: 9_999_999)], next: nil, isNewestFirst: true, now: now)
        let fresh = window.take([Self.item(2, at: 2_010)], next: nil, isNewestFirst: true, now: now + .seconds(20))
        #expect(fresh.map(\.id) == ["i2"])
    }

    @Test func aRoundReadsNoFurtherThanItMust() {
        var window = PollWindow(startingAt: Self.start)
        let now = Self.start + .seconds(9_000)
        _ = window.take([Self.item(1, at: 5_000)], next: "more", isNewestFirst: true, now: now)
        #expect(window.isInRound)
        _ = window.take([Self.item(0, at: -10)], next: "more", isNewestFirst: true, now: now)
        #expect(!window.isInRound)
        #expect(window.newest == Self.start + .seconds(5_000))
    }

    @Test func memoryIsBounded() {
        var window = PollWindow(startingAt: Self.start)
        for page in 0..<30 {
            let items = (0..<1_000).map { Self.item(page * 1_000 + $0, at: 100) }
            _ = window.take(items, next: "\(page)", isNewestFirst: false, now: Self.start + .seconds(200))
        }
        #expect(window.recent.count <= PollWindow.greatestMemory)
    }

    @Test func theStoredFormKeepsEverything() throws {
        var window = PollWindow(startingAt: Self.start)
        _ = window.take([Self.item(1, at: 50)], next: "tok", isNewestFirst: true, now: Self.start + .seconds(60))
        let text = window.json.text()
        #expect(PollWindow(json: try StrictJSON.parse(text)) == window)
        #expect(PollWindow(json: ["newest": 1]) == nil)
        #expect(PollWindow(json: ["newest": 1, "recent": [["a"]]]) == nil)
        #expect(PollWindow(json: .null) == nil)
    }

    /// 300 seeds: entries appear at any time, up to ten minutes late, pages are cut anywhere, and the process forgets all
    /// that was not committed. Every entry comes exactly once.
    @Test(arguments: [true, false])
    func noGapAndNoRepeat(_ isNewestFirst: Bool) throws {
        for seed in 0..<300 {
            var random = Dice(seed: UInt64(seed))
            var list: [PollWindow.Item] = []
            var stored = PollWindow(startingAt: Self.start).json
            var taken: [String] = []
            var now: Int64 = 0
            var count = 0
            func round(limit: Int) throws {
                var position = 0
                for _ in 0..<limit {
                    var window = try #require(PollWindow(json: stored))
                    if let token = window.token { position = Int(token) ?? 0 } else { position = 0 }
                    // A stable list under a time cursor: the order is by time, newest first.
                    let ordered = isNewestFirst ? list.sorted { ($0.time, $0.id) > ($1.time, $1.id) } : list
                    let size = 1 + random.below(4)
                    let page = Array(ordered.dropFirst(position).prefix(size))
                    let next = position + size < ordered.count ? String(position + size) : nil
                    let fresh = window.take(
                        page, next: next, isNewestFirst: isNewestFirst, now: Self.start + .seconds(now))
                    if random.below(4) == 0 { continue }  // crashed before the commit: nothing of it happened
                    taken += fresh.map(\.id)
                    stored = window.json
                    if !window.isInRound { return }
                }
            }
            for _ in 0..<30 {
                now += Int64(random.below(400))
                for _ in 0..<random.below(4) {
                    list.append(Self.item(count, at: max(0, now - Int64(random.below(600)))))
                    count += 1
                }
                try round(limit: 200)
            }
            now += 1
            try round(limit: 1_000)
            #expect(taken.count == Set(taken).count, "seed \(seed) repeats")
            #expect(Set(taken) == Set(list.map(\.id)), "seed \(seed) has a gap")
        }
    }
}

/// SplitMix64.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
