import Foundation

/// Reads what an emulator received, a part at a time.
package struct EmulatorRecord {
    package struct Order {
        package var time: Int64
        /// `Isolate`, `StopAndQuarantineFile`.
        package var kind: Substring
        package var machine: Substring
        /// Of a quarantine.
        package var sha1: Substring?
    }

    private let client: LoopbackClient
    private var last = 0

    package init(_ client: LoopbackClient) { self.client = client }

    /// The orders that came in since the last call and were taken.
    package mutating func next() throws -> [Order] {
        var orders: [Order] = []
        let answer = try client.send("GET", "/emulator/requests?after=\(last)")
        guard answer.status == 200 else { throw BenchmarkProblem("the emulator's record: \(answer.status)") }
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") {
            if let number = EmulatorRecord.value("\"number\":", in: line, upTo: ",").flatMap({ Int($0) }) {
                last = number
            }
            guard line.contains("\"action_taken\":true"),
                let kind = EmulatorRecord.value("\"action_type\":\"", in: line, upTo: "\""),
                let machine = EmulatorRecord.value("\"machine_id\":\"", in: line, upTo: "\""),
                let time = EmulatorRecord.value("\"time\":\"", in: line, upTo: "\"").flatMap({ Moment.parse($0) })
            else { continue }
            orders.append(
                Order(
                    time: time, kind: kind, machine: machine,
                    sha1: EmulatorRecord.value("Sha1\\\":\\\"", in: line, upTo: "\\")))
        }
        return orders
    }

    private static func value(_ start: String, in line: Substring, upTo end: Character) -> Substring? {
        guard let from = line.range(of: start)?.upperBound else { return nil }
        return line[from...].prefix { $0 != end }
    }
}
