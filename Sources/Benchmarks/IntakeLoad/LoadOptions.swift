import BenchmarkSupport

/// What a load looks like, from the command line.
struct LoadOptions {
    /// Loopback only: a load is never sent anywhere else.
    var port: UInt16 = 0
    var path = "/v1/feeds/lab"
    /// A Standard Webhooks secret: `whsec_…`.
    var secret = ""
    var connections = 64
    /// Requests in all.
    var requests = 100_000
    /// Records in one request: 1 is a single object, more an array.
    var records = 1
    /// Every request is sent this often, one after another, under the same event id.
    var repeats = 1
    /// Where the numbering of files begins: another run with the same start sends known files.
    var start = 0

    static let usage = """
        usage: IntakeLoad --port N --secret-file FILE [--path /v1/feeds/lab] [--connections 64]
                          [--requests 100000] [--records 1] [--repeats 1] [--start 0]
        Signs all requests first, then sends them to 127.0.0.1 and prints one line of JSON.
        """

    /// - Throws: A text that says what is wrong.
    init(_ arguments: [String], read: (String) throws -> String) throws(BenchmarkProblem) {
        try OptionPairs.read(arguments) { name, value throws(BenchmarkProblem) in
            switch name {
            case "--port": port = try OptionPairs.number(value, name, in: 0...(.max))
            case "--path": path = value
            case "--secret-file":
                do { secret = try read(value) } catch { throw BenchmarkProblem("\(value) cannot be read") }
            case "--connections": connections = try OptionPairs.number(value, name, in: 0...(.max))
            case "--requests": requests = try OptionPairs.number(value, name, in: 0...(.max))
            case "--records": records = try OptionPairs.number(value, name, in: 0...(.max))
            case "--repeats": repeats = try OptionPairs.number(value, name, in: 0...(.max))
            case "--start": start = try OptionPairs.number(value, name, in: 0...(.max))
            default: return false
            }
            return true
        }
        guard port > 0, !secret.isEmpty else { throw BenchmarkProblem("--port and --secret-file are needed") }
        guard (1...4_096).contains(connections), requests > 0, records > 0, repeats > 0 else {
            throw BenchmarkProblem("counts are above zero, connections at most 4096")
        }
    }
}
