import BailiffAudit
import BailiffModel
import BailiffStore

/// The log's tiles as they are asked for by path, from what is stored.
struct LogTiles: Sendable {
    let store: any LogStore

    /// Nil for what the integrated part of the log does not have yet.
    func bytes(at path: TilePath) async throws -> [UInt8]? {
        let head = try await store.logHead()
        switch path.kind {
        case .entries: return try await entries(path, head)
        case .hashes(let level): return try await hashes(level, path, head)
        }
    }

    private func entries(_ path: TilePath, _ head: LogHead) async throws -> [UInt8]? {
        let width = Int64(TileLayout.fullWidth)
        let (start, overflow) = path.index.multipliedReportingOverflow(by: width)
        guard !overflow, start <= head.size - Int64(path.width) else { return nil }
        let entries = try await store.entries(from: start, limit: path.width)
        guard entries.count == path.width else { return nil }
        return try EntryBundle.encode(entries.map(\.entry))
    }

    private func hashes(_ level: Int, _ path: TilePath, _ head: LogHead) async throws -> [UInt8]? {
        let wanted = path.width * Digest.byteCount
        let full = TileLayout.fullTiles(level: level, size: head.size)
        if path.index < full {
            guard let tile = try await store.tile(level: level, index: path.index) else { return nil }
            return Array(tile.hashes.prefix(wanted))
        }
        guard path.index == full, level < head.partials.count, head.partials[level].count >= wanted else { return nil }
        return Array(head.partials[level].prefix(wanted))
    }
}
