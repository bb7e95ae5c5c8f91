import ArgumentParser
import BailiffModel

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page, or a script that completes commands in your shell.",
        discussion: """
            bailiff manual > bailiff.1 && man ./bailiff.1
            bailiff manual --completions bash > /etc/bash_completion.d/bailiff
            bailiff manual --completions zsh > ~/.zfunc/_bailiff
            bailiff manual --completions fish > ~/.config/fish/completions/bailiff.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    @Option(help: "Print the completion script of this shell in place of the manual.")
    var completions: Shell?

    func run() throws {
        let console = Console.standard
        if let completions {
            let shell: CompletionShell =
                switch completions {
                case .bash: .bash
                case .zsh: .zsh
                case .fish: .fish
                }
            return console.line(Bailiff.completionScript(for: shell))
        }
        do throws(JSONError) {
            let tool = try StrictJSON.parse(Array(Bailiff._dumpHelp().utf8), limits: .trusted)
            for line in ManualPage(tool: tool, version: CommandLineTool.version).lines { console.line(line) }
        } catch {
            throw CommandFailure("the description of the commands cannot be read")
        }
    }
}
