import ArgumentParser
import BailiffPlaybook

struct PlaybookSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of playbooks, policies and approval policies.",
        discussion: """
            For editors that complete and check YAML by a schema (draft 2020-12). 'bailiff playbook check' knows much more: \
            types of conditions, names across files, what must never be left out.
            """)

    func run() { Console.standard.line(Renderer.pretty(PlaybookSchema.document)) }
}
