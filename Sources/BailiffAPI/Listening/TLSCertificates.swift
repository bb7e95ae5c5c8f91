import BailiffModel
package import Logging
import NIOSSL
import ServiceLifecycle

/// The listeners' certificate, read again when its files change. Open connections keep the one they began with.
package final class TLSCertificates: Service {
    private let files: TLSFiles
    private let held: Locked<TLSMaterial>
    private let clock: any Clock<Duration>
    private let logger: Logger

    private static let interval: Duration = .seconds(30)

    package init(files: TLSFiles, clock: any Clock<Duration>, logger: Logger) throws(TLSFilesError) {
        self.files = files
        held = Locked(try TLSMaterial(files))
        self.clock = clock
        self.logger = logger
    }

    var current: NIOSSLContext { held.withLock { $0.context } }

    /// Reads the files again. What cannot be used is logged and changes nothing.
    /// - Returns: Whether the certificate is another one now.
    @discardableResult
    package func reload() -> Bool {
        do throws(TLSFilesError) {
            let material = try TLSMaterial(files)
            let isNew = held.withLock { held in
                guard held.digest != material.digest else { return false }
                held = material
                return true
            }
            if isNew { logger.notice("the listeners' certificate was replaced") }
            return isNew
        } catch {
            logger.error("the listeners' certificate was not replaced: \(error)")
            return false
        }
    }

    /// Looks at the files every half minute.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                do { try await self.clock.sleep(for: Self.interval) } catch { return }
                self.reload()
            }
        }
    }
}
