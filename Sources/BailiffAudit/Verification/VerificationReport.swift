package import BailiffModel

/// What the verifier found.
package struct VerificationReport: Sendable, Hashable {
    package enum KeySource: String, Sendable {
        /// Given by whoever verifies.
        case given
        /// Read from the folder: it proves only that the folder fits itself.
        case folder
        case none
    }

    /// At most ``problemLimit``, in the order in which they were found.
    package internal(set) var problems: [VerificationProblem] = []
    /// How many more there were.
    package internal(set) var furtherProblems = 0
    package static let problemLimit = 100

    package internal(set) var origin: String?
    package internal(set) var keySource = KeySource.none
    package internal(set) var key: VerifierKey?
    /// The size that the folder's `checkpoint` speaks of.
    package internal(set) var size: Int64 = 0
    /// The root rebuilt from the entries; nil when not all of them could be read.
    package internal(set) var root: Digest?
    /// How many entries were read and hashed.
    package internal(set) var entriesRead: Int64 = 0
    /// Signed checkpoints in the folder whose root fits the entries, `checkpoint` included.
    package internal(set) var checkpointsThatFit = 0
    /// Sizes of the given outside checkpoints that the log fits.
    package internal(set) var outsideCheckpointsThatFit: [Int64] = []
    /// Names in the folder that are no part of a log and were not looked at, at most ``problemLimit``.
    package internal(set) var unrelatedFiles: [String] = []

    /// Whether nothing at all was found wrong. Entries that no outside checkpoint covers do not count as wrong; the report
    /// says which they are.
    package var isWhole: Bool { problems.isEmpty && furtherProblems == 0 }

    /// Whether the only key was one that lay beside the log itself.
    package var keyCameFromFolder: Bool { keySource == .folder }

    /// The first entry that is wrong, absent, or in the first stretch that cannot be trusted.
    package var firstBadIndex: Int64? {
        problems.filter(\.concernsEntries).compactMap { $0.entries?.lowerBound }.min()
    }

    /// The entries that rest on the word of whoever holds database and key: those behind the greatest fitting checkpoint
    /// that was kept elsewhere. Nil when there are none.
    package var entriesNotCoveredByOutsideCheckpoint: ClosedRange<Int64>? {
        let covered = outsideCheckpointsThatFit.max() ?? 0
        return covered < size ? covered...(size - 1) : nil
    }

    /// What this verification cannot show, to be printed with every result.
    package var limits: [String] {
        var lines: [String] = []
        if keyCameFromFolder {
            lines.append(
                "the key came from the folder itself: whoever made the folder could have made the key; compare it with one from elsewhere"
            )
        }
        if let range = entriesNotCoveredByOutsideCheckpoint {
            lines.append(
                "\(range.inWords) not covered by an outside checkpoint: whoever holds the database and the key could have rewritten them"
            )
        }
        return lines
    }

    mutating func add(_ problem: VerificationProblem) {
        if problems.count < VerificationReport.problemLimit { problems.append(problem) } else { furtherProblems += 1 }
    }

    mutating func addUnrelated(_ name: String) {
        if unrelatedFiles.count < VerificationReport.problemLimit { unrelatedFiles.append(name) }
    }
}
