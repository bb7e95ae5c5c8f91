import BailiffModel
import BailiffStore
import BailiffStoreSQLite
import BailiffTestSupport
import Foundation
import Logging
import Testing

/// The stores that have to behave alike.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case simulated, memory, disk

    var testDescription: String { rawValue }

    /// Runs `body` with a way to make empty stores of this kind.
    func withMaker(_ body: (@escaping StoreConformance.Maker) async throws -> Void) async throws {
        switch self {
        case .simulated: try await body { SimulatedStore() }
        case .memory: try await body { try await Self.open(.memory) }
        case .disk:
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try await body { try await Self.open(.file(folder.path("\(UUID().uuidString).sqlite"))) }
        }
    }

    private static func open(_ path: SQLitePath) async throws -> SQLiteStore {
        try await SQLiteStore.open(
            path: path, surroundings: ManualTime().surroundings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// A folder of its own for one test.
struct TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("bailiff-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
    func remove() { try? FileManager.default.removeItem(at: url) }
}
