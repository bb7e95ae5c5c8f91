import Foundation

/// One subcommand of the program as a process of its own, until it is stopped.
final class RunningProgram {
    let port: UInt16
    private let process: Process
    private let output: Pipe

    /// Returns when the program has said where it listens.
    /// - Parameter log: Where its standard error goes.
    init(_ program: String, _ arguments: [String], log: String) throws {
        guard FileManager.default.createFile(atPath: log, contents: nil) else {
            throw LatencyProblem("\(log) cannot be written")
        }
        process = Process()
        output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw LatencyProblem("\(arguments[0]) did not start: see \(log)") }
            text += String(decoding: data, as: UTF8.self)
        }
        guard
            let digits = text.split(separator: "\"").first(where: { $0.hasPrefix("http") })?.split(separator: ":").last,
            let port = UInt16(digits)
        else { throw LatencyProblem("\(arguments[0]) did not say where it listens: \(text)") }
        self.port = port
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
