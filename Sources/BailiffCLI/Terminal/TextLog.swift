import ArgumentParser
import BailiffModel
import Foundation
import Logging

/// Log lines as text: RFC 3339 time in UTC, level, message, `key=value`. Nothing unprintable passes.
struct TextLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void

    private init(label: String, level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        logLevel = level
        self.write = write
    }

    static func standardError(_ label: String, level: LogLevel) -> Logger {
        Logger(label: label) { TextLog(label: $0, level: level.level) { Console.standard.remark($0) } }
    }

    /// Appends to a file, which is made where it does not exist; without one nothing is logged.
    static func file(_ path: String, _ label: String, level: LogLevel) -> Logger {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return Logger(label: label) {
            TextLog(label: $0, level: level.level) { line in
                if descriptor >= 0 { _ = FileDescriptor.write(Array(line.utf8) + [0x0A], to: descriptor) }
            }
        }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        for (key, value) in event.metadata ?? [:] { all[key] = value }
        let fields = all.sorted { $0.key < $1.key }.map { key, value in
            let text = "\(value)".shown(limit: 2_000)
            return " \(key.shown(limit: 80))=" + (text.contains(" ") || text.isEmpty ? "\"\(text)\"" : text)
        }
        let time = Surroundings.system.now().rfc3339
        write("\(time) \(event.level.rawValue) \(label): \("\(event.message)".shown(limit: 4_000))\(fields.joined())")
    }
}

/// How much the log tells.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
