import BenchmarkSupport
import Foundation

/// Verdicts into a running server, and what of them came out at the emulator.
final class ContainmentRun {
    private let options: ContainmentOptions
    private let files: StageFiles
    private let stage: RunningStage
    private var sender: LoopbackClient
    private var record: EmulatorRecord
    /// Files posted so far; file `n` is verdict `n`.
    private var posted = 0
    private var numbers: [Substring: Int] = [:]
    /// When the first order about a file came, by its number.
    private var orderedAt: [Int: Int64] = [:]
    private var orders = 0
    private var isolated: Set<Substring> = []

    init(_ options: ContainmentOptions) async throws {
        self.options = options
        let count = (options.levels.last ?? 0) + options.probes
        files = try StageFiles(
            folder: options.folder, files: count, machines: options.machines,
            steps: [
                "id: contain, action: isolate, with: { type: auto }, auto: measured, "
                    + "lease: { for: 72h, then: escalate, to: soc-analyst }, undo: release",
                "id: remove, action: stop_and_quarantine, irreversible: accepted, auto: measured, needs: {}",
            ])
        if options.idleJobs > 0 {
            try await IdleJobs.put(options.idleJobs, into: "\(options.folder)/bailiff.sqlite")
        }
        stage = try RunningStage(files, program: options.program)
        do {
            sender = try LoopbackClient(port: stage.server.port)
            record = EmulatorRecord(try LoopbackClient(port: stage.emulator.port))
        } catch {
            stage.stop()
            throw error
        }
        for number in 0..<count { numbers[Substring(StageFiles.sha1(number))] = number }
    }

    deinit { stage.stop() }

    /// Opens the idle cases and waits until they are assessed.
    /// - Returns: A line of JSON.
    func openIdleCases() throws -> String {
        let first = (options.levels.last ?? 0) + options.probes
        let began = Moment.now()
        let cpu = stage.server.usage().cpuSeconds
        for start in stride(from: first, to: first + options.idleCases, by: 100) {
            let numbers = start..<min(start + 100, first + options.idleCases)
            _ = try SignedVerdict(numbers, secret: files.secret).post(over: sender)
        }
        let accepted = Double(Moment.now() - began) / 1e6
        var overdue = try stage.overdueJobs()
        var movedAt = Moment.now()
        while overdue > 0 {
            usleep(1_000_000)
            // What the emulator hears meanwhile is read away.
            try look()
            let now = try stage.overdueJobs()
            if now < overdue { movedAt = Moment.now() }
            overdue = now
            guard Moment.now() < movedAt + 60_000_000 else {
                throw BenchmarkProblem("\(overdue) jobs are overdue and none was done for 60 s")
            }
        }
        // The server has closed the connection that was idle meanwhile.
        sender = try LoopbackClient(port: stage.server.port)
        let usage = stage.server.usage()
        return ContainmentRun.line([
            ("idle_cases", options.idleCases), ("idle_jobs", options.idleJobs), ("posted_in_s", accepted),
            ("assessed_in_s", Double(Moment.now() - began) / 1e6),
            ("server_cpu_ms_per_case", (usage.cpuSeconds - cpu) / Double(max(1, options.idleCases)) * 1e3),
            ("resident_mb", usage.residentMegabytes),
        ])
    }

    private static func line(_ fields: [(String, Any)]) -> String {
        "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// Floods up to the level, waits until every order is given, and probes.
    /// - Returns: A line of JSON.
    func level(_ level: Int) throws -> String {
        let began = Moment.now()
        let before = (posted: posted, orders: orders, usage: stage.server.usage())
        var lookedAt = began
        while posted < level {
            try post()
            guard Moment.now() > lookedAt + 1_000_000 else { continue }
            try look()
            lookedAt = Moment.now()
        }
        let accepted = Double(Moment.now() - began) / 1e6
        try waitForOrders(upTo: level)
        let ended = (before.posted..<level).compactMap { orderedAt[$0] }.max() ?? began
        let seconds = Double(max(1, ended - began)) / 1e6
        let given = orders - before.orders
        let usage = stage.server.usage()
        let cpu = (usage.cpuSeconds - before.usage.cpuSeconds) / Double(max(1, level - before.posted))
        let probes = try probe()
        return ContainmentRun.line([
            ("open_cases", level), ("verdicts", level - before.posted), ("posted_in_s", accepted),
            ("ordered_in_s", seconds), ("orders", given), ("orders_per_s", Double(given) / seconds),
            ("server_cpu_ms_per_verdict", cpu * 1e3), ("isolated_machines", isolated.count), ("probe_to_order", probes),
            ("resident_mb", stage.server.usage().residentMegabytes),
        ])
    }

    /// - Returns: When it was answered.
    @discardableResult
    private func post() throws -> Int64 {
        let answered = try SignedVerdict(posted, secret: files.secret).post(over: sender).answered
        posted += 1
        return answered
    }

    private func look() throws {
        for order in try record.next() {
            orders += 1
            if order.kind == "Isolate" { isolated.insert(order.machine) }
            guard let number = order.sha1.flatMap({ numbers[$0] }) else { continue }
            orderedAt[number] = min(order.time, orderedAt[number] ?? order.time)
        }
    }

    private func waitForOrders(upTo level: Int) throws {
        var known = orderedAt.count
        var movedAt = Moment.now()
        while orderedAt.count < level {
            usleep(250_000)
            try look()
            if orderedAt.count > known {
                known = orderedAt.count
                movedAt = Moment.now()
            }
            guard Moment.now() < movedAt + 60_000_000 else {
                throw BenchmarkProblem(
                    "\(level - orderedAt.count) of \(level) files have no order and none came for 60 s")
            }
        }
    }

    private func probe() throws -> Percentiles {
        var samples: [Int64] = []
        for _ in 0..<options.probes {
            let number = posted
            let answered = try post()
            while orderedAt[number] == nil {
                usleep(20_000)
                guard Moment.now() < answered + 30_000_000 else {
                    throw BenchmarkProblem("no order for 30 s: verdict \(number)")
                }
                try look()
            }
            if let ordered = orderedAt[number] { samples.append(ordered - answered) }
        }
        return Percentiles(samples)
    }
}
