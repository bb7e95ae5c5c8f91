import BailiffModel
import BailiffStore
import BailiffStoreSQLite
import Logging

/// Jobs that are there and not due: deadlines of actions, a day and more ahead.
enum IdleJobs {
    /// - Parameter path: A database that no server has open; made where there is none.
    static func put(_ count: Int, into path: String) async throws {
        let store = try await SQLiteStore.open(path: path, surroundings: .system, logger: Logger(label: "load"))
        let tomorrow = Surroundings.system.now() + .seconds(86_400)
        // Far above the ids that the measurement's own actions get.
        let first: Int64 = 1 << 40
        for start in stride(from: 0, to: count, by: 10_000) {
            try await store.settle(
                (start..<min(start + 10_000, count)).map { number in
                    .upsert(JobKey(.deadline, first + Int64(number)), due: tomorrow + .seconds(Int64(number)))
                })
        }
        await store.close()
    }
}
