import BailiffAPI
import BailiffAudit
import BailiffModel
import BailiffStoreSQLite
import Foundation

/// What lies on this machine: the database, the log's key and checkpoints, certificates.
extension Doctor {
    func here() -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if canRead(.store) { findings += store() }
        // Without a path of its own the key lies beside the database.
        if canRead(.audit), canRead(.store) { findings += signingKey() }
        if canRead(.audit) { findings += checkpoints() }
        return findings + (canRead(.server) ? certificates() : [])
    }

    private func store() -> [DoctorFinding] {
        let path = configuration.store.path
        let parent = (path as NSString).deletingLastPathComponent
        let folder = parent.isEmpty ? "." : parent
        let files = FileManager.default
        guard files.fileExists(atPath: folder) else {
            return [
                DoctorFinding(
                    .problem, "store", "the folder \(folder) of the database does not exist",
                    breaks: "the server does not start",
                    mend: "mkdir -p \(folder), owned by the server's user")
            ]
        }
        var findings: [DoctorFinding] = []
        if !files.isWritableFile(atPath: folder) {
            findings.append(
                DoctorFinding(
                    .problem, "store", "the folder \(folder) cannot be written by this user",
                    breaks: "the server does not start: database, key and socket are made there",
                    mend: "run this as the server's user, or give that user the folder"))
        } else if files.fileExists(atPath: path) {
            findings.append(database(path))
        } else {
            findings.append(DoctorFinding(.note, "store", "the database \(path) is made at the first start"))
        }
        return findings + room(in: folder)
    }

    private func database(_ path: String) -> DoctorFinding {
        if let problem = DatabaseHeader.problem(at: path) {
            return DoctorFinding(
                .problem, "store", "\(path) cannot be used: \(problem)", breaks: "the server does not start",
                mend: "restore the database from a backup, or set store.path to where it is")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            return DoctorFinding(
                .problem, "store", "the database \(path) cannot be written by this user",
                breaks: "the server does not start", mend: "run this as the server's user, or give that user the file")
        }
        return DoctorFinding(.good, "store", "the database is at \(path)")
    }

    /// Intake stops at a full disk; the log can never be shortened.
    private func room(in folder: String) -> [DoctorFinding] {
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder),
            let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
        else { return [] }
        let text = "\(free / 1_048_576) MiB are free beside the database"
        if free >= 5 << 30 { return [DoctorFinding(.good, "store", text)] }
        return [
            DoctorFinding(
                free < 256 << 20 ? .problem : .warning, "store", text,
                breaks: "with a full disk deliveries are refused (503) and no action is taken",
                mend: "make room, or shorten store.retention")
        ]
    }

    private func signingKey() -> [DoctorFinding] {
        if case .file(let path) = configuration.audit.key, !FileManager.default.fileExists(atPath: path) {
            return [
                DoctorFinding(
                    .note, "log", "the log's key \(path) is made at the first start",
                    mend: "keep a copy of it elsewhere, and give the public key to your auditors")
            ]
        }
        do throws(StartProblem) {
            let key = try SigningKeyFile(
                configuration: configuration.audit, surroundings: surroundings, logger: logger
            ).key()
            return [DoctorFinding(.good, "log", "the log is signed as \(key.verifierKey.text)")]
        } catch {
            return [
                DoctorFinding(
                    .problem, "log", error.description, breaks: "the server does not start",
                    mend: "restore the key as it was, mode 600; a new key begins another log")
            ]
        }
    }

    private func checkpoints() -> [DoctorFinding] {
        guard !configuration.audit.checkpointFiles.isEmpty else {
            return [
                DoctorFinding(
                    .warning, "log", "no checkpoint of the log is kept elsewhere",
                    breaks: "whoever holds database and key can rewrite the log unnoticed",
                    mend: "set audit.checkpoints_to to a file on another machine")
            ]
        }
        return configuration.audit.checkpointFiles.map(checkpoint)
    }

    private func checkpoint(_ file: String) -> DoctorFinding {
        let folder = (file as NSString).deletingLastPathComponent
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file),
            let changed = attributes[.modificationDate] as? Date
        else {
            guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
                return DoctorFinding(
                    .problem, "log", "the checkpoint \(file) cannot be written",
                    breaks: "nothing outside proves the end of the log",
                    mend: "make its folder, and give it to the server's user")
            }
            return DoctorFinding(.note, "log", "the checkpoint \(file) is written once the server runs")
        }
        let age = Int(Date().timeIntervalSince(changed))
        // A running server writes one each minute.
        guard age > 600 else { return DoctorFinding(.good, "log", "the checkpoint \(file) is \(max(0, age)) s old") }
        return DoctorFinding(
            .warning, "log", "the checkpoint \(file) is \(text(ofAge: age)) old",
            breaks: "newer entries are not covered by it",
            mend: "look whether the server runs and may write the file")
    }

    private func text(ofAge seconds: Int) -> String {
        if seconds < 7_200 { return "\(seconds / 60) minutes" }
        return seconds < 172_800 ? "\(seconds / 3_600) hours" : "\(seconds / 86_400) days"
    }

    private func certificates() -> [DoctorFinding] {
        guard let files = configuration.server.tls else { return [] }
        do throws(TLSFilesError) {
            let until = try TLSMaterial(files).expires
            return [expiry("tls", "the listeners' certificate", until, breaks: "senders and the CLI refuse to connect")]
        } catch {
            return [
                DoctorFinding(
                    .problem, "tls", error.description, breaks: "the server does not start",
                    mend: "look at server.tls.certificate and server.tls.key")
            ]
        }
    }

    func expiry(_ area: String, _ what: String, _ until: Timestamp, breaks: String) -> DoctorFinding {
        let left = until - surroundings.now()
        let days = left.components.seconds / 86_400
        if left > .seconds(30 * 86_400) {
            return DoctorFinding(.good, area, "\(what) is valid until \(until.rfc3339)")
        }
        let soon = days < 1 ? "within a day" : "in \(days) day\(days == 1 ? "" : "s")"
        return DoctorFinding(
            left > .zero ? .warning : .problem, area,
            left > .zero ? "\(what) ends \(soon), at \(until.rfc3339)" : "\(what) expired at \(until.rfc3339)",
            breaks: left > .zero ? "then \(breaks)" : breaks,
            mend: "replace it; two can be registered while one is being replaced")
    }
}
