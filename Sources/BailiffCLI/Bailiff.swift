import ArgumentParser

/// The root of all commands.
struct Bailiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bailiff",
        abstract: "Carries out what malware sandboxes find, with Microsoft Defender for Endpoint.",
        discussion: """
            Takes verdicts about malicious files, finds the machines that saw them, runs playbooks over exactly those \
            machines, asks people where a playbook says so, and records every step in a log that proves itself.

            BAILIFF_URL and BAILIFF_TOKEN_FILE name a server and the file with your token; on the server's own machine \
            BAILIFF_SOCKET names the local administrator's socket.

            Exit status: 0 done, 1 failed, 2 the checked thing is bad, 64 usage.
            """,
        version: CommandLineTool.version,
        subcommands: [
            DemoCommand.self, ServeCommand.self, EmulatorCommand.self, StatusCommand.self, HaltCommand.self,
            ResumeCommand.self, BreakerCommand.self, AllowListCommand.self, DoctorCommand.self, VerdictCommand.self,
            CaseCommand.self, RunCommand.self,
            ApprovalCommand.self,
            MachineCommand.self, PlaybookCommand.self, FeedCommand.self, AuditCommand.self, OperatorCommand.self,
            NotifyCommand.self, ExpressionCommand.self, ManualCommand.self,
        ])
}
