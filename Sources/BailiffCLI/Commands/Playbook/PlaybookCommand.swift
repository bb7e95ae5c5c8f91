import ArgumentParser

struct PlaybookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "playbook", abstract: "Playbooks, policies and approval policies.",
        subcommands: [
            PlaybookList.self, PlaybookCheck.self, PlaybookTestCommand.self, PlaybookPlan.self,
            PlaybookDiffCommand.self, PlaybookSchemaCommand.self, PlaybookExport.self,
            PlaybookActivate.self, PlaybookDeactivate.self,
            PlaybookBacktest.self,
        ])
}
