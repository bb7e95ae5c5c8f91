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
    init(_ arguments: [String], read: (String) throws -> String) throws(LoadProblem) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw LoadProblem("\(name) lacks a value") }
            switch name {
            case "--port": port = try LoadOptions.number(value, name)
            case "--path": path = value
            case "--secret-file":
                do { secret = try read(value) } catch { throw LoadProblem("\(value) cannot be read") }
            case "--connections": connections = try LoadOptions.number(value, name)
            case "--requests": requests = try LoadOptions.number(value, name)
            case "--records": records = try LoadOptions.number(value, name)
            case "--repeats": repeats = try LoadOptions.number(value, name)
            case "--start": start = try LoadOptions.number(value, name)
            default: throw LoadProblem("unknown option \(name)")
            }
        }
        guard port > 0, !secret.isEmpty else { throw LoadProblem("--port and --secret-file are needed") }
        guard (1...4_096).contains(connections), requests > 0, records > 0, repeats > 0 else {
            throw LoadProblem("counts are above zero, connections at most 4096")
        }
    }

    private static func number<N: FixedWidthInteger>(_ text: String, _ name: String) throws(LoadProblem) -> N {
        guard let value = N(text), value >= 0 else { throw LoadProblem("\(name) takes a number") }
        return value
    }
}

struct LoadProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
