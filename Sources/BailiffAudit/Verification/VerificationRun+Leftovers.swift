import BailiffModel

extension VerificationRun {
    private static let namesOfALog: Set<String> = [keyFile, checkpointFile, earlierFolder, "tile"]

    /// Looks at every name in the folder: tiles beyond the checkpoint are a problem, anything that is no part of a log is
    /// listed.
    mutating func findLeftovers() {
        do throws(LogFolder.Failure) {
            for name in try folder.list("") where !Self.namesOfALog.contains(name) { report.addUnrelated(name) }
            if folder.kind(of: "tile") != nil { try walk("tile", depth: 0) }
        } catch {
            add(.unreadable, "the folder cannot be listed: \(error.reason)")
        }
    }

    private mutating func walk(_ directory: String, depth: Int) throws(LogFolder.Failure) {
        for name in try folder.list(directory) {
            let path = "\(directory)/\(name)"
            switch folder.kind(of: path) {
            case .directory where depth < 10: try walk(path, depth: depth + 1)
            case .file:
                guard let tile = TilePath(text: path) else {
                    report.addUnrelated(path)
                    continue
                }
                if !tile.isWithin(size: size) {
                    add(.beyondCheckpoint, "\(path) lies beyond the \(size) entries of the checkpoint", file: path)
                }
            default: report.addUnrelated(path)
            }
        }
    }
}
