import BailiffModel

extension VerificationRun {
    static let keyFile = "log.vkey"
    static let checkpointFile = "checkpoint"
    static let earlierFolder = "checkpoints"

    mutating func readKey(trusted: VerifierKey?) {
        let found = readFolderKey(isNeeded: trusted == nil)
        if let trusted {
            report.key = trusted
            report.keySource = .given
            if let found, found != trusted {
                add(.keyDiffers, "\(Self.keyFile) holds another key than the one given", file: Self.keyFile)
            }
        } else if let found {
            report.key = found
            report.keySource = .folder
        }
        report.origin = report.key?.name
    }

    private mutating func readFolderKey(isNeeded: Bool) -> VerifierKey? {
        let bytes: [UInt8]
        do throws(LogFolder.Failure) {
            bytes = try folder.read(Self.keyFile, limit: 4_096)
        } catch {
            if isNeeded || error != .missing {
                add(
                    .keyMissing, "no key was given and \(Self.keyFile) cannot be used: \(error.reason)",
                    file: Self.keyFile)
            }
            return nil
        }
        do throws(AuditError) {
            return try VerifierKey(file: bytes)
        } catch {
            add(.keyMalformed, "\(Self.keyFile): \(error)", file: Self.keyFile)
            return nil
        }
    }

    /// Reads `checkpoint` and the names in `checkpoints/`. False when there is nothing to measure the log by.
    mutating func findCheckpoints() -> Bool {
        listEarlier()
        let bytes: [UInt8]
        do throws(LogFolder.Failure) {
            bytes = try folder.read(Self.checkpointFile, limit: SignedNote.lengthLimitInBytes)
        } catch {
            add(.checkpointMissing, "\(Self.checkpointFile) cannot be read: \(error.reason)", file: Self.checkpointFile)
            return measureByEarlier()
        }
        latest = open(bytes, file: Self.checkpointFile)
        // Even where the signature is bad, the size in it says how far to look.
        let claimed = latest ?? (try? SignedNote(parsing: bytes)).flatMap { try? Checkpoint(text: $0.text) }
        guard let claimed else { return measureByEarlier() }
        size = claimed.size
        report.size = size
        return true
    }

    private mutating func measureByEarlier() -> Bool {
        guard let last = earlierSizes.last else { return false }
        size = last
        report.size = size
        return true
    }

    private mutating func listEarlier() {
        let names: [String]
        do throws(LogFolder.Failure) {
            names = try folder.list(Self.earlierFolder)
        } catch {
            if error != .missing {
                add(.unreadable, "\(Self.earlierFolder) cannot be read: \(error.reason)", file: Self.earlierFolder)
            }
            return
        }
        for name in names {
            if let size = StrictDecimal.parse(Array(name.utf8)) {
                earlierSizes.append(size)
            } else {
                report.addUnrelated("\(Self.earlierFolder)/\(name)")
            }
        }
        earlierSizes.sort()
    }

    /// A checkpoint of the folder whose signature is good, else nil and a problem.
    private mutating func open(_ bytes: [UInt8], file: String) -> Checkpoint? {
        do throws(AuditError) {
            // Without a key, what the note says is compared all the same; the missing key is a problem of its own.
            guard let key = report.key else { return try Checkpoint(text: SignedNote(parsing: bytes).text) }
            return try Checkpoint(note: bytes, key: key)
        } catch {
            let isSignature = error.code == .badSignature || error.code == .noKnownSignature
            add(isSignature ? .checkpointSignature : .checkpointMalformed, "\(file): \(error)", file: file)
            return nil
        }
    }

    mutating func openPinned(_ notes: [[UInt8]]) {
        for bytes in notes {
            do throws(AuditError) {
                guard let key = report.key else {
                    throw AuditError(.noKnownSignature, "there is no key to check it with")
                }
                let checkpoint = try Checkpoint(note: bytes, key: key)
                if checkpoint.size > size {
                    add(
                        .pinnedBeyondLog,
                        "the outside checkpoint has \(checkpoint.size) entries, the log \(size): its tail is missing",
                        entries: size...(checkpoint.size - 1))
                } else {
                    pinned.append(checkpoint)
                }
            } catch {
                let isSignature = error.code == .badSignature || error.code == .noKnownSignature
                add(isSignature ? .pinnedSignature : .pinnedMalformed, "the outside checkpoint: \(error)")
            }
        }
        pinned.sort { $0.size < $1.size }
    }

    mutating func readEarlier(of size: Int64) -> Checkpoint? {
        let file = "\(Self.earlierFolder)/\(size)"
        let bytes: [UInt8]
        do throws(LogFolder.Failure) {
            bytes = try folder.read(file, limit: SignedNote.lengthLimitInBytes)
        } catch {
            add(.unreadable, "\(file) cannot be read: \(error.reason)", file: file)
            return nil
        }
        guard let checkpoint = open(bytes, file: file) else { return nil }
        guard checkpoint.size == size else {
            add(.checkpointMalformed, "\(file) holds the checkpoint of size \(checkpoint.size)", file: file)
            return nil
        }
        return checkpoint
    }
}
