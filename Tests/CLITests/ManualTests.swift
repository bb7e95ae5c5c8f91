import BailiffModel
import Foundation
import Testing

@testable import BailiffCLI

@Suite("The manual and the completions")
struct ManualTests {
    @Test("the page names every command, and no line of it is taken for a macro by mistake")
    func page() async throws {
        let output = try await Program.run(["manual"], folder: try TemporaryFolder())
        #expect(output.status == 0)
        for command in ["approval review", "playbook activate", "operator roles", "audit verify", "case watch", "halt"]
        {
            #expect(output.stdout.contains(".SS bailiff \(command)"), "\(command)")
        }
        let macros: Set = [".TH", ".SH", ".SS", ".B", ".I", ".PP", ".TP", ".nh", ".ad"]
        for line in output.lines where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)")
        }
        #expect(output.stdout.contains(".SH EXIT STATUS"))
        #expect(output.stdout.utf8.allSatisfy { $0 < 0x80 }, "troff reads bytes")
    }

    @Test("troff's own characters are escaped")
    func escapes() {
        #expect(ManualPage.escaped(".TH x") == "\\&.TH x")
        #expect(ManualPage.escaped("'x") == "\\&'x")
        #expect(ManualPage.escaped("whsec_…") == "whsec_\\[u2026]")
        #expect(ManualPage.escaped(#"C:\a --b"#) == #"C:\ea \-\-b"#)
    }

    @Test(
        "each shell gets a script that knows the commands",
        arguments: [("bash", "complete -o filenames"), ("zsh", "#compdef bailiff"), ("fish", "complete -c")])
    func completions(_ shell: String, _ mark: String) async throws {
        let output = try await Program.run(["manual", "--completions", shell], folder: try TemporaryFolder())
        #expect(output.status == 0)
        #expect(output.stdout.contains(mark), "\(output.stdout.prefix(300))")
        for command in ["approval", "review", "backtest"] { #expect(output.stdout.contains(command)) }
    }

    @Test("spans are typed with one unit", arguments: ["0d", "d", "", "1.5h", "-1h", "5", "99999999d", "1w", "１h"])
    func noSpan(_ text: String) {
        #expect(Span(argument: text) == nil)
    }

    @Test("a token's end is a span or a time")
    func ends() throws {
        let now = Timestamp(seconds: 1_790_000_000)
        #expect(try #require(TokenEnd(argument: "90d")).time(from: now) == now + .seconds(90 * 86_400))
        #expect(try #require(TokenEnd(argument: now.rfc3339)).time(from: .epoch) == now)
        #expect(TokenEnd(argument: "tomorrow") == nil)
    }
}
