/// One thing that is wrong with a log folder.
package struct VerificationProblem: Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The folder or a file in it cannot be read.
        case unreadable
        /// There is no key to check signatures with.
        case keyMissing
        case keyMalformed
        /// `log.vkey` is not the key that the verifier was told to trust.
        case keyDiffers
        case checkpointMissing
        /// A checkpoint is not a note, not a checkpoint, of another log, or its file has the wrong name.
        case checkpointMalformed
        case checkpointSignature
        /// A signed root is not the root of the entries.
        case checkpointRoot
        /// A validly signed checkpoint speaks of more entries than the log has.
        case checkpointBeyondLog
        case pinnedMalformed
        case pinnedSignature
        /// The root of a checkpoint kept elsewhere is not the root of the entries.
        case pinnedRoot
        /// A checkpoint kept elsewhere speaks of more entries than the log has: its tail was cut.
        case pinnedBeyondLog
        /// The log's key has signed two histories.
        case equivocation
        case bundleMissing
        case bundleMalformed
        /// An entry is not the one that was hashed.
        case entryAltered
        case tileMissing
        case tileMalformed
        /// A tile is wrong while the entries under it fit a signed root.
        case tileAltered
        /// An older partial tile or bundle contradicts the newer one.
        case partialAltered
        /// A tile or bundle lies beyond the size of the checkpoint.
        case beyondCheckpoint
    }

    package var code: Code
    package var message: String
    /// The file in question, relative to the folder. Comes from the folder: escape it before a terminal sees it.
    package var file: String?
    /// The entries in question, as far as they can be told.
    package var entries: ClosedRange<Int64>?

    init(_ code: Code, _ message: String, file: String? = nil, entries: ClosedRange<Int64>? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.entries = entries
    }

    package var description: String { "\(message) [\(code.rawValue)]" }

    /// Whether the problem says that entries themselves are wrong or absent.
    var concernsEntries: Bool {
        switch code {
        case .bundleMissing, .bundleMalformed, .entryAltered, .checkpointRoot, .checkpointBeyondLog, .pinnedRoot,
            .pinnedBeyondLog:
            true
        default: false
        }
    }
}

extension ClosedRange<Int64> {
    /// "entry 7", "entries 7 to 9".
    var inWords: String { lowerBound == upperBound ? "entry \(lowerBound)" : "entries \(lowerBound) to \(upperBound)" }
}
