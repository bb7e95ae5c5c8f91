import ArgumentParser

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
    @Option(help: "How many at most, newest first.")
    var limit = 50

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000000") }
    }

    func mention(hasMore: Bool, _ console: Console = .standard) {
        if hasMore { console.note("there are more; --limit shows more than \(limit)") }
    }
}
