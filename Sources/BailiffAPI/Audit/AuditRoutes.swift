import BailiffAudit
import BailiffModel
import BailiffStore
import HTTPTypes
import ServiceLifecycle

/// The log: for people as entries, for tools as C2SP tlog-tiles.
struct AuditRoutes: Sendable {
    let store: any LogStore
    let key: VerifierKey
    let clock: any Clock<Duration>

    private static let greatestEntryLimit: Int64 = 1_000
    private static let greatestWait: Int64 = 30
    /// How soon a new entry is seen by those who wait for one.
    private static let waitInterval: Duration = .milliseconds(50)

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/audit/entries", .needs(.readLog),
                EndpointDocumentation(
                    "listEntries", "Entries of the log in its order; the newest where no beginning is given.",
                    query: [
                        .init(name: "from", text: "The index of the first entry, from 0.", integers: 0...Int64.max),
                        .init(
                            name: "limit", text: "How many at most, 1 to 1,000; 100 where it is absent.",
                            integers: 1...Self.greatestEntryLimit),
                        .init(
                            name: "wait",
                            text: "Seconds to wait for an entry at `from` where there is none yet, at most 30.",
                            integers: 0...Self.greatestWait),
                    ], reply: "EntryList", problems: [.queryMalformed]), respond: entries),
            Endpoint(
                .get, "/v1/audit/head", .needs(.readLog),
                EndpointDocumentation(
                    "logHead", "The end of the log: its size, root, frontier and unfinished tiles.", reply: "LogHead"),
                respond: head),
            Endpoint(
                .get, "/v1/audit/checkpoints", .needs(.readLog),
                EndpointDocumentation(
                    "listCheckpoints", "Signed checkpoints by size, ascending.",
                    query: [
                        .init(name: "after", text: "Only of a size above this.", integers: 0...Int64.max),
                        .init(
                            name: "limit", text: "How many at most, 1 to 1,000; 100 where it is absent.",
                            integers: 1...1_000),
                    ], reply: "CheckpointList", problems: [.queryMalformed]), respond: checkpoints),
            Endpoint(
                .get, "/audit/checkpoint", .needs(.readLog),
                EndpointDocumentation("checkpoint", "The newest signed checkpoint.", problems: [.notFound]),
                respond: checkpoint),
            Endpoint(
                .get, "/audit/log.vkey", .needs(.readLog),
                EndpointDocumentation("logKey", "The log's public key."), respond: verifierKey),
            Endpoint(
                .get, "/audit/tile/{path...}", .needs(.readLog),
                EndpointDocumentation(
                    "tile", "A tile of hashes or a bundle of entries, whole or partial.",
                    problems: [.idMalformed, .notFound]), respond: tile),
        ]
    }

    // MARK: For people

    private func entries(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let from = try query.integer("from", in: 0...Int64.max)
        let limit = try query.integer("limit", in: 1...Self.greatestEntryLimit) ?? 100
        let wait = try query.integer("wait", in: 0...Self.greatestWait) ?? 0
        try query.finish()
        let count = try await self.count(above: from ?? -1, waiting: .seconds(wait))
        let start = from ?? max(0, count - limit)
        let entries = start < count ? try await store.entries(from: start, limit: Int(limit)) : []
        let integrated = try await store.logHead().size
        let next = start + Int64(entries.count)
        return .json([
            "entries": .array(entries.map { json($0, integrated: integrated) }), "size": .int(count),
            "next": next < count ? .int(next) : .null,
        ])
    }

    /// How many entries there are: at once when there are more than `index`, else when there are, or at the end of the wait.
    private func count(above index: Int64, waiting limit: Duration) async throws -> Int64 {
        var waited = Duration.zero
        while true {
            let count = try await store.entryCount()
            if count > index || waited >= limit || Task.isShuttingDownGracefully { return count }
            try await clock.sleep(for: Self.waitInterval)
            waited += Self.waitInterval
        }
    }

    /// `raw` is the exact entry: what is hashed. The members before it only say what it says, with the erasable values where
    /// they still exist.
    private func json(_ item: SequencedEntry, integrated: Int64) -> JSONValue {
        let contents = EntryContents(item.entry)
        return [
            "index": .int(item.index), "at": .optional(contents?.at), "kind": .optional(contents?.kind),
            "actor": .optional(contents?.actor), "fields": contents.map { .object($0.fields) } ?? .null,
            "values": Rendering.object(item.redactables.map { ($0.path, .string($0.value)) }),
            "leaf_hash": .string(item.entry.leafHash.hex), "in_tree": .bool(item.index < integrated),
            "raw": .string(Base64.encode(item.entry.bytes)),
        ]
    }

    private func head(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        let head = try await store.logHead()
        return .json([
            "size": .int(head.size), "root": .string(head.root.hex),
            "frontier": .string(Base64.encode(head.frontier.bytes)),
            "partials": .string(Base64.encode(head.partialBytes)),
            "key": .string(key.text),
        ])
    }

    private func checkpoints(_ call: Call) async throws -> Reply {
        var query = try QueryReader(call.request.query)
        let after = try query.integer("after", in: 0...Int64.max)
        let limit = try query.integer("limit", in: 1...1_000) ?? 100
        try query.finish()
        let found = try await store.checkpoints(after: after, limit: Int(limit))
        return .json([
            "checkpoints": .array(
                found.map { ["size": .int($0.size), "note": .string(String(decoding: $0.note, as: UTF8.self))] })
        ])
    }

    // MARK: For tools

    private func checkpoint(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        guard let latest = try await store.latestCheckpoint() else {
            throw Problem(.notFound, "nothing was signed yet")
        }
        return .text(String(decoding: latest.note, as: UTF8.self))
    }

    private func verifierKey(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        return .text(key.text + "\n")
    }

    private func tile(_ call: Call) async throws -> Reply {
        try call.takeNoQuery()
        guard let path = TilePath(text: "tile/" + call.parameter("path")) else {
            throw Problem(.idMalformed, "this is no path of a tile")
        }
        guard let bytes = try await LogTiles(store: store).bytes(at: path) else {
            throw Problem(.notFound, "the log has no such tile yet")
        }
        return Reply(
            status: .ok,
            headers: [
                .contentType: "application/octet-stream",
                .cacheControl: path.isFull ? "max-age=31536000, immutable" : "no-store",
            ], body: bytes)
    }
}
