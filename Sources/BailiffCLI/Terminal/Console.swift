import BailiffDiagnostics
import Foundation

/// Where a command speaks: results go to standard output, everything else to standard error.
struct Console: Sendable {
    /// Columns of the terminal; nil where the output is no terminal and may be as wide as it likes.
    var width: Int?
    /// Whether results may be coloured.
    var isColoured: Bool

    /// The process's own, as its environment and its terminal say.
    static let standard: Console = {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return Console(
            width: width(isTerminal: isTerminal, columns: environment["COLUMNS"]),
            isColoured: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb")
    }()

    private static func width(isTerminal: Bool, columns: String?) -> Int? {
        if let columns = columns.flatMap({ Int($0) }), (20...10_000).contains(columns) { return columns }
        guard isTerminal else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
        return Int(size.ws_col)
    }

    // MARK: Results

    /// One line of the result, already safe to print.
    func line(_ text: String) { write(Array(text.utf8) + [0x0A]) }

    func write(_ bytes: [UInt8]) {
        guard FileDescriptor.write(bytes, to: STDOUT_FILENO) else {
            // Whoever read the output has gone: end as other programs end then.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            return
        }
    }

    // MARK: Everything else

    /// `bailiff: error: …`; the text may come from outside.
    func error(_ text: String) { say("error", text) }
    func hint(_ text: String) { say("hint", text) }
    func warning(_ text: String) { say("warning", text) }
    func note(_ text: String) { say("note", text) }

    /// One line on standard error, already safe to print, without a prefix.
    func remark(_ text: String) { _ = FileDescriptor.write(Array(text.utf8) + [0x0A], to: STDERR_FILENO) }

    private func say(_ kind: String, _ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        for line in lines { remark("bailiff: \(kind): \(String(line).shown(limit: 4_000))") }
    }
}

/// Bytes to a file descriptor, whole.
enum FileDescriptor {
    /// False where nobody reads any more, or the disk is full.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

extension String {
    /// Safe to print, as a person reads it: what could act on the terminal is spelt out, a backslash stays as it is, so
    /// that a Windows path reads as one.
    func shown(limit: Int = 400) -> String {
        guard utf8.contains(UInt8(ascii: "\\")) else { return escapedForDisplay(limit: limit) }
        // Between its backslashes the text is escaped as ever.
        var out: [String] = []
        var left = limit
        for part in split(separator: "\\", omittingEmptySubsequences: false) {
            let count = part.unicodeScalars.count
            out.append(String(part).escapedForDisplay(limit: max(0, left)))
            left -= count + 1
            if left <= 0 { break }
        }
        return out.joined(separator: "\\")
    }
}
