import ArgumentParser
import BailiffDefenderEmulator
import Foundation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "See Bailiff work: an emulated Defender, a server, two sandboxes, one analyst.",
        discussion: """
            Everything runs on this machine, on loopback addresses, with a database in a temporary folder. Exit status 1, and \
            what was expected, if anything does not happen as it should.
            """)

    @Flag(help: "Leave everything running at the end, and say how to look around.")
    var keep = false

    func run() async throws {
        let teller = DemoTeller(console: .standard)
        teller.say("Bailiff demo: everything runs on this machine and ends with it.")
        let stage = try await DemoStage.build(teller)
        do {
            try await DemoStory(stage: stage, teller: teller).tell()
            if keep { try await leaveRunning(stage, teller) }
        } catch {
            await stage.close()
            teller.say("")
            let hint = "the server's log and everything else is in \(stage.folder.path)"
            if let failure = error as? CommandFailure {
                throw CommandFailure("the demo did not go as it should: \(failure)", hints: failure.hints + [hint])
            }
            throw CommandFailure("the demo did not go as it should: \(error)", hint: hint)
        }
        await stage.close()
        if !keep { stage.folder.remove() }
    }

    private func leaveRunning(_ stage: DemoStage, _ teller: DemoTeller) async throws {
        teller.heading("Everything goes on running until you press Control-C. In another terminal:")
        for (name, value) in stage.variables { teller.say("  export \(name)='\(value)'") }
        for command in [
            "status", "case list", "case show \(DemoFiles.verdictSHA256.prefix(8))", "approval list --all",
            "audit list",
            "operator list",
        ] { teller.say("  \(stage.program.shownPath) \(command)") }
        teller.say("  curl \(stage.emulator.url)/emulator/requests     # everything Defender was asked")
        teller.say("The server's configuration, database and log are in \(stage.folder.path); they stay there.")
        await Signals.waitForEnd()
    }
}
