import ArgumentParser
import BailiffDiagnostics
import Foundation

/// The whole program: reads the command line, runs the command, turns what happened into an exit status.
package enum CommandLineTool {
    package static let version = "0.1.0"

    /// Runs one command line, without the program's own name, and returns the status to exit with.
    package static func run(_ arguments: [String]) async -> Int32 {
        let console = Console.standard
        do {
            var command = try Bailiff.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch let failure as CommandFailure {
            if let message = failure.message { console.error(message) }
            for hint in failure.hints { console.hint(hint) }
            return failure.status.rawValue
        } catch is CancellationError {
            return ExitStatus.failed.rawValue
        } catch {
            return report(error, console)
        }
    }

    /// What the parser throws, and what no command foresaw.
    private static func report(_ error: any Error, _ console: Console) -> Int32 {
        let status = Bailiff.exitCode(for: error)
        let text = Bailiff.message(for: error)
        guard status != .success else {
            // Help, the version, a completion script.
            if !text.isEmpty { console.line(text) }
            return status.rawValue
        }
        guard status == .validationFailure else {
            console.error(text.isEmpty ? String(describing: error) : text)
            return ExitStatus.failed.rawValue
        }
        let lines = text.split(separator: "\n").map(String.init)
        console.error(lowercasedFirst(lines.first ?? "the command line is wrong"))
        for line in lines.dropFirst() { console.hint(line) }
        for line in Bailiff.fullMessage(for: error).split(separator: "\n") {
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("Usage:") || line.hasPrefix("See '") else { continue }
            console.hint(lowercasedFirst(String(line.last == "." ? line.dropLast() : line)))
        }
        return ExitStatus.usage.rawValue
    }

    private static func lowercasedFirst(_ text: String) -> String {
        text.prefix(1).lowercased() + text.dropFirst()
    }
}
