import Foundation

/// One subcommand of the program as a process of its own, until it is stopped.
package final class RunningProgram {
    package let port: UInt16
    private let process: Process
    private let output: Pipe

    /// Returns when the program has said where it listens.
    /// - Parameter log: Where its standard error goes.
    package init(_ program: String, _ arguments: [String], log: String) throws {
        guard FileManager.default.createFile(atPath: log, contents: nil) else {
            throw BenchmarkProblem("\(log) cannot be written")
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
            guard !data.isEmpty else { throw BenchmarkProblem("\(arguments[0]) did not start: see \(log)") }
            text += String(decoding: data, as: UTF8.self)
        }
        guard
            let digits = text.split(separator: "\"").first(where: { $0.hasPrefix("http") })?.split(separator: ":").last,
            let port = UInt16(digits)
        else { throw BenchmarkProblem("\(arguments[0]) did not say where it listens: \(text)") }
        self.port = port
    }

    /// What another subcommand prints, run to its end.
    package static func output(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkProblem("\(arguments[0]) ended with \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Of the process, as the kernel counts it.
    package func usage() -> (cpuSeconds: Double, residentMegabytes: Int) {
        let folder = "/proc/\(process.processIdentifier)"
        let fields =
            ((try? String(contentsOfFile: "\(folder)/stat", encoding: .utf8)) ?? "")
            .split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
        var resident = 0
        for line in ((try? String(contentsOfFile: "\(folder)/status", encoding: .utf8)) ?? "").split(separator: "\n")
        where line.hasPrefix("VmRSS:") {
            resident = (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1_024
        }
        return (ticks / Double(sysconf(Int32(_SC_CLK_TCK))), resident)
    }

    package func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
