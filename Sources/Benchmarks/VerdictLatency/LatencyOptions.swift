import BenchmarkSupport

/// What is measured, from the command line.
struct LatencyOptions {
    /// The built program.
    var program = ""
    var verdicts = 200
    /// Verdicts before the measuring begins: connections, tokens, caches.
    var warmUp = 5
    /// Between the isolation of one machine and the next verdict.
    var pauseInMilliseconds = 0
    /// Where the store and the files are put; must not exist or be empty.
    var folder = ""

    static let usage = """
        usage: VerdictLatency --program .build/release/bailiff --folder DIR [--verdicts 200] [--warm-up 5] [--pause 0]
        Starts the program as an emulator of Defender without latency and quotas and as a server, posts verdicts one
        after another, each about a new file that one new machine saw, and prints one line of JSON: how long after the
        webhook's answer, and after the request was sent, the emulator received the machine's isolation.
        """

    init(_ arguments: [String]) throws(BenchmarkProblem) {
        try OptionPairs.read(arguments) { name, value throws(BenchmarkProblem) in
            switch name {
            case "--program": program = value
            case "--folder": folder = value
            case "--verdicts": verdicts = try OptionPairs.number(value, name, in: 0...1_000_000)
            case "--warm-up": warmUp = try OptionPairs.number(value, name, in: 0...1_000_000)
            case "--pause": pauseInMilliseconds = try OptionPairs.number(value, name, in: 0...1_000_000)
            default: return false
            }
            return true
        }
        guard !program.isEmpty, !folder.isEmpty, (1...100_000).contains(verdicts), (0...1_000).contains(warmUp) else {
            throw BenchmarkProblem("--program and --folder are needed, and at least one verdict")
        }
    }
}
