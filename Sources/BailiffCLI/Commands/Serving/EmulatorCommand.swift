import ArgumentParser
import BailiffDefenderEmulator
import BailiffModel

struct EmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator", abstract: "Run a server that behaves like Entra and Microsoft Defender for Endpoint.",
        discussion: """
            For testing playbooks before they go live. One address is the login host, Defender's API and Graph at once. Its \
            state lives in memory. Everything under /emulator/ controls it: the record of all requests, time, faults.

            Prints {"listening":"http://HOST:PORT"} on standard output when it is ready. Ends with SIGINT or SIGTERM.
            """)

    enum Speed: String, CaseIterable, ExpressibleByArgument {
        case immediate, demo, realistic

        var progress: EmulatorOptions.ActionProgress {
            switch self {
            case .immediate: .immediate
            case .demo: .demo
            case .realistic: .realistic
            }
        }
    }

    enum Clock: String, CaseIterable, ExpressibleByArgument { case real, controlled }

    @Option(help: "The port; 0 takes a free one.")
    var port = 0

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The file that describes applications, machines, files and who saw what.", completion: .file())
    var tenant: String?

    @Option(help: .init("In place of a file: a fleet of so many machines.", valueName: "count"))
    var machines: Int?

    @Option(help: "Decides the fleet, ids and faults.")
    var seed: UInt64 = 1

    @Option(help: "How fast machine actions progress.")
    var speed = Speed.demo

    @Option(help: "Misbehaviour by chance: seed=7,rate=2%,kinds=throttled+answerLost,stall=2s")
    var faults: String?

    @Option(name: .customLong("repeated-action"), help: "What an action does that is already pending on the machine.")
    var repeatedAction = EmulatorOptions.RepeatedAction.returnsExisting

    @Option(name: .customLong("next-links"), help: "Where links to next pages point.")
    var nextLinks = EmulatorOptions.NextLinks.same

    @Option(help: "How tidy bodies are.")
    var bodies = EmulatorOptions.BodyStyle.documented

    @Option(help: "The system's clock, or one that only /emulator/clock moves.")
    var clock = Clock.real

    @Flag(name: .customLong("no-quotas"), help: "Never answer 429 for too many calls.")
    var noQuotas = false

    @Option(name: .customLong("log-level"), help: "How much the log on standard error tells.")
    var logLevel = LogLevel.info

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
        guard (tenant == nil) != (machines == nil) else {
            throw ValidationError(
                tenant == nil ? "give --tenant FILE or --machines COUNT" : "--tenant and --machines exclude each other")
        }
        if let machines, !(1...1_000_000).contains(machines) {
            throw ValidationError("--machines is a number from 1 to 1000000")
        }
    }

    func run() async throws {
        let logger = TextLog.standardError("emulator", level: logLevel)
        let world = try tenantOfOptions()
        let emulator: DefenderEmulator
        do {
            emulator = try await DefenderEmulator.start(tenant: world, options: try options(), logger: logger)
        } catch let error as EmulatorError {
            throw CommandFailure(error.message)
        }
        Console.standard.line(Renderer.compact(["listening": .string(emulator.url)]))
        await Signals.waitForEnd()
        await emulator.stop()
    }

    private func options() throws(CommandFailure) -> EmulatorOptions {
        var options = EmulatorOptions(
            host: host, port: port, clock: clock == .real ? .real : .controlled, progress: speed.progress,
            repeatedAction: repeatedAction, nextLinks: nextLinks, bodies: bodies, seed: seed)
        if noQuotas { options.quotas = .off }
        if let faults {
            do throws(EmulatorError) { options.faults = try EmulatorFaultPlan(parsing: faults) } catch {
                throw .usage(error.message)
            }
        }
        return options
    }

    private func tenantOfOptions() throws(CommandFailure) -> EmulatorTenant {
        guard let tenant else { return .generated(machines: machines ?? 1, seed: seed) }
        return try OfflineTenant.tenant(tenant)
    }
}

extension EmulatorOptions.RepeatedAction: ExpressibleByArgument {}
extension EmulatorOptions.NextLinks: ExpressibleByArgument {}
extension EmulatorOptions.BodyStyle: ExpressibleByArgument {}
