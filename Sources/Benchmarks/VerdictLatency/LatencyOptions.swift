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
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchmarkProblem("\(name) lacks a value") }
            switch name {
            case "--program": program = value
            case "--folder": folder = value
            case "--verdicts": verdicts = try LatencyOptions.number(value, name)
            case "--warm-up": warmUp = try LatencyOptions.number(value, name)
            case "--pause": pauseInMilliseconds = try LatencyOptions.number(value, name)
            default: throw BenchmarkProblem("unknown option \(name)")
            }
        }
        guard !program.isEmpty, !folder.isEmpty, (1...100_000).contains(verdicts), (0...1_000).contains(warmUp) else {
            throw BenchmarkProblem("--program and --folder are needed, and at least one verdict")
        }
    }

    private static func number(_ text: String, _ name: String) throws(BenchmarkProblem) -> Int {
        guard let value = Int(text), (0...1_000_000).contains(value) else {
            throw BenchmarkProblem("\(name) takes a number")
        }
        return value
    }
}
