import BenchmarkSupport
import Foundation

// Measures the time from a verdict to the isolation it causes. See `LatencyOptions.usage`.
func measure(_ options: LatencyOptions) throws {
    let total = options.warmUp + options.verdicts
    let files = try StageFiles(
        folder: options.folder, files: total, machines: total,
        steps: ["id: contain, action: isolate, with: { type: auto }, auto: measured"])
    let stage = try RunningStage(files, program: options.program)
    defer { stage.stop() }
    let sender = try LoopbackClient(port: stage.server.port)
    var record = EmulatorRecord(try LoopbackClient(port: stage.emulator.port))
    var sinceSent: [Int64] = []
    var sinceAnswer: [Int64] = []
    for number in 0..<total {
        let (sent, answered) = try SignedVerdict(number, secret: files.secret).post(over: sender)
        // The record is asked for seldom, so that asking does not slow down what is measured.
        var arrived: Int64?
        while arrived == nil {
            usleep(20_000)
            guard Moment.now() < answered + 30_000_000 else {
                throw BenchmarkProblem("no isolation for 30 s: verdict \(number)")
            }
            arrived = try record.next().first { $0.machine == StageFiles.machine(number) }?.time
        }
        if let arrived, number >= options.warmUp {
            sinceSent.append(arrived - sent)
            sinceAnswer.append(arrived - answered)
        }
        if options.pauseInMilliseconds > 0 { usleep(UInt32(options.pauseInMilliseconds) * 1_000) }
    }
    print(
        "{\"verdicts\":\(options.verdicts),\"after_answer\":\(Percentiles(sinceAnswer)),"
            + "\"after_sent\":\(Percentiles(sinceSent))}")
}

do {
    try measure(LatencyOptions(Array(CommandLine.arguments.dropFirst())))
} catch {
    FileHandle.standardError.write(Data("VerdictLatency: \(error)\n\(LatencyOptions.usage)\n".utf8))
    exit(1)
}
