/// Why a measurement cannot be made or says nothing.
package struct BenchmarkProblem: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
