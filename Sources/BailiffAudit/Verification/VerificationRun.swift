import BailiffModel

/// One pass over a folder. The parts are in the extensions: keys and checkpoints, the rebuilding, the comparing of roots, the
/// files left over.
struct VerificationRun {
    let folder: LogFolder
    let progress: (_ entries: Int64, _ size: Int64) -> Void
    var report = VerificationReport()

    /// The size up to which entries are expected.
    var size: Int64 = 0
    /// The folder's `checkpoint`, when its signature is good.
    var latest: Checkpoint?
    /// Sizes of `checkpoints/`, ascending, and the first that has not been reached.
    var earlierSizes: [Int64] = []
    var nextEarlier = 0
    /// Checkpoints kept elsewhere whose signature is good, by size, and the first that has not been reached.
    var pinned: [Checkpoint] = []
    var nextPinned = 0

    /// The tree over the entries read so far.
    var head = LogHead()
    /// From the first difference on: the tree over what the level-0 tiles say instead.
    var stated: LogHead?
    /// Differences between entries and tiles that the next signed root decides.
    var suspects: [Suspect] = []
    var furtherSuspects = 0
    /// Checkpoints that did not fit, until one decides that they are wrong themselves.
    var misfits: [Misfit] = []
    var furtherMisfits = 0
    /// The greatest sizes at which the rebuilt root was a signed one, of the folder or kept elsewhere.
    var lastFittingSize: Int64?
    var lastOutsideFittingSize: Int64?

    init(folder: LogFolder, progress: @escaping (_ entries: Int64, _ size: Int64) -> Void) {
        self.folder = folder
        self.progress = progress
    }

    /// Hashes in a tile that are not those rebuilt from the entries under it.
    struct Suspect {
        /// Under the first such hash.
        var entries: ClosedRange<Int64>
        var tile: String
        var bundle: String?
        var count: Int
    }

    /// A signed checkpoint whose root is not that of the entries.
    struct Misfit {
        var checkpoint: Checkpoint
        /// Nil for one that was kept elsewhere.
        var file: String?
        /// Where the difference must lie.
        var entries: ClosedRange<Int64>
        /// Whether the hashes in the tiles give its root: then the suspects are all there is.
        var fitsTiles: Bool

        var name: String { file ?? "the outside checkpoint of size \(checkpoint.size)" }
    }

    mutating func add(
        _ code: VerificationProblem.Code, _ message: String, file: String? = nil, entries: ClosedRange<Int64>? = nil
    ) {
        report.add(VerificationProblem(code, message, file: file, entries: entries))
    }
}
