import Foundation

// Measures durable, signed intake. See `LoadOptions.usage`.
do {
    let options = try LoadOptions(Array(CommandLine.arguments.dropFirst())) {
        try String(contentsOfFile: $0, encoding: .utf8)
    }
    let requests = try SignedRequests(options)
    FileHandle.standardError.write(Data("signed \(requests.bytes.count) requests\n".utf8))
    let result = try LoadRun(requests.bytes, port: options.port, connections: options.connections).run()
    func percentile(_ share: Double) -> Double {
        let index = min(result.latencies.count - 1, Int(Double(result.latencies.count) * share))
        return (Double(result.latencies[index]) / 1e3).rounded() / 1e3
    }
    let rate = Double(requests.bytes.count) / result.seconds
    let statuses = result.statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    print(
        """
        {"requests":\(requests.bytes.count),"records":\(requests.bytes.count * options.records),\
        "seconds":\((result.seconds * 1000).rounded() / 1000),"requests_per_second":\(Int(rate)),\
        "records_per_second":\(Int(rate) * options.records),"p50_ms":\(percentile(0.5)),"p99_ms":\(percentile(0.99)),\
        "p999_ms":\(percentile(0.999)),"max_ms":\(percentile(1)),"statuses":{\(statuses)}}
        """)
} catch {
    FileHandle.standardError.write(Data("IntakeLoad: \(error)\n\(LoadOptions.usage)\n".utf8))
    exit(1)
}
