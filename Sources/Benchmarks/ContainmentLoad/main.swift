import BenchmarkSupport
import Foundation

/// At once, also into a pipe.
func tell(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

// Measures floods of verdicts end to end. See `ContainmentOptions.usage`.
do {
    let options = try ContainmentOptions(Array(CommandLine.arguments.dropFirst()))
    let run = try await ContainmentRun(options)
    if options.idleCases > 0 { tell(try run.openIdleCases()) }
    for level in options.levels { tell(try run.level(level)) }
} catch {
    FileHandle.standardError.write(Data("ContainmentLoad: \(error)\n\(ContainmentOptions.usage)\n".utf8))
    exit(1)
}
