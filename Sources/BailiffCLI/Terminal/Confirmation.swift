import ArgumentParser
import Foundation

/// Asks before something is done that cannot be taken back.
struct Confirmation: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do it without asking.")
    var yes = false

    /// - Parameter what: Names what will be done: `revokes the token of ana`.
    func require(_ what: String, _ console: Console = .standard) throws(CommandFailure) {
        if yes { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw .usage("this \(what)", hint: "give --yes where nobody can be asked")
        }
        _ = FileDescriptor.write(Array("This \(what.shown()). Go on? [y/N] ".utf8), to: STDERR_FILENO)
        let answer = readLine()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else { throw CommandFailure("not done") }
    }
}
