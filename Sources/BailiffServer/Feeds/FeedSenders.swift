import BailiffAPI
import BailiffDiagnostics
import BailiffModel
import Logging
import ServiceLifecycle

/// Who may post to the feeds, read again when the configuration or a file with a secret changes: a secret is replaced without
/// a restart, so that no delivery meets a closed door.
struct FeedSenders: Service {
    private let book: FeedBook
    private let configuration: @Sendable () -> Result<ServerConfiguration, ConfigurationProblems>
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameter configuration: As it lies now, or why it cannot be used.
    init(
        book: FeedBook, configuration: @escaping @Sendable () -> Result<ServerConfiguration, ConfigurationProblems>,
        interval: Duration, clock: any Clock<Duration>, logger: Logger
    ) {
        self.book = book
        self.configuration = configuration
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Looks once in an interval. What cannot be used is logged when it is another problem than before, and
    /// changes nothing.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var told = ""
            while true {
                do { try await clock.sleep(for: interval) } catch { return }
                switch configuration() {
                case .success(let read):
                    told = ""
                    for name in book.replaceSenders(by: read.feeds.map(\.apiFeed)) {
                        logger.notice("who may post to feed \(name) was replaced")
                    }
                case .failure(let problems):
                    let text = problems.report.diagnostics.map(\.description).joined(separator: "; ")
                    if text != told { logger.error("the feeds stay as they are: \(text)") }
                    told = text
                }
            }
        }
    }
}
