import BailiffModel

/// The folder an export writes to, locked while it lasts.
struct ExportTarget {
    private static let temporary = ".export.tmp"
    private static let namesOfALog: Set<String> = [
        VerificationRun.keyFile, VerificationRun.checkpointFile, VerificationRun.earlierFolder, "tile", temporary,
    ]

    private let folder: LogFolder
    private let lock: LogFolder.Lock
    private let newest: StoredCheckpoint
    /// What the folder's `checkpoint` was before, when that was an older one.
    private var previous: StoredCheckpoint?
    /// Partial forms that a full tile has replaced.
    private var superseded: [String] = []
    private var directories: Set<String> = []
    var summary = LogExport.Summary()

    var size: Int64 { newest.size }

    init(folder: LogFolder, key: VerifierKey, newest: StoredCheckpoint) throws(AuditError) {
        self.folder = folder
        self.newest = newest
        try ExportTarget.access(folder.directory) { () throws(LogFolder.Failure) in try folder.create("") }
        let lock = try ExportTarget.access(folder.directory) { () throws(LogFolder.Failure) in try folder.lock() }
        guard let lock else {
            throw AuditError(.folderRefused, "\(folder.directory) is being written by another export")
        }
        self.lock = lock
        previous = nil
        summary.size = newest.size
        let names = try ExportTarget.access(folder.directory) { () throws(LogFolder.Failure) in try folder.list("") }
        try checkOwnership(names, key: key)
        try add(VerificationRun.keyFile, Array("\(key.text)\n".utf8))
        try checkPrevious(key: key)
    }

    // MARK: Before anything is written

    private func checkOwnership(_ names: [String], key: VerifierKey) throws(AuditError) {
        if let foreign = names.first(where: { !ExportTarget.namesOfALog.contains($0) }) {
            throw AuditError(.folderRefused, "\(folder.directory) holds something else than a log: \(foreign)")
        }
        let contents = names.filter { $0 != ExportTarget.temporary }
        guard !contents.isEmpty else { return }
        guard let bytes = try? folder.read(VerificationRun.keyFile, limit: 4_096),
            let found = try? VerifierKey(file: bytes)
        else {
            throw AuditError(
                .folderRefused, "\(folder.directory) is not empty and has no \(VerificationRun.keyFile) of this log")
        }
        guard found == key else {
            throw AuditError(.folderRefused, "\(folder.directory) holds the log \(found.name) with another key")
        }
    }

    private mutating func checkPrevious(key: VerifierKey) throws(AuditError) {
        let name = VerificationRun.checkpointFile
        guard folder.kind(of: name) != nil else { return }
        let bytes = try ExportTarget.access(name) { () throws(LogFolder.Failure) in
            try folder.read(name, limit: SignedNote.lengthLimitInBytes)
        }
        let found: Checkpoint
        do throws(AuditError) {
            found = try Checkpoint(note: bytes, key: key)
        } catch {
            throw AuditError(.folderRefused, "the checkpoint in \(folder.directory) is not one of this log: \(error)")
        }
        guard found.size <= size else {
            throw AuditError(
                .folderRefused,
                "\(folder.directory) holds \(found.size) entries, more than the \(size) of the log's newest checkpoint")
        }
        if found.size < size {
            previous = StoredCheckpoint(size: found.size, note: bytes)
        } else if !ExportTarget.haveSameText(bytes, newest.note) {
            throw ExportTarget.conflict(name)
        }
    }

    // MARK: Adding

    mutating func addTile(_ path: TilePath, _ stored: [UInt8]?) throws(AuditError) {
        let length = path.width * Digest.byteCount
        guard let stored, stored.count >= length else {
            summary.addGap(path.text)
            if let stored, !stored.isEmpty { try add(path, stored) }
            return
        }
        try add(path, Array(stored.prefix(length)))
    }

    mutating func add(_ path: TilePath, _ bytes: [UInt8]) throws(AuditError) {
        try compareShorterForms(of: path, with: bytes)
        try add(path.text, bytes)
    }

    mutating func addEarlier(_ checkpoint: StoredCheckpoint) throws(AuditError) {
        let name = "\(VerificationRun.earlierFolder)/\(checkpoint.size)"
        summary.earlierCheckpoints += 1
        if checkpoint.size == previous?.size {
            guard ExportTarget.haveSameText(checkpoint.note, previous?.note ?? []) else {
                throw ExportTarget.conflict(VerificationRun.checkpointFile)
            }
            previous = nil
        }
        if let found = try? folder.read(name, limit: SignedNote.lengthLimitInBytes),
            ExportTarget.haveSameText(found, checkpoint.note)
        {
            // Others may have added their cosignatures to the one in the folder.
            summary.filesUnchanged += 1
            return
        }
        try add(name, checkpoint.note)
    }

    /// Writes a file that is new; one that is there must be the same.
    private mutating func add(_ name: String, _ bytes: [UInt8]) throws(AuditError) {
        if folder.kind(of: name) != nil {
            guard let found = try? folder.read(name, limit: max(bytes.count, 1)), found == bytes else {
                throw ExportTarget.conflict(name)
            }
            summary.filesUnchanged += 1
            return
        }
        try replace(name, bytes, isDurable: false)
    }

    private mutating func replace(_ name: String, _ bytes: [UInt8], isDurable: Bool) throws(AuditError) {
        let folder = folder
        if let slash = name.utf8.lastIndex(of: 0x2F) {
            let directory = String(name[..<slash])
            if directories.insert(directory).inserted {
                try ExportTarget.access(directory) { () throws(LogFolder.Failure) in try folder.create(directory) }
            }
        }
        try ExportTarget.access(name) { () throws(LogFolder.Failure) in
            try folder.write(name, bytes, temporary: ExportTarget.temporary, isDurable: isDurable)
        }
        summary.filesWritten += 1
    }

    /// What an earlier export left of this tile must be its beginning.
    private mutating func compareShorterForms(of path: TilePath, with bytes: [UInt8]) throws(AuditError) {
        guard let names = try? folder.list(path.partialsFolder) else { return }
        for name in names {
            guard let width = StrictDecimal.parse(Array(name.utf8)), width >= 1, width < Int64(path.width),
                let shorter = TilePath(path.kind, index: path.index, width: Int(width))
            else { continue }
            let beginning = bytes.prefix(shorter.lengthInBytes(within: bytes))
            guard let found = try? folder.read(shorter.text, limit: EntryBundle.lengthLimitInBytes),
                beginning.elementsEqual(found)
            else { throw ExportTarget.conflict(shorter.text) }
            if path.isFull { superseded.append(shorter.text) }
        }
        if path.isFull { superseded.append(path.partialsFolder) }
    }

    // MARK: The end

    /// Puts the new checkpoint in place, then removes the partial tiles that full ones have replaced.
    mutating func finish() throws(AuditError) {
        if let previous {
            // The log has forgotten a checkpoint that it once signed and published here.
            try add("\(VerificationRun.earlierFolder)/\(previous.size)", previous.note)
            summary.earlierCheckpoints += 1
        }
        let found = try? folder.read(VerificationRun.checkpointFile, limit: SignedNote.lengthLimitInBytes)
        if let found, ExportTarget.haveSameText(found, newest.note) {
            summary.filesUnchanged += 1
        } else {
            try replace(VerificationRun.checkpointFile, newest.note, isDurable: true)
        }
        for name in superseded {
            if name.utf8.suffix(2).elementsEqual(".p".utf8) {
                folder.removeDirectory(name)
            } else {
                folder.removeFile(name)
            }
        }
    }

    private static func haveSameText(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        if left == right { return true }
        guard let left = try? SignedNote(parsing: left), let right = try? SignedNote(parsing: right) else {
            return false
        }
        return left.text == right.text
    }

    private static func conflict(_ name: String) -> AuditError {
        AuditError(
            .folderConflict,
            "\(name) was exported before with another content: one of the two, the folder or the log, has been changed")
    }

    private static func access<Result>(
        _ name: String, _ body: () throws(LogFolder.Failure) -> Result
    ) throws(AuditError) -> Result {
        do throws(LogFolder.Failure) { return try body() } catch {
            throw AuditError(.fileAccess, "\(name): \(error.reason)")
        }
    }
}
