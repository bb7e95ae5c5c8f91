package import BailiffModel
package import Logging

/// A server that runs beside its caller, in the same process: for the demo and for tests.
package final class RunningServer: Sendable {
    package let listening: Listening
    private let run: ServerRun
    private let task: Task<Void, any Error>

    package var apiURL: String { listening.apiURL }
    package var intakeURL: String { listening.intakeURL }
    package var socketPath: String { listening.socketPath }

    private init(listening: Listening, run: ServerRun, task: Task<Void, any Error>) {
        self.listening = listening
        self.run = run
        self.task = task
    }

    /// Starts a server; it answers when this returns.
    /// - Throws: `StartProblem`, or what binding an address threw.
    package static func start(
        _ configuration: ServerConfiguration, options: ServerRun.Options = ServerRun.Options(),
        surroundings: Surroundings = .system, logger: Logger
    ) async throws -> RunningServer {
        let run = ServerRun(configuration, options: options, surroundings: surroundings, logger: logger)
        let (ready, announce) = AsyncThrowingStream.makeStream(of: Listening.self)
        // A bridge: the caller wants a server that outlives this call and ends with `stop`.
        let task = Task {
            do {
                try await run.run { announce.yield($0) }
                announce.finish()
            } catch {
                announce.finish(throwing: error)
                throw error
            }
        }
        for try await listening in ready { return RunningServer(listening: listening, run: run, task: task) }
        throw StartProblem(.address, "the server stopped before it was listening")
    }

    /// Finishes what is under way and ends. A second call does nothing.
    /// - Throws: What ended the server if it did not end by itself.
    package func stop() async throws {
        run.stop()
        try await task.value
    }

    /// Returns when the server has ended; cancelling the caller stops it.
    package func waitUntilStopped() async throws {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            run.stop()
        }
    }
}
