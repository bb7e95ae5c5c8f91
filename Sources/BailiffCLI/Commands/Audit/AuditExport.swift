import ArgumentParser
import BailiffAudit
import BailiffModel

struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log of a running server into a folder that proves itself.",
        discussion: """
            The folder is a C2SP tlog-tiles log: log.vkey, checkpoint, earlier ones as checkpoints/SIZE, and tile/. Exporting \
            again into the same folder adds what is new; a file that differs from the log stops it.
            """)

    @Argument(help: "The folder; made where it does not exist.", completion: .directory)
    var directory: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let summary = try await APIClient.with(server) { client in
            let source = RemoteLog(client: client)
            let key = try await source.key()
            do {
                return try await LogExport(key: key).write(to: directory, source: source)
            } catch let error as AuditError {
                throw CommandFailure("\(error)")
            }
        }
        Renderer(output.format).print(.one(Self.json(summary, directory), Self.sheet(summary, directory)))
        guard summary.gaps.isEmpty else {
            throw CommandFailure(
                "the log is damaged where it is stored", hint: "check the folder with 'bailiff audit verify'",
                status: .bad)
        }
    }

    private static func json(_ summary: LogExport.Summary, _ directory: String) -> JSONValue {
        [
            "directory": .string(directory), "size": .int(summary.size),
            "earlier_checkpoints": .int(Int64(summary.earlierCheckpoints)),
            "files_written": .int(Int64(summary.filesWritten)), "files_unchanged": .int(Int64(summary.filesUnchanged)),
            "gaps": .array(summary.gaps.map { .string($0) }), "further_gaps": .int(Int64(summary.furtherGaps)),
        ]
    }

    private static func sheet(_ summary: LogExport.Summary, _ directory: String) -> Sheet {
        var sheet = Sheet([
            .fields([
                .init("exported", CellText("\(summary.size) entries into \(directory)")),
                .init(
                    "files", CellText("\(summary.filesWritten) written, \(summary.filesUnchanged) were there already")),
                .init("checkpoints", CellText("the newest and \(summary.earlierCheckpoints) earlier ones")),
            ])
        ])
        for gap in summary.gaps { sheet.parts.append(.line(CellText("missing: \(gap)", .bad))) }
        return sheet
    }
}

/// The log of a running server, file by file.
struct RemoteLog: LogSource {
    let client: APIClient

    func key() async throws -> VerifierKey {
        guard let bytes = try await client.file(["audit", "log.vkey"]) else {
            throw CommandFailure("the server gives no key of its log")
        }
        do throws(AuditError) { return try VerifierKey(file: bytes) } catch {
            throw CommandFailure("the server's log key: \(error)")
        }
    }

    func entries(from: Int64, count: Int) async throws -> [Entry] {
        let width = Int64(TileLayout.fullWidth)
        guard count > 0, let path = TilePath(.entries, index: from / width, width: count), from % width == 0,
            let bytes = try await file(path)
        else { return [] }
        return try EntryBundle.decode(bytes)
    }

    func tile(level: Int, index: Int64) async throws -> [UInt8]? {
        guard let path = TilePath(.hashes(level: level), index: index) else { return nil }
        return try await file(path)
    }

    func head() async throws -> LogHead {
        let head = try await client.get(["v1", "audit", "head"])
        guard let size = head["size"]?.int, let frontier = head["frontier"]?.string.flatMap({ Base64.decode($0) }),
            let partials = head["partials"]?.string.flatMap({ Base64.decode($0) })
        else { throw CommandFailure("the server does not give the end of its log") }
        return try LogHead(size: size, frontier: frontier, partials: partials)
    }

    func checkpoints(after: Int64?, limit: Int) async throws -> [StoredCheckpoint] {
        var query = [("limit", String(min(1_000, max(1, limit))))]
        if let after { query.append(("after", String(after))) }
        let page = try await client.get(["v1", "audit", "checkpoints"], query: query)
        return try (page["checkpoints"]?.array ?? []).map { item in
            guard let size = item["size"]?.int, let note = item["note"]?.string else {
                throw CommandFailure("the server gives a checkpoint without size or note")
            }
            return StoredCheckpoint(size: size, note: Array(note.utf8))
        }
    }

    /// The checkpoint that is served as the newest says its own size.
    func latestCheckpoint() async throws -> StoredCheckpoint? {
        guard let note = try await client.file(["audit", "checkpoint"]) else { return nil }
        return StoredCheckpoint(size: try Checkpoint(note: note, key: try await key()).size, note: note)
    }

    private func file(_ path: TilePath) async throws -> [UInt8]? {
        try await client.file(["audit"] + path.text.split(separator: "/").map(String.init))
    }
}
