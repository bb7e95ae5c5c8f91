import BailiffModel
import Logging

/// The emulator without its HTTP server: a request in, a reply out.
final class EmulatorCore: Sendable {
    let options: EmulatorOptions
    let logger: Logger
    let address: Locked<String>

    init(tenant: EmulatorTenant, options: EmulatorOptions, logger: Logger) throws(EmulatorError) {
        self.options = options
        self.logger = logger
        address = Locked("")
    }

    func listen(at url: String) { address.withLock { $0 = url } }

    func releaseAll() {}

    func answer(_ request: IncomingRequest) async -> Reply { Reply(status: 404) }
}
