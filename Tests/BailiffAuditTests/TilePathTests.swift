import BailiffAudit
import BailiffModel
import Testing

struct TilePathTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var kind: TilePath.Kind
        var index: Int64
        var width: Int
        var text: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Row(kind: .hashes(level: 0), index: 0, width: 256, text: "tile/0/000"),
        Row(kind: .hashes(level: 0), index: 999, width: 255, text: "tile/0/999.p/255"),
        Row(kind: .hashes(level: 63), index: 1_000, width: 1, text: "tile/63/x001/000.p/1"),
        Row(kind: .hashes(level: 1), index: 1_000_000, width: 256, text: "tile/1/x001/x000/000"),
        Row(kind: .entries, index: 12_345, width: 7, text: "tile/entries/x012/345.p/7"),
        Row(
            kind: .hashes(level: 0), index: .max, width: 256,
            text: "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ])
    func writesAndReads(_ row: Row) throws {
        let path = try #require(TilePath(row.kind, index: row.index, width: row.width))
        #expect(path.text == row.text)
        #expect(TilePath(text: row.text) == path)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/+1/000", "tile/0/x000/001", "tile/0/001/000", "tile/0/x001", "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/000.p/1/2", "/tile/0/000",
        "tile//000", "tile/Entries/000", "tile/0/000.q/1", "tile/0/\u{0660}\u{0660}\u{0660}",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/3/5/x123/x456/078", "TILE/0/000",
    ])
    func refuses(_ text: String) {
        #expect(TilePath(text: text) == nil)
    }

    @Test func refusesWhatNoTileHas() {
        #expect(TilePath(.hashes(level: 64), index: 0) == nil)
        #expect(TilePath(.hashes(level: -1), index: 0) == nil)
        #expect(TilePath(.entries, index: -1) == nil)
        #expect(TilePath(.entries, index: 0, width: 0) == nil)
        #expect(TilePath(.entries, index: 0, width: 257) == nil)
    }

    @Test(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
    func publishedPathsAndShapes() throws {
        let file = try Corpus.load("tlog_tiles.json")
        for row in try file.list("paths_c2sp") {
            let path = TilePath(
                .hashes(level: Int(try row.integer("level"))), index: try row.integer("index"),
                width: Int(try row.integer("width")))
            let text = try row.text("path")
            #expect(path?.text == text)
            #expect(TilePath(text: text) == path)
        }
        for row in try file.list("entries_paths") {
            let path = TilePath(.entries, index: try row.integer("index"), width: Int(row["width"]?.int ?? 256))
            let text = try row.text("path")
            #expect(path?.text == text)
        }
        for row in try file.list("paths_xmod_with_height") where row["ok"]?.isNull == true {
            let text = try row.text("path")
            #expect(TilePath(text: text) == nil)
        }
        for row in try file.list("tree_shapes") {
            let size = try row.integer("size")
            for level in 0...2 {
                #expect(TileLayout.fullTiles(level: level, size: size) == row["level\(level)_full"]?.int ?? 0)
                #expect(
                    TileLayout.partialWidth(level: level, size: size)
                        == Int(row["level\(level)_partial_width"]?.int ?? 0))
            }
            if row["tiles"]?.int == 0 { #expect(TileLayout.levels(forSize: size) == 0) }
        }
    }
}

struct EntryBundleTests {
    @Test func framesEntries() throws {
        let entries = [[], [1], [UInt8](repeating: 7, count: 65_535), [2, 3]].map { Entry(stored: $0) }
        let bytes = try EntryBundle.encode(entries)
        #expect(bytes.prefix(5) == [0, 0, 0, 1, 1])
        #expect(try EntryBundle.decode(bytes) == entries)
        #expect(throws: AuditError.self) {
            try EntryBundle.encode([Entry(stored: [UInt8](repeating: 0, count: 65_536))])
        }
    }

    @Test func refusesWhatIsCutOff() {
        for bytes in [[0], [0, 1], [0, 2, 9], [255, 255, 0]] as [[UInt8]] {
            #expect(throws: AuditError.self) { try EntryBundle.decode(bytes) }
        }
        #expect((try? EntryBundle.decode([])) == [])
    }
}
