import BailiffModel
import BailiffStore
import BailiffStoreSQLite
import BailiffTestSupport
import Foundation
import Logging

/// A folder with a database for one test.
struct TestFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("bailiff-sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String = "bailiff.sqlite") -> String { url.appendingPathComponent(name).path }

    func open(_ name: String = "bailiff.sqlite", _ options: SQLiteOptions = SQLiteOptions()) async throws
        -> SQLiteStore
    {
        try await SQLiteStore.open(
            path: path(name), options: options, surroundings: ManualTime().surroundings, logger: .silent)
    }

    /// Opens a folder for the test and removes it afterwards.
    static func with(_ body: (TestFolder) async throws -> Void) async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        try await body(folder)
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// The code of the `StoreError` that `body` throws; nil where it throws none.
func storeErrorCode(_ body: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
