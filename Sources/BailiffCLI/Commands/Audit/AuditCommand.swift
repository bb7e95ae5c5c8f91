import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The tamper-evident log.",
        subcommands: [AuditList.self, AuditVerify.self, AuditExport.self])
}
