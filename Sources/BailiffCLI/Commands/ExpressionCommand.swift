import ArgumentParser
import Foundation

struct ExpressionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expression", abstract: "Work with the expressions that playbooks are made of.",
        subcommands: [Evaluate.self])

    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "eval", abstract: "Evaluate expressions: NDJSON in, NDJSON out, line for line.",
            discussion: """
                A line is {"id", "expr", "bindings", …}; further keys are container, disable_check, check_only and \
                type_env. The answer is {"id", "value", "deduced_type"}, {"id", "deduced_type"} for check_only, or \
                {"id", "error": {"phase", "message"}} with the phase parse, check or evaluate.
                """)

        func run() throws {
            let evaluator = ExpressionEvaluator()
            let console = Console.standard
            while let line = readLine(strippingNewline: true) {
                if line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                console.line(evaluator.evaluate(line: line))
            }
        }
    }
}
