import BailiffModel
import Foundation

/// Starts a program and waits for its end, by the system's own calls: Foundation's `Process.run` was seen to read past its
/// memory when it is called many hundred times in a process that has many files open.
enum Spawned {
    struct Failed: Error { var code: Int32 }

    /// A started program. Its end is waited for by a thread of its own, whoever asks for it and when.
    final class Child: Sendable {
        private enum State: Sendable {
            case running([CheckedContinuation<Int32, Never>])
            case ended(Int32)
        }

        let pid: pid_t
        private let state = Locked(State.running([]))

        fileprivate init(_ pid: pid_t) {
            self.pid = pid
            Thread.detachNewThread { [state] in
                var status: Int32 = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                let signal = status & 0x7F
                let code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
                let waiting: [CheckedContinuation<Int32, Never>] = state.withLock { state in
                    defer { state = .ended(code) }
                    if case .running(let waiting) = state { return waiting }
                    return []
                }
                for continuation in waiting { continuation.resume(returning: code) }
            }
        }

        var hasEnded: Bool { state.withLock { if case .ended = $0 { true } else { false } } }

        /// Does nothing once the program has ended: its number may be another's by then.
        func signal(_ signal: Int32) {
            state.withLock { state in
                if case .running = state { _ = kill(pid, signal) }
            }
        }

        /// The exit status, or 128 and the signal's number as a shell tells it.
        func end() async -> Int32 {
            await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
                let code: Int32? = state.withLock { state in
                    switch state {
                    case .ended(let code): return code
                    case .running(let waiting):
                        state = .running(waiting + [continuation])
                        return nil
                    }
                }
                if let code { continuation.resume(returning: code) }
            }
        }
    }

    /// - Parameter files: Paths of standard input, output and error; the last two exist and are written over.
    /// - Returns: The exit status, or 128 and the signal's number as a shell tells it.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: String, files: [String]
    ) async throws -> Int32 {
        try await start(executable, arguments, environment: environment, folder: folder, files: files).end()
    }

    /// As ``run(_:_:environment:folder:files:)``, without waiting for its end.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: String, files: [String]
    ) throws -> Child {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, file) in files.enumerated() {
            let flags = descriptor == 0 ? O_RDONLY : O_WRONLY | O_TRUNC
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), file, flags, 0o600)
        }
        // Ordinary signals, whatever the test runner ignores.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        // The shell changes the folder and becomes the program.
        var words: [UnsafeMutablePointer<CChar>?] =
            (["sh", "-c", #"cd "$0" && exec "$@""#, folder, executable] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Failed(code: code) }
        return Child(pid)
    }
}
