import BailiffModel

/// Checks an exported log folder with nothing but the folder: no database, no network.
///
/// The roots are rebuilt from the bytes of the entries and compared with every signed checkpoint in the folder and with those
/// that were kept elsewhere; every tile is compared bit for bit. Memory stays bounded: one bundle of 256 entries, the right
/// edge of the tree, and eight bytes for each checkpoint.
package struct LogVerifier: Sendable {
    private let progress: @Sendable (_ entries: Int64, _ size: Int64) -> Void

    /// - Parameter progress: Called after every bundle of 256 entries.
    package init(progress: @escaping @Sendable (_ entries: Int64, _ size: Int64) -> Void = { _, _ in }) {
        self.progress = progress
    }

    /// Verifies a folder. Blocks while it reads; never throws and never writes: what is wrong stands in the report.
    ///
    /// - Parameters:
    ///   - trustedKey: The log's key as known from elsewhere. Without it the folder's `log.vkey` is used, and the report says so.
    ///   - pinnedCheckpoint: A signed checkpoint that was kept elsewhere, byte for byte.
    package func verify(
        directory: String, trustedKey: VerifierKey? = nil, pinnedCheckpoint: [UInt8]? = nil
    ) -> VerificationReport {
        verify(directory: directory, trustedKey: trustedKey, pinnedCheckpoints: pinnedCheckpoint.map { [$0] } ?? [])
    }

    /// As above, with any number of checkpoints kept elsewhere.
    package func verify(
        directory: String, trustedKey: VerifierKey?, pinnedCheckpoints: [[UInt8]]
    ) -> VerificationReport {
        var run = VerificationRun(folder: LogFolder(directory: directory), progress: progress)
        run.readKey(trusted: trustedKey)
        if run.findCheckpoints() {
            run.openPinned(pinnedCheckpoints)
            run.rebuild()
            run.findLeftovers()
        }
        return run.report
    }
}
