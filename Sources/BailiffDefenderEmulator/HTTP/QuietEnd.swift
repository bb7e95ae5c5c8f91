import BailiffModel
import Logging

/// Passes on what the server logs until it is stopped: that its connections are closed then is no error.
struct QuietEnd: LogHandler {
    private var handler: any LogHandler
    private let isOver: Locked<Bool>

    init(_ handler: any LogHandler, until isOver: Locked<Bool>) {
        self.handler = handler
        self.isOver = isOver
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    func log(event: LogEvent) {
        guard !isOver.withLock({ $0 }) else { return }
        handler.log(event: event)
    }
}
