import ArgumentParser

struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed", abstract: "Sources of verdicts.", subcommands: [FeedList.self, FeedNormalize.self])
}
