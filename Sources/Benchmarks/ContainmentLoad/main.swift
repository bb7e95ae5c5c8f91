import BenchmarkSupport
import Foundation

// Measures floods of verdicts end to end. See `ContainmentOptions.usage`.
do {
    let options = try ContainmentOptions(Array(CommandLine.arguments.dropFirst()))
    let run = try ContainmentRun(options)
    for level in options.levels { print(try run.level(level)) }
} catch {
    FileHandle.standardError.write(Data("ContainmentLoad: \(error)\n\(ContainmentOptions.usage)\n".utf8))
    exit(1)
}
