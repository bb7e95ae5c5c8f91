/// Writes a log as a tlog-tiles folder that ``LogVerifier`` and tools of others can check.
///
/// ```
/// log.vkey                    the public key
/// checkpoint                  the newest signed checkpoint
/// checkpoints/SIZE            all earlier ones
/// tile/<L>/<N>[.p/<W>]        the hashes
/// tile/entries/<N>[.p/<W>]    the entries
/// ```
///
/// Exporting again into the same folder adds what is new. A file that is there already must have the same content: an export
/// never replaces evidence, it stops and names the file. `checkpoint` is replaced last, so that a folder whose export was
/// interrupted still speaks of what it holds whole.
package struct LogExport: Sendable {
    /// What an export did.
    package struct Summary: Sendable, Hashable {
        /// The size of the exported checkpoint.
        package internal(set) var size: Int64 = 0
        package internal(set) var earlierCheckpoints = 0
        package internal(set) var filesWritten = 0
        /// Files that were there already, with the same content.
        package internal(set) var filesUnchanged = 0
        /// What the source could not give (at most ``gapLimit``): the log is damaged where it is stored, and the verifier will
        /// say so about the folder as well.
        package internal(set) var gaps: [String] = []
        package internal(set) var furtherGaps = 0
        package static let gapLimit = 100

        mutating func addGap(_ text: String) {
            if gaps.count < Summary.gapLimit { gaps.append(text) } else { furtherGaps += 1 }
        }
    }

    private let key: VerifierKey
    private let progress: @Sendable (_ entries: Int64, _ size: Int64) -> Void

    /// - Parameter key: The log's public key; a folder of another log is refused.
    package init(
        key: VerifierKey, progress: @escaping @Sendable (_ entries: Int64, _ size: Int64) -> Void = { _, _ in }
    ) {
        self.key = key
        self.progress = progress
    }

    /// Writes everything up to the source's newest checkpoint.
    ///
    /// Damage in the source does not stop it: what is stored is exported as it is, and what is absent is listed in the summary.
    /// - Parameter directory: Made if it does not exist. Otherwise it must be empty or hold an earlier export of this log.
    /// - Throws: `AuditError` `.noCheckpoint`; `.folderRefused` for a folder that holds something else, a newer state of the log,
    ///   or that another export is writing; `.folderConflict` when an exported file differs from the log; `.fileAccess`; and
    ///   what the source throws.
    @concurrent
    package func write(to directory: String, source: some LogSource) async throws -> Summary {
        guard let latest = try await source.latestCheckpoint() else {
            throw AuditError(.noCheckpoint, "the log has no checkpoint yet: there is nothing signed to export")
        }
        let head = try await source.head()
        var target = try ExportTarget(folder: LogFolder(directory: directory), key: key, newest: latest)
        try await writeEntries(to: &target, source: source)
        try await writeTiles(to: &target, source: source, head: head)
        try await writeCheckpoints(to: &target, source: source)
        try target.finish()
        return target.summary
    }

    private func writeEntries(to target: inout ExportTarget, source: some LogSource) async throws {
        let size = target.size
        var start: Int64 = 0
        while start < size {
            try Task.checkCancellation()
            let width = Int(min(Int64(TileLayout.fullWidth), size - start))
            let index = start / Int64(TileLayout.fullWidth)
            let entries = try await source.entries(from: start, count: width).prefix(width)
            guard let path = TilePath(.entries, index: index, width: width) else { return }
            if entries.count < width {
                target.summary.addGap("entries from \(start + Int64(entries.count)) of \(path.text)")
            }
            if let bytes = try? EntryBundle.encode(entries) {
                if !bytes.isEmpty { try target.add(path, bytes) }
            } else {
                target.summary.addGap("\(path.text): an entry is too long")
            }
            start += Int64(width)
            progress(start, size)
        }
    }

    private func writeTiles(to target: inout ExportTarget, source: some LogSource, head: LogHead) async throws {
        for level in 0..<TileLayout.levels(forSize: target.size) {
            let full = TileLayout.fullTiles(level: level, size: target.size)
            for index in 0..<full {
                try Task.checkCancellation()
                guard let path = TilePath(.hashes(level: level), index: index) else { return }
                try target.addTile(path, try await source.tile(level: level, index: index))
            }
            let width = TileLayout.partialWidth(level: level, size: target.size)
            guard width > 0, let path = TilePath(.hashes(level: level), index: full, width: width) else { continue }
            // The log may have grown since the checkpoint: then the tile is wider by now, or even full.
            try target.addTile(path, try await source.storedTile(level: level, index: full, head: head))
        }
    }

    private func writeCheckpoints(to target: inout ExportTarget, source: some LogSource) async throws {
        var last: Int64?
        while true {
            try Task.checkCancellation()
            let page = try await source.checkpoints(after: last, limit: 1_000)
            for checkpoint in page where checkpoint.size < target.size { try target.addEarlier(checkpoint) }
            guard let size = page.last?.size, size > last ?? -1, size < target.size else { return }
            last = size
        }
    }
}
