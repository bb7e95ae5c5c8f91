import BenchmarkSupport

/// What is measured, from the command line.
struct ContainmentOptions {
    /// The built program.
    var program = ""
    /// Where the store and the files are put; must not exist or be empty.
    var folder = ""
    var machines = 5_000
    /// How many cases are open after each flood, rising.
    var levels = [1_000, 10_000]
    /// Verdicts one after another after each flood.
    var probes = 200

    /// Cases that are open already, about files that no machine saw.
    var idleCases = 0
    /// Jobs that wait already for a day to come.
    var idleJobs = 0

    static let usage = """
        usage: ContainmentLoad --program .build/release/bailiff --folder DIR [--machines 5000] [--levels 1000,10000]
                               [--probes 200] [--idle-cases 0] [--idle-jobs 0]
        Starts the program as an emulator of Defender without latency and quotas and as a server, and posts verdicts as fast
        as they are answered, each about a new file that one machine saw, until so many cases are open as the level says.
        Before that, the idle jobs are put into the store and the idle cases opened and assessed: files that no machine saw.
        Every file is quarantined, every machine isolated. Then the probes: verdicts one after another. Prints one line of JSON
        for the idle cases and for each level: how fast all orders were at the emulator, how long after the webhook's answer the probes' were,
        the server's memory and CPU.
        """

    init(_ arguments: [String]) throws(BenchmarkProblem) {
        try OptionPairs.read(arguments) { name, value throws(BenchmarkProblem) in
            switch name {
            case "--program": program = value
            case "--folder": folder = value
            case "--machines": machines = try OptionPairs.number(value, name, in: 1...10_000_000)
            case "--probes": probes = try OptionPairs.number(value, name, in: 1...10_000_000)
            case "--idle-cases": idleCases = try OptionPairs.number(value, name, in: 0...10_000_000)
            case "--idle-jobs": idleJobs = try OptionPairs.number(value, name, in: 0...10_000_000)
            case "--levels":
                levels = []
                for part in value.split(separator: ",") {
                    levels.append(try OptionPairs.number(String(part), name, in: 1...10_000_000))
                }
            default: return false
            }
            return true
        }
        guard !program.isEmpty, !folder.isEmpty, machines > 0, probes > 0, !levels.isEmpty,
            zip(levels, levels.dropFirst()).allSatisfy({ $0 + probes < $1 })
        else { throw BenchmarkProblem("--program and --folder are needed; levels rise by more than the probes") }
    }
}
