package import BailiffStore
import Testing

/// What every store has to do, as checks over a way to make an empty one.
///
/// The same checks run on every store: SQLite in memory and on disk, and the simulated one.
///
/// ```swift
/// @Test(arguments: StoreConformance.all)
/// func conforms(_ check: StoreConformance.Check) async throws {
///     try await check.run { SimulatedStore() }
/// }
/// ```
package enum StoreConformance {
    /// Makes an empty store. Called once or several times by one check.
    package typealias Maker = @Sendable () async throws -> any Store

    package struct Check: Sendable, CustomTestStringConvertible {
        package let name: String
        package let run: @Sendable (_ make: @escaping Maker) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (any Store) async throws -> Void) {
            self.name = name
            self.run = { make in
                let store = try await make()
                do {
                    try await run(store)
                } catch {
                    await store.close()
                    throw error
                }
                await store.close()
            }
        }

        package var testDescription: String { name }
    }

    package static let all =
        commits + preconditions + budgets + records + intake + duplicates + merges + feeds + lasting + jobs + log
        + reading + life
}
