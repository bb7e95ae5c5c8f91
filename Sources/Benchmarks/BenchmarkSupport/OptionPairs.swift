/// `--name value`, as the measuring programs take their options.
package enum OptionPairs {
    /// - Parameter take: Says whether it knows the name.
    package static func read(
        _ arguments: [String], _ take: (_ name: String, _ value: String) throws(BenchmarkProblem) -> Bool
    ) throws(BenchmarkProblem) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchmarkProblem("\(name) lacks a value") }
            guard try take(name, value) else { throw BenchmarkProblem("unknown option \(name)") }
        }
    }

    package static func number<Number: FixedWidthInteger>(
        _ text: String, _ name: String, in range: ClosedRange<Number>
    ) throws(BenchmarkProblem) -> Number {
        guard let value = Number(text), range.contains(value) else {
            throw BenchmarkProblem("\(name) takes a number")
        }
        return value
    }
}
