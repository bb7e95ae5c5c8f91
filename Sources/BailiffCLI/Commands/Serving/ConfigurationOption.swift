import ArgumentParser
import BailiffDiagnostics
import BailiffServer
import Foundation

/// Which configuration file is meant.
struct ConfigurationOption: ParsableArguments {
    @Option(help: "The configuration file (BAILIFF_CONFIG).", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    /// Reads it silently, once for each call; nil where none is named.
    func reread() -> (@Sendable () -> Result<ServerConfiguration, ConfigurationProblems>)? {
        let environment = ProcessInfo.processInfo.environment
        guard let path = try? path(environment) else { return nil }
        return {
            Result { () throws(ConfigurationProblems) in
                try ServerConfiguration.load(path: path, environment: environment).configuration
            }
        }
    }

    /// Reads it, and tells on standard error all that is wrong or worth knowing.
    /// - Parameter status: What a bad configuration ends with.
    func load(_ console: Console, badStatus status: ExitStatus = .failed) throws(CommandFailure) -> ServerConfiguration
    {
        let environment = ProcessInfo.processInfo.environment
        let path = try path(environment)
        do throws(ConfigurationProblems) {
            let loaded = try ServerConfiguration.load(path: path, environment: environment)
            for line in loaded.remarks.rendered() { console.remark(line) }
            return loaded.configuration
        } catch {
            for line in error.rendered() { console.remark(line) }
            let count = error.report.diagnostics.count { $0.severity == .error }
            throw CommandFailure("the configuration has \(Words.count(count, "error"))", status: status)
        }
    }

    /// Reads as much of it as can be read, for looking at all that is wrong.
    func examine() throws(CommandFailure) -> ExaminedConfiguration {
        let environment = ProcessInfo.processInfo.environment
        return ServerConfiguration.examine(path: try path(environment), environment: environment)
    }

    private func path(_ environment: [String: String]) throws(CommandFailure) -> String {
        guard let path = config ?? environment["BAILIFF_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) else {
            throw CommandFailure.usage("no configuration is named", hint: "give --config FILE")
        }
        return path
    }
}
