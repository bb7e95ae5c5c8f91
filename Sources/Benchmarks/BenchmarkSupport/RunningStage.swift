/// The program as an emulator of Defender without latency and quotas, and as a server that uses it.
package struct RunningStage {
    package let emulator: RunningProgram
    package let server: RunningProgram

    package init(_ files: StageFiles, program: String) throws {
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

    package func stop() {
        server.stop()
        emulator.stop()
    }
}
