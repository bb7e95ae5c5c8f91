import BailiffModel

extension VerificationRun {
    /// Whether some checkpoint speaks of exactly the entries read so far.
    var isAtCheckpoint: Bool {
        head.size == size || (nextEarlier < earlierSizes.count && earlierSizes[nextEarlier] == head.size)
            || (nextPinned < pinned.count && pinned[nextPinned].size == head.size)
    }

    /// Compares the root rebuilt so far with every checkpoint of this size.
    mutating func compareRoots() {
        let root = head.root
        while nextPinned < pinned.count, pinned[nextPinned].size == head.size {
            compare(pinned[nextPinned], root, file: nil)
            nextPinned += 1
        }
        while nextEarlier < earlierSizes.count, earlierSizes[nextEarlier] == head.size {
            if let checkpoint = readEarlier(of: head.size) {
                compare(checkpoint, root, file: "\(Self.earlierFolder)/\(head.size)")
            }
            nextEarlier += 1
        }
        if head.size == size, let latest { compare(latest, root, file: Self.checkpointFile) }
    }

    private mutating func compare(_ checkpoint: Checkpoint, _ root: Digest, file: String?) {
        guard checkpoint.root == root else { return addMisfit(checkpoint, file: file) }
        if file == nil {
            report.outsideCheckpointsThatFit.append(checkpoint.size)
            lastOutsideFittingSize = head.size
        } else {
            report.checkpointsThatFit += 1
        }
        lastFittingSize = head.size
        clear(byOutsideCheckpoint: file == nil)
    }

    private mutating func addMisfit(_ checkpoint: Checkpoint, file: String?) {
        if checkpoint.size == 0 {
            let name = file ?? "the outside checkpoint"
            let message = "\(name) has no entries and yet another root than the empty tree"
            return add(file == nil ? .pinnedRoot : .checkpointRoot, message, file: file)
        }
        let known = (file == nil ? lastOutsideFittingSize : lastFittingSize) ?? 0
        let misfit = Misfit(
            checkpoint: checkpoint, file: file, entries: min(known, checkpoint.size - 1)...(checkpoint.size - 1),
            fitsTiles: stated?.root == checkpoint.root)
        if file != nil, lastFittingSize == checkpoint.size {
            addEquivocation(misfit)
        } else if misfits.count < VerificationReport.problemLimit {
            misfits.append(misfit)
        } else {
            furtherMisfits += 1
        }
    }

    private mutating func addEquivocation(_ misfit: Misfit) {
        add(
            .equivocation,
            "\(misfit.name) is validly signed and contradicts the checkpoint of size \(head.size): the key signed two histories",
            file: misfit.file)
    }

    /// A signed root fits, so the entries so far are what it was made over. What contradicts them is wrong itself.
    ///
    /// A checkpoint kept elsewhere is never refuted by one out of the folder: that one can have been made anew.
    private mutating func clear(byOutsideCheckpoint isOutside: Bool) {
        for misfit in misfits where isOutside || misfit.file != nil { addEquivocation(misfit) }
        misfits.removeAll { isOutside || $0.file != nil }
        for suspect in suspects {
            add(
                .tileAltered,
                "\(suspect.tile) is wrong about \(suspect.entries.inWords)\(Self.more(suspect.count)): the entries fit the checkpoint of size \(head.size)",
                file: suspect.tile)
        }
        report.furtherProblems += furtherMisfits + furtherSuspects
        suspects = []
        furtherMisfits = 0
        furtherSuspects = 0
        stated = nil
    }

    /// At the end: what no signed root has cleared.
    mutating func settle() {
        for suspect in suspects {
            let verb = suspect.entries.count == 1 ? "is" : "are"
            add(
                .entryAltered,
                "\(suspect.entries.inWords) \(verb) not what \(suspect.tile) says\(Self.more(suspect.count))",
                file: suspect.bundle ?? suspect.tile, entries: suspect.entries)
        }
        for misfit in misfits {
            let code: VerificationProblem.Code = misfit.file == nil ? .pinnedRoot : .checkpointRoot
            if misfit.fitsTiles {
                add(code, "\(misfit.name) has the root of the tiles, not that of the entries", file: misfit.file)
            } else {
                let message =
                    "\(misfit.name) has another root than the entries: \(misfit.entries.inWords) cannot be trusted"
                add(code, message, file: misfit.file, entries: misfit.entries)
            }
        }
        report.furtherProblems += furtherMisfits + furtherSuspects
        reportBeyondLog()
    }

    /// Checkpoints of more entries than the folder's newest one has.
    private mutating func reportBeyondLog() {
        let beyond = earlierSizes[nextEarlier...].filter { $0 > size }
        guard let largest = beyond.last, let checkpoint = readEarlier(of: largest) else { return }
        let file = "\(Self.earlierFolder)/\(largest)"
        add(
            .checkpointBeyondLog, "\(file) is signed and has \(largest) entries, the log \(size): its tail is missing",
            file: file, entries: size...(checkpoint.size - 1))
        report.furtherProblems += beyond.count - 1
    }

    static func more(_ count: Int) -> String { count > 1 ? " (and \(count - 1) more of its hashes)" : "" }
}
