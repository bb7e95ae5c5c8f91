import BailiffAPI
import BailiffCore
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Testing

@testable import BailiffServer

/// Asking over crashes at every point and servers that fail: from a seed, with a clock that only the test moves.
@Suite("Asking over crashes: nothing lost, nothing twice")
struct FeedCrashTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func history(_ seed: UInt64) async throws {
        var world = try FeedWorld(seed: seed)
        try await world.begin()
        for _ in 0..<250 { try await world.step() }
        world.endFaults()
        for _ in 0..<400 {
            try await world.step()
            if try await world.isQuiet() { break }
        }
        let malicious = try await world.verdicts().filter { $0.verdict.level == .malicious }
        let files = malicious.compactMap { $0.verdict.fileName }.sorted()
        #expect(files == world.wanted.sorted(), "seed \(seed)")
        #expect(world.crashes > 0)
    }

    @Test("a report that ends the process each time is given up at last")
    func deadly() async throws {
        var world = try FeedWorld(seed: 1)
        world.endFaults()
        try await world.announce()
        for attempt in 1...FeedAsking.greatestAttempts { try await world.die(attempt) }
        let before = world.askedCount
        try await world.step()
        #expect(world.askedCount == before)
        let aside = try await world.setAside()
        #expect(aside.map(\.key) == [JobKey(.fetch, 1)])
        #expect(aside.first?.error.contains("cape task 1") == true)
    }
}

/// A Triage whose list grows and a CAPE that calls back, seen by a process that dies.
private struct FeedWorld {
    private(set) var crashes = 0
    /// Names of the files whose reports have to arrive, each once.
    private(set) var wanted: [String] = []
    private var random: SplitMix64
    private let time: ManualTime
    private let sandbox: Sandbox
    private var store: SimulatedStore
    private let servers: FeedServers
    private let cape: BailiffAPI.Feed
    private let faults = Locked((random: SplitMix64(seed: 0), percent: 4, crashed: false))
    private var number = 0

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        time = ManualTime(seed: seed)
        sandbox = Sandbox(seed: seed)
        let base = try #require(HTTPURL("https://sandbox.example"))
        let server = try #require(FeedServer(base: base, credential: .none))
        let feeds: [ServerConfiguration.Feed] = [
            .init(
                name: "triage", product: .triage, authentication: .closed,
                server: .init(server: server, pollInterval: .seconds(60))),
            .init(name: "cape", product: .cape, authentication: .none, server: .init(server: server)),
        ]
        servers = try FeedServers(
            feeds, backOff: .standard, surroundings: time.surroundings, logger: Estate.logger, transport: sandbox)
        cape = feeds[1].apiFeed
        store = SimulatedStore()
        faults.withLock { $0.random = SplitMix64(seed: seed &+ 1_000) }
        store.setGate(gate)
    }

    private var asking: FeedAsking {
        FeedAsking(
            store: store, servers: servers, wantsAssessment: { _, _, _, _ in false }, troubles: FeedTroubles(),
            surroundings: time.surroundings, logger: Estate.logger)
    }

    /// Fails before a call, or after it: then nobody knows that it happened.
    private var gate: SimulatedStore.Gate {
        let faults = faults
        return { point throws(StoreError) in
            let fails = faults.withLock { faults in
                guard faults.percent > 0, Int.random(in: 0..<100, using: &faults.random) < faults.percent else {
                    return false
                }
                faults.crashed = true
                return true
            }
            if fails { throw StoreError(.unknown, "the process ends at \(point)") }
        }
    }

    mutating func begin() async throws {
        while true {
            do {
                try await asking.begin()
                return
            } catch {
                restart()
            }
        }
    }

    /// What was committed is all that the next process knows.
    private mutating func restart() {
        crashes += 1
        faults.withLock { $0.crashed = false }
        store = store.crash(gate: gate)
    }

    mutating func endFaults() {
        faults.withLock { $0.percent = 0 }
        sandbox.endFaults()
    }

    mutating func step() async throws {
        time.advance(by: .seconds(Int64.random(in: 1...40, using: &random)))
        let isFaulty = faults.withLock { $0.percent } > 0
        // Entries from before the first question are nobody's.
        if isFaulty, number < 40, Int.random(in: 0..<100, using: &random) < 25 { try await appear() }
        do {
            let leases = try await store.claim(
                .feeds, limit: 2, now: time.now, lease: .seconds(420), node: NodeID("test"))
            for lease in leases {
                if isFaulty, Int.random(in: 0..<100, using: &random) < 5 { throw StoreError(.unknown, "killed") }
                try await asking.perform(lease)
            }
        } catch {
            restart()
            try await begin()
        }
    }

    private mutating func appear() async throws {
        let hasBegun = sandbox.wasListed
        number += 1
        let id = "261120-n\(number)"
        if Bool.random(using: &random), hasBegun {
            sandbox.list(id, at: time.now)
            wanted.append("\(id).exe")
            return
        }
        // A sandbox that gets no answer calls again; the event is the same.
        let body = JSONValue.object(["task_id": .int(Int64(number))]).utf8()
        wanted.append("task-\(number).exe")
        while true {
            do {
                let read = try Intake.normalise(IntakeBody(bytes: body), product: .cape)
                var delivery = cape.delivery(
                    answering: "test", read, bytes: body, at: time.now, wantsAssessment: { _, _, _, _ in false })
                delivery.reports = cape.reports(announcedIn: read)
                _ = try await store.ingest([delivery])
                return
            } catch let error as StoreError {
                if error.code != .unknown { throw error }
                restart()
                try await begin()
            }
        }
    }

    /// A callback of CAPE.
    mutating func announce() async throws {
        let body = JSONValue.object(["task_id": 1]).utf8()
        let read = try Intake.normalise(IntakeBody(bytes: body), product: .cape)
        var delivery = cape.delivery(
            answering: "test", read, bytes: body, at: time.now, wantsAssessment: { _, _, _, _ in false })
        delivery.reports = cape.reports(announcedIn: read)
        _ = try await store.ingest([delivery])
    }

    /// The next process finds the job as the one before left it, with one attempt more.
    func die(_ attempt: Int) async throws {
        let leases = try await store.claim(.feeds, limit: 1, now: time.now, lease: .seconds(1), node: NodeID("test"))
        let lease = try #require(leases.first)
        #expect(lease.attempts == attempt - 1)
        try await store.settle([.reschedule(lease, due: time.now, error: "the process ended")])
    }

    var askedCount: Int { sandbox.askedCount }

    func setAside() async throws -> [JobStatistics.SetAside] {
        try await store.jobStatistics(now: time.now).setAside
    }

    func isQuiet() async throws -> Bool {
        guard try await store.reportOrders(after: VerdictID(0), limit: 1).isEmpty else { return false }
        let malicious = try await verdicts().filter { $0.verdict.level == .malicious }
        return malicious.count >= wanted.count
    }

    func verdicts() async throws -> [StoredVerdict] {
        try await store.verdicts(feed: nil, PageRequest(limit: 1_000)).elements
    }
}

/// Answers for both products, now and then not.
private final class Sandbox: HTTPTransport {
    private struct State {
        var random: SplitMix64
        var failPercent = 25
        var samples: [(id: String, time: Timestamp)] = []
        var wasListed = false
        var asked = 0
    }

    private let state: Locked<State>

    init(seed: UInt64) { state = Locked(State(random: SplitMix64(seed: seed &+ 7))) }

    /// Whether somebody asked for the list: from then on everything in it is wanted.
    var wasListed: Bool { state.withLock { $0.wasListed } }
    var askedCount: Int { state.withLock { $0.asked } }
    func endFaults() { state.withLock { $0.failPercent = 0 } }
    func list(_ id: String, at time: Timestamp) { state.withLock { $0.samples.insert((id, time), at: 0) } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
        let (roll, fails, samples) = state.withLock { state in
            state.asked += 1
            if request.url.path == "/v0/samples" { state.wasListed = true }
            let roll = Int.random(in: 0..<4, using: &state.random)
            return (roll, Int.random(in: 0..<100, using: &state.random) < state.failPercent, state.samples)
        }
        if fails {
            switch roll {
            case 0: throw HTTPFailure(.connectionLost, mayHaveBeenReceived: true)
            case 1: return HTTPReply(status: 429, headers: [HTTPHeader("Retry-After", "30")])
            case 2: return HTTPReply(status: 502)
            default: return HTTPReply(status: 200, body: Array(#"{"error": true, "error_value": "analyzing"}"#.utf8))
            }
        }
        let path = request.url.path.split(separator: "/")
        switch path.first {
        case "v0": return Self.page(samples, query: request.url.query ?? "")
        case "v1": return Self.overview(String(path[2]))
        default: return Self.report(String(path[4]))
        }
    }

    /// Three to a page.
    private static func page(_ samples: [(id: String, time: Timestamp)], query: String) -> HTTPReply {
        let offset = query.split(separator: "&").first { $0.hasPrefix("offset=") }.flatMap { Int($0.dropFirst(7)) } ?? 0
        let rows = samples.dropFirst(offset).prefix(3).map { sample -> JSONValue in
            ["id": .string(sample.id), "submitted": .string(sample.time.rfc3339), "kind": "file", "status": "reported"]
        }
        let next: JSONValue = offset + 3 < samples.count ? .string(String(offset + 3)) : .null
        return HTTPReply(status: 200, body: JSONValue.object(["data": .array(rows), "next": next]).utf8())
    }

    private static func overview(_ id: String) -> HTTPReply {
        let value: JSONValue = [
            "sample": [
                "id": .string(id), "score": 10, "target": .string("\(id).exe"), "sha256": .string(Digest.of(id).hex),
                "completed": "2026-11-20T10:00:00Z",
            ], "analysis": ["score": 10, "tags": []], "targets": [],
        ]
        return HTTPReply(status: 200, body: value.utf8())
    }

    private static func report(_ id: String) -> HTTPReply {
        let value: JSONValue = [
            "info": ["id": .int(Int64(id) ?? 0), "ended": "2026-11-20 10:05:00"], "malscore": 9.5,
            "malstatus": "Malicious",
            "target": [
                "category": "file",
                "file": ["name": .string("task-\(id).exe"), "sha256": .string(Digest.of("task \(id)").hex)],
            ],
        ]
        return HTTPReply(status: 200, body: value.utf8())
    }
}
