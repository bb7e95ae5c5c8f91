import Crypto
import Foundation

// Measures the time from a verdict to the isolation it causes. See `LatencyOptions.usage`.
func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}

/// The `time` of the line about the isolation of `machine`, in microseconds; nil while there is none.
func isolation(of machine: String, in lines: [UInt8]) -> Int64? {
    for line in lines.split(separator: 10) {
        let text = String(decoding: line, as: UTF8.self)
        guard text.contains("/machines/\(machine)/isolate"),
            let start = text.range(of: "\"time\":\"")?.upperBound
        else { continue }
        return microseconds(String(text[start...].prefix { $0 != "\"" }))
    }
    return nil
}

/// `2026-11-20T23:40:51.000123Z`
func microseconds(_ text: String) -> Int64? {
    let parts = text.dropLast().split(separator: ".")
    guard let whole = parts.first, let date = ISO8601DateFormatter().date(from: whole + "Z") else { return nil }
    let fraction = parts.count > 1 ? String(parts[1]).padding(toLength: 6, withPad: "0", startingAt: 0) : "0"
    return Int64(date.timeIntervalSince1970) * 1_000_000 + (Int64(fraction) ?? 0)
}

func summary(_ samples: [Int64]) -> String {
    let sorted = samples.sorted()
    func at(_ share: Double) -> Double {
        Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e3
    }
    return "{\"p50_ms\":\(at(0.5)),\"p90_ms\":\(at(0.9)),\"p99_ms\":\(at(0.99)),\"max_ms\":\(at(1))}"
}

func measure(_ options: LatencyOptions) throws {
    let total = options.warmUp + options.verdicts
    let files = try StageFiles(folder: options.folder, count: total)
    let emulator = try RunningProgram(
        options.program,
        [
            "emulator", "--port", "0", "--tenant", "\(options.folder)/tenant.yaml", "--speed", "immediate",
            "--no-quotas", "--log-level", "warning",
        ], log: "\(options.folder)/emulator.log")
    defer { emulator.stop() }
    try files.writeConfiguration(emulator: emulator.port)
    let server = try RunningProgram(
        options.program, ["serve", "--config", "\(options.folder)/bailiff.yaml"], log: "\(options.folder)/server.log")
    defer { server.stop() }
    let sender = try LoopbackClient(port: server.port)
    let observer = try LoopbackClient(port: emulator.port)
    var sinceSent: [Int64] = []
    var sinceAnswer: [Int64] = []
    for number in 0..<total {
        let body = Array(
            """
            {"bailiff":"verdict/v1","id":"v-\(number)","verdict":"malicious","score":95,"category":"other",\
            "sha256":"\(StageFiles.sha256(number))","sha1":"\(StageFiles.sha1(number))","file_name":"f\(number).exe"}
            """.utf8)
        let stamp = now() / 1_000_000
        let signed = Array("msg_\(number).\(stamp).".utf8) + body
        let code = Data(HMAC<SHA256>.authenticationCode(for: signed, using: files.secret)).base64EncodedString()
        let sent = now()
        let answer = try sender.send(
            "POST", "/v1/feeds/lab",
            headers: [
                ("Content-Type", "application/json"), ("webhook-id", "msg_\(number)"),
                ("webhook-timestamp", "\(stamp)"), ("webhook-signature", "v1,\(code)"),
            ], body: body)
        let answered = now()
        guard answer.status == 200 else {
            throw LatencyProblem(
                "the server answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        // The record is asked for seldom, so that asking does not slow down what is measured.
        var arrived: Int64?
        while arrived == nil {
            usleep(20_000)
            guard now() < answered + 30_000_000 else {
                throw LatencyProblem("no isolation for 30 s: verdict \(number)")
            }
            arrived = isolation(of: StageFiles.machine(number), in: try observer.send("GET", "/emulator/requests").body)
        }
        _ = try observer.send("DELETE", "/emulator/requests")
        if let arrived, number >= options.warmUp {
            sinceSent.append(arrived - sent)
            sinceAnswer.append(arrived - answered)
        }
        if options.pauseInMilliseconds > 0 { usleep(UInt32(options.pauseInMilliseconds) * 1_000) }
    }
    print(
        "{\"verdicts\":\(options.verdicts),\"after_answer\":\(summary(sinceAnswer)),\"after_sent\":\(summary(sinceSent))}"
    )
}

do {
    try measure(LatencyOptions(Array(CommandLine.arguments.dropFirst())))
} catch {
    FileHandle.standardError.write(Data("VerdictLatency: \(error)\n\(LatencyOptions.usage)\n".utf8))
    exit(1)
}
