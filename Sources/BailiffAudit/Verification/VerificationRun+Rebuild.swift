import BailiffModel

extension VerificationRun {
    /// Reads all bundles in order, rebuilds the tree, and compares tiles and signed roots on the way.
    mutating func rebuild() {
        if isAtCheckpoint { compareRoots() }
        while head.size < size {
            let index = head.size / Int64(TileLayout.fullWidth)
            let width = Int(min(Int64(TileLayout.fullWidth), size - head.size))
            guard let bundle = TilePath(.entries, index: index, width: width),
                let tile = TilePath(.hashes(level: 0), index: index, width: width),
                integrate(bundle, tile)
            else { break }
            progress(head.size, size)
        }
        if head.size == size, report.entriesRead == size { report.root = head.root }
        settle()
    }

    /// False when neither the bundle nor its tile can tell what comes next.
    private mutating func integrate(_ bundle: TilePath, _ tile: TilePath) -> Bool {
        let expected = head.size...(head.size + Int64(bundle.width) - 1)
        let bytes = read(
            bundle, limit: EntryBundle.lengthLimitInBytes, missing: .bundleMissing, malformed: .bundleMalformed,
            entries: expected)
        let stated = hashes(in: tile)
        var reader = EntryBundle.Reader(bytes ?? [])
        var isShort = bytes == nil
        var leaves: [Digest] = []
        leaves.reserveCapacity(bundle.width)
        for position in 0..<bundle.width {
            if !isShort, let entry = reader.next() {
                leaves.append(MerkleTree.leafHash(entry))
                report.entriesRead += 1
            } else {
                if !isShort { reportShort(bundle, from: head.size, through: expected.upperBound) }
                isShort = true
                // The tile stands in for the missing entry, so that damage further on is found as well.
                guard position < stated.count else { return false }
                leaves.append(stated[position])
            }
            append(leaves[position], stated: position < stated.count ? stated[position] : nil, tile, bundle)
        }
        if !isShort, !reader.isAtEnd {
            add(
                .bundleMalformed, "\(bundle.text) holds more than its \(bundle.width) entries", file: bundle.text,
                entries: expected.upperBound...expected.upperBound)
        }
        if let bytes { compareShorterForms(of: bundle, with: bytes) }
        compareShorterForms(of: tile, with: leaves.flatMap(\.bytes))
        return true
    }

    private mutating func reportShort(_ bundle: TilePath, from first: Int64, through last: Int64) {
        add(
            .bundleMalformed, "\(bundle.text) ends before entry \(first); \((first...last).inWords) missing",
            file: bundle.text, entries: first...last)
    }

    private mutating func append(_ leaf: Digest, stated hash: Digest?, _ tile: TilePath, _ bundle: TilePath) {
        if let hash, hash != leaf {
            if stated == nil { stated = head }
            addSuspect(at: head.size...head.size, tile: tile.text, bundle: bundle.text)
        }
        // Both trees finish the same tiles at the same time.
        var statedTiles: [FullTile] = []
        stated?.append(hash ?? leaf) { statedTiles.append($0) }
        var tiles: [FullTile] = []
        head.append(leaf) { tiles.append($0) }
        for tile in tiles where tile.level > 0 {
            let statedTile = statedTiles.first { $0.level == tile.level }
            compare(tile.hashes, stated: statedTile?.hashes, level: tile.level, index: tile.index)
        }
        guard isAtCheckpoint else { return }
        if head.size == size { comparePartials() }
        compareRoots()
    }

    private mutating func addSuspect(at entries: ClosedRange<Int64>, tile: String, bundle: String?, count: Int = 1) {
        if let last = suspects.last, last.tile == tile {
            suspects[suspects.count - 1].count += count
        } else if suspects.count < VerificationReport.problemLimit {
            suspects.append(Suspect(entries: entries, tile: tile, bundle: bundle, count: count))
        } else {
            furtherSuspects += 1
        }
    }

    // MARK: Tiles

    /// The hashes of a level-0 tile, as many as there are.
    private mutating func hashes(in tile: TilePath) -> [Digest] {
        let bytes = read(
            tile, limit: TileLayout.fullLengthInBytes, missing: .tileMissing, malformed: .tileMalformed, entries: nil)
        guard let bytes else { return [] }
        checkLength(of: bytes, tile)
        return Array(Digest.split(bytes).prefix(tile.width))
    }

    private mutating func checkLength(of bytes: [UInt8], _ tile: TilePath) {
        if bytes.count != tile.width * Digest.byteCount {
            add(
                .tileMalformed, "\(tile.text) has \(bytes.count) bytes, not \(tile.width * Digest.byteCount)",
                file: tile.text)
        }
    }

    /// Compares the unfinished tiles above level 0, once the last entry is in.
    private mutating func comparePartials() {
        for (level, hashes) in head.partials.enumerated().dropFirst() where !hashes.isEmpty {
            compare(
                hashes, stated: stated?.partials[level], level: level,
                index: TileLayout.fullTiles(level: level, size: size))
        }
    }

    /// Compares a tile above level 0 with the one rebuilt from the entries.
    ///
    /// A hash that follows from what the tiles of level 0 say is no difference of its own: those have been named.
    private mutating func compare(_ rebuilt: [UInt8], stated: [UInt8]?, level: Int, index: Int64) {
        guard let tile = TilePath(.hashes(level: level), index: index, width: rebuilt.count / Digest.byteCount) else {
            return
        }
        let bytes = read(
            tile, limit: TileLayout.fullLengthInBytes, missing: .tileMissing, malformed: .tileMalformed, entries: nil)
        if let bytes {
            checkLength(of: bytes, tile)
            let (found, expected) = (Digest.split(bytes), Digest.split(rebuilt))
            let explained = stated.map { Digest.split($0) } ?? expected
            let different = found.indices.filter { position in
                position < expected.count && found[position] != expected[position]
                    && found[position] != explained[position]
            }
            if let first = different.first {
                let span = Int64(TileLayout.height * level)
                let start = (index * Int64(TileLayout.fullWidth) + Int64(first)) << span
                addSuspect(at: start...(start + (1 << span) - 1), tile: tile.text, bundle: nil, count: different.count)
            }
        }
        compareShorterForms(of: tile, with: rebuilt)
    }

    /// Partial forms of this tile or bundle that earlier exports left: each must be its beginning.
    private mutating func compareShorterForms(of path: TilePath, with bytes: [UInt8]) {
        guard let names = try? folder.list(path.partialsFolder) else { return }
        for name in names {
            guard let width = StrictDecimal.parse(Array(name.utf8)), width >= 1, width < Int64(path.width),
                let shorter = TilePath(path.kind, index: path.index, width: Int(width))
            else { continue }
            let found = read(
                shorter, limit: EntryBundle.lengthLimitInBytes, missing: .unreadable, malformed: .partialAltered,
                entries: nil)
            let isBeginning = found.map { bytes.prefix(shorter.lengthInBytes(within: bytes)).elementsEqual($0) }
            if isBeginning == false {
                add(.partialAltered, "\(shorter.text) is not the beginning of \(path.text)", file: shorter.text)
            }
        }
    }

    private mutating func read(
        _ path: TilePath, limit: Int, missing: VerificationProblem.Code, malformed: VerificationProblem.Code,
        entries: ClosedRange<Int64>?
    ) -> [UInt8]? {
        do throws(LogFolder.Failure) {
            return try folder.read(path.text, limit: limit)
        } catch {
            let code: VerificationProblem.Code =
                switch error {
                case .missing: missing
                case .notAFile, .tooLong: malformed
                case .system: .unreadable
                }
            let what = entries.map { " (\($0.inWords))" } ?? ""
            add(code, "\(path.text)\(what) cannot be read: \(error.reason)", file: path.text, entries: entries)
            return nil
        }
    }
}

extension TilePath {
    /// How many bytes of a longer form of this tile or bundle make this one. All of them when it is cut short.
    func lengthInBytes(within longer: [UInt8]) -> Int {
        guard case .entries = kind else { return width * Digest.byteCount }
        var reader = EntryBundle.Reader(longer)
        for _ in 0..<width where reader.next() == nil { return longer.count }
        return reader.position
    }
}
