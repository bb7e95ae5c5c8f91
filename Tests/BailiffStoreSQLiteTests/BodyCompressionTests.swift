import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import GRDB
import Testing

@testable import BailiffStoreSQLite

@Suite("Bodies in less room")
struct BodyCompressionTests {
    private static let report = Array(
        (0..<2_000).map { #"{"signature":"s\#($0 % 50)","hits":\#($0)}"# }.joined(separator: ",").utf8)

    @Test("what is compressed comes back; what would win nothing stays")
    func roundTrip() throws {
        let small = try #require(BodyCompression.compressed(Self.report))
        #expect(small.count < Self.report.count / 5)
        #expect(try BodyCompression.plain(small) == Self.report)
        var random = SplitMix64(seed: 1)
        let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(BodyCompression.compressed(noise) == nil)
        #expect(BodyCompression.compressed(Array(repeating: 0, count: 127)) == nil)
        let zeros = [UInt8](repeating: 0, count: 5_000_000)
        #expect(try BodyCompression.plain(try #require(BodyCompression.compressed(zeros))) == zeros)
    }

    @Test("damage is told, whatever byte it is, and takes no memory")
    func damage() throws {
        let small = try #require(BodyCompression.compressed(Self.report))
        for place in 0..<small.count {
            var damaged = small
            damaged[place] ^= 0x41
            #expect(throws: StoreError.self) { _ = try BodyCompression.plain(damaged) }
        }
        for length in 0..<64 {
            #expect(throws: StoreError.self) { _ = try BodyCompression.plain(Array(small.prefix(length))) }
        }
        #expect(throws: StoreError.self) { _ = try BodyCompression.read([1], form: 7) }
    }

    @Test("only old bodies are rewritten, and the database says so")
    func database() async throws {
        try await TestFolder.with { folder in
            let text = String(decoding: Self.report, as: UTF8.self)
            let store = try await folder.open()
            for number in 0..<5 {
                _ = try await store.take(
                    Sample.delivery(
                        Sample.verdict(Sample.hashes(sha256: number)), at: Sample.now + .seconds(Int64(number)),
                        body: text))
            }
            #expect(try await store.compressBodies(before: Sample.now + .seconds(3), limit: 2) == 2)
            #expect(try await store.compressBodies(before: Sample.now + .seconds(3), limit: 2) == 1)
            #expect(try await store.compressBodies(before: Sample.now + .seconds(3), limit: 2) == 0)
            await store.close()
            let rows = try await DatabaseQueue(path: folder.path()).read { db in
                try Row.fetchAll(db, sql: "SELECT body_form, body, digest FROM delivery ORDER BY id").map { row in
                    (row[0] as Int64, Array(row[1] as Data), Array(row[2] as Data))
                }
            }
            #expect(rows.map(\.0) == [1, 1, 1, 0, 0])
            for row in rows {
                #expect(try BodyCompression.read(row.1, form: row.0) == Self.report)
                #expect(row.2 == Digest.of(Self.report).bytes)
            }
        }
    }
}
