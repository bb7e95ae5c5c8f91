import BailiffAudit
import BailiffModel
import BailiffStore
import Foundation
import Logging
import ServiceLifecycle

/// Keeps the newest checkpoint in files elsewhere: what the log is held against should not lie beside it.
struct CheckpointPublisher: Service {
    let store: any LogStore
    let files: [String]
    let clock: any Clock<Duration>
    let logger: Logger

    private static let interval: Duration = .seconds(1)

    /// Looks every second and once more at the end. A file that cannot be written is tried again; it holds up nothing.
    func run() async throws {
        var published: [String: Int64] = [:]
        var troubled: Set<String> = []
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            await publish(&published, &troubled)
            await cancelWhenGracefulShutdown { try? await clock.sleep(for: Self.interval) }
        }
        await publish(&published, &troubled)
    }

    private func publish(_ published: inout [String: Int64], _ troubled: inout Set<String>) async {
        guard let latest = try? await store.latestCheckpoint() else { return }
        for file in files where (published[file] ?? -1) < latest.size {
            do {
                try CheckpointPublisher.replace(file, with: latest.note)
                published[file] = latest.size
                if troubled.remove(file) != nil {
                    logger.notice("checkpoints are written again", metadata: ["file": "\(file)"])
                }
            } catch {
                if troubled.insert(file).inserted {
                    logger.error(
                        "the checkpoint cannot be written", metadata: ["file": "\(file)", "cause": "\(error)"])
                }
            }
        }
    }

    /// Whole or not at all, also over a crash.
    private static func replace(_ file: String, with bytes: [UInt8]) throws {
        let temporary = file + ".new"
        try Data(bytes).write(to: URL(filePath: temporary))
        let handle = try FileHandle(forUpdating: URL(filePath: temporary))
        try handle.synchronize()
        try handle.close()
        guard rename(temporary, file) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
