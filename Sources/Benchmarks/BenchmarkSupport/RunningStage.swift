import Foundation

/// The program as an emulator of Defender without latency and quotas, and as a server that uses it.
package struct RunningStage {
    package let emulator: RunningProgram
    package let server: RunningProgram
    private let program: String
    private let folder: String

    package init(_ files: StageFiles, program: String) throws {
        self.program = program
        folder = files.folder
        emulator = try RunningProgram(
            program,
            [
                "emulator", "--port", "0", "--tenant", "\(files.folder)/tenant.yaml", "--speed", "immediate",
                "--no-quotas", "--log-level", "warning",
            ], log: "\(files.folder)/emulator.log")
        do {
            try files.writeConfiguration(emulator: emulator.port)
            server = try RunningProgram(
                program, ["serve", "--config", "\(files.folder)/bailiff.yaml"], log: "\(files.folder)/server.log")
        } catch {
            emulator.stop()
            throw error
        }
    }

    /// Jobs that are due and wait for work, as `bailiff status` tells the local administrator.
    package func overdueJobs() throws -> Int {
        let text = try RunningProgram.output(
            program, ["status", "--socket", "\(folder)/admin.sock", "--format", "json"])
        guard let status = try? JSONDecoder().decode(Status.self, from: Data(text.utf8)) else {
            throw BenchmarkProblem("bailiff status: \(text)")
        }
        return status.jobs.overdue.values.reduce(0, +)
    }

    private struct Status: Decodable {
        struct Jobs: Decodable {
            var overdue: [String: Int]
        }
        var jobs: Jobs
    }

    package func stop() {
        server.stop()
        emulator.stop()
    }
}
