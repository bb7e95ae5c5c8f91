import BailiffModel

/// Puts rows about one file on one device together.
///
/// Events leave out hashes as they please, so rows are joined through those they share: by SHA-1; by SHA-256 where other
/// rows tell its SHA-1; by MD5 only where all rows agree on one SHA-1, since two files can be made to share an MD5.
struct SightingRows {
    private struct Key: Hashable {
        var machine: MachineID
        var file: FileHash?
    }

    private var sha1OfSHA256: [FileHash: FileHash] = [:]
    private var sha1sOfMD5: [FileHash: Set<FileHash>] = [:]
    private let rows: [SightingRow]
    private let readsExecution: Bool

    /// - Parameter readsExecution: Whether process and image-load tables were part of the query.
    init(_ rows: [SightingRow], readsExecution: Bool = true) {
        self.rows = rows
        self.readsExecution = readsExecution
        for row in rows {
            guard let sha1 = row.sha1 else { continue }
            if let sha256 = row.sha256 { sha1OfSHA256[sha256] = sha1 }
            if let md5 = row.md5 { sha1sOfMD5[md5, default: []].insert(sha1) }
        }
    }

    /// In the order of machine ids, then hashes.
    func sightings() -> [HuntedSighting] {
        var groups: [Key: [SightingRow]] = [:]
        for row in rows { groups[Key(machine: row.machine, file: file(of: row)), default: []].append(row) }
        return groups.map { sighting($0.key.machine, $0.key.file, $0.value) }.sorted {
            if $0.machine != $1.machine { return $0.machine < $1.machine }
            return $0.hashes.all.map(\.hex).lexicographicallyPrecedes($1.hashes.all.map(\.hex))
        }
    }

    /// The strongest name the row's file has.
    private func file(of row: SightingRow) -> FileHash? {
        if let sha1 = row.sha1 { return sha1 }
        if let sha256 = row.sha256 { return sha1OfSHA256[sha256] ?? sha256 }
        guard let md5 = row.md5 else { return nil }
        if let sha1s = sha1sOfMD5[md5], sha1s.count == 1, let only = sha1s.first { return only }
        return md5
    }

    private func sighting(_ machine: MachineID, _ file: FileHash?, _ rows: [SightingRow]) -> HuntedSighting {
        let latest = rows.max { ($0.last ?? .distantPast) < ($1.last ?? .distantPast) }
        let names = distinct(rows.flatMap(\.names))
        return HuntedSighting(
            machine: machine, deviceName: rows.lazy.compactMap(\.deviceName).first,
            hashes: FileHashes(
                sha256: rows.lazy.compactMap(\.sha256).first, sha1: file?.algorithm == .sha1 ? file : nil,
                md5: rows.lazy.compactMap(\.md5).first),
            first: rows.compactMap(\.first).min(), last: rows.compactMap(\.last).max(),
            path: latest?.paths.first ?? rows.lazy.flatMap(\.paths).first, paths: distinct(rows.flatMap(\.paths)),
            fileNames: names, executed: executed(rows, names), status: SightingRow.status(of: rows),
            tables: distinct(rows.flatMap(\.tables)))
    }

    private func executed(_ rows: [SightingRow], _ names: [String]) -> Sighting.Executed {
        if rows.contains(where: \.wasExecuted) { return .yes }
        let tellsTables = rows.allSatisfy { !$0.tables.isEmpty }
        return readsExecution && tellsTables && !names.isEmpty && names.allSatisfy(SightingRows.isProgram)
            ? .no : .unknown
    }

    private static let programEndings: Set<String> = [
        "exe", "dll", "sys", "scr", "com", "cpl", "ocx", "drv", "efi", "ax", "mui",
    ]

    private static func isProgram(_ name: String) -> Bool {
        guard let dot = name.utf8.lastIndex(of: 0x2E) else { return false }
        return programEndings.contains(ASCII.lowerCased(String(decoding: name.utf8[dot...].dropFirst(), as: UTF8.self)))
    }

    private func distinct(_ texts: [String]) -> [String] {
        var seen: Set<[UInt8]> = []
        return texts.filter { seen.insert(Array($0.utf8)).inserted }
    }
}
