import BailiffCEL
import Benchmark

/// Compile once, evaluate many: conditions as playbooks have them, with facts in memory.
///
/// Every evaluation tracks its cost; there is no way to run without a limit.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration.metrics = [.wallClock, .mallocCountTotal, .throughput]
    Benchmark.defaultConfiguration.scalingFactor = .kilo
    Benchmark.defaultConfiguration.maxDuration = .seconds(3)
    Benchmark.defaultConfiguration.maxIterations = 10_000

    for scenario in Scenario.all {
        Benchmark("evaluate \(scenario.name)") { benchmark in
            let program = try scenario.compile()
            for _ in benchmark.scaledIterations {
                blackHole(try program.evaluateCondition(scenario.facts))
            }
        }
    }

    Benchmark("compile the typical condition") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try Scenario.typical.compile()) }
    }
}
