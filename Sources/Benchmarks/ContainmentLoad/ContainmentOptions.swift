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

    static let usage = """
        usage: ContainmentLoad --program .build/release/bailiff --folder DIR [--machines 5000] [--levels 1000,10000]
                               [--probes 200]
        Starts the program as an emulator of Defender without latency and quotas and as a server, and posts verdicts as fast
        as they are answered, each about a new file that one machine saw, until so many cases are open as the level says.
        Every file is quarantined, every machine isolated. Then the probes: verdicts one after another. Prints one line of JSON
        for each level: how fast all orders were at the emulator, how long after the webhook's answer the probes' were,
        the server's memory and CPU.
        """

    init(_ arguments: [String]) throws(BenchmarkProblem) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchmarkProblem("\(name) lacks a value") }
            switch name {
            case "--program": program = value
            case "--folder": folder = value
            case "--machines": machines = try ContainmentOptions.number(value, name)
            case "--probes": probes = try ContainmentOptions.number(value, name)
            case "--levels":
                levels = []
                for part in value.split(separator: ",") {
                    levels.append(try ContainmentOptions.number(String(part), name))
                }
            default: throw BenchmarkProblem("unknown option \(name)")
            }
        }
        guard !program.isEmpty, !folder.isEmpty, machines > 0, probes > 0, !levels.isEmpty,
            zip(levels, levels.dropFirst()).allSatisfy({ $0 + probes < $1 })
        else { throw BenchmarkProblem("--program and --folder are needed; levels rise by more than the probes") }
    }

    private static func number(_ text: String, _ name: String) throws(BenchmarkProblem) -> Int {
        guard let value = Int(text), (1...10_000_000).contains(value) else {
            throw BenchmarkProblem("\(name) takes a number")
        }
        return value
    }
}
