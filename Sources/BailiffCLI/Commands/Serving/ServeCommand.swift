import ArgumentParser
import BailiffDiagnostics
import BailiffModel
import BailiffServer
import Foundation
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server.",
        discussion: """
            Prints one line on standard output when it is ready: {"listening":"http://HOST:PORT"}, with "intake" where \
            deliveries have an address of their own. The log goes to standard error. Ends with SIGINT or SIGTERM once what is \
            under way is finished; what is not is taken up at the next start.
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(name: .customLong("check"), help: "Read the configuration, say what is wrong with it, and end.")
    var onlyChecks = false

    @Option(name: .customLong("log-level"), help: "How much the log on standard error tells.")
    var logLevel = LogLevel.info

    func run() async throws {
        let console = Console.standard
        let configuration = try file.load(console, badStatus: onlyChecks ? .bad : .failed)
        if onlyChecks { return }
        var options = ServerRun.Options()
        options.version = CommandLineTool.version
        options.reread = file.reread()
        let server = ServerRun(
            configuration, options: options, logger: TextLog.standardError("bailiff", level: logLevel))
        do {
            try await server.run(gracefulShutdownSignals: [.sigterm, .sigint]) { listening in
                console.line(Renderer.compact(Self.readyLine(listening)))
            }
        } catch let problem as StartProblem {
            throw ServerStart.failure(problem)
        }
    }

    static func readyLine(_ listening: Listening) -> JSONValue {
        var line: JSONObject = ["listening": .string(listening.apiURL)]
        if listening.intakeURL != listening.apiURL { line["intake"] = .string(listening.intakeURL) }
        return .object(line)
    }
}

/// Why a server did not start, for the person at the terminal.
enum ServerStart {
    static func failure(_ problem: StartProblem, console: Console = .standard) -> CommandFailure {
        guard let report = problem.report else { return CommandFailure(problem.message) }
        _ = DiagnosticOutput(sources: problem.sources).failure(report.diagnostics, in: "", console: console)
        return CommandFailure(problem.message, hint: "'bailiff playbook check FOLDER --for-activation' shows the same")
    }
}
