#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads compiled time zone files (RFC 8536) and keeps what it has read.
final class ZoneFiles: @unchecked Sendable {
    static let systemFolder = "/usr/share/zoneinfo"
    static let system = ZoneFiles(folder: systemFolder)

    private let folder: String
    /// Guarded by `lock`. Holds names of files that exist only, so it cannot outgrow the folder.
    private var zones: [String: CELZone] = [:]
    private let lock: UnsafeMutablePointer<pthread_mutex_t>

    init(folder: String) {
        self.folder = folder
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    func zone(named name: String) -> CELZone? {
        guard Self.isPlausible(name) else { return nil }
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if let known = zones[name] { return known }
        guard let bytes = Self.contents(of: "\(folder)/\(name)"), let zone = CELZone(zoneFile: bytes) else {
            return nil
        }
        zones[name] = zone
        return zone
    }

    /// Whether a name may be a path below the folder: no way out of it, no odd characters.
    private static func isPlausible(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...64).contains(bytes.count) else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            guard let first = part.first, first.isIdentifierStart else { return false }
            return part.allSatisfy { $0.isIdentifierPart || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        }
    }

    /// A regular file of at most 1 MiB.
    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if got <= 0 { break }
            filled += got
        }
        return filled == bytes.count ? bytes : nil
    }
}

extension CELZone {
    /// Reads a zone file; nil if it is none. Of version 2 and later the 64-bit part counts, and the rule behind it.
    init?(zoneFile bytes: [UInt8]) {
        guard let first = ZoneHeader(bytes, at: 0) else { return nil }
        guard first.version >= UInt8(ascii: "2") else {
            self.init(first, bytes, timeSize: 4)
            return
        }
        guard let second = ZoneHeader(bytes, at: first.end(timeSize: 4)) else { return nil }
        self.init(second, bytes, timeSize: 8)
        let footer = bytes.dropFirst(second.end(timeSize: 8))
        if footer.first == 0x0A {
            rule = ZoneRule(footer.dropFirst().prefix { $0 != 0x0A })
        }
    }

    private init?(_ header: ZoneHeader, _ bytes: [UInt8], timeSize: Int) {
        guard header.end(timeSize: timeSize) <= bytes.count, header.types > 0 else { return nil }
        let typesAt = header.start + header.times * (timeSize + 1)
        let typeOffsets = (0..<header.types).map { index in
            Int64(Int32(truncatingIfNeeded: bytes.bigEndian(at: typesAt + index * 6, size: 4)))
        }
        let kinds = (0..<header.times).map { Int(bytes[header.start + header.times * timeSize + $0]) }
        guard kinds.allSatisfy(typeOffsets.indices.contains) else { return nil }
        let times = (0..<header.times).map { index in
            let raw = bytes.bigEndian(at: header.start + index * timeSize, size: timeSize)
            return timeSize == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : raw
        }
        self.init(transitions: times, offsets: kinds.map { typeOffsets[$0] }, firstOffset: typeOffsets[0], rule: nil)
    }
}

/// The counts at the head of a part of a zone file.
private struct ZoneHeader {
    let version: UInt8
    /// Where the part's data begins.
    let start: Int
    let universal: Int
    let standard: Int
    let leaps: Int
    let times: Int
    let types: Int
    let characters: Int

    init?(_ bytes: [UInt8], at offset: Int) {
        guard offset >= 0, offset + 44 <= bytes.count, bytes[offset..<offset + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        let counts = (0..<6).map { bytes.bigEndian(at: offset + 20 + $0 * 4, size: 4) }
        // No count of a file of at most 1 MiB comes near this.
        guard counts.allSatisfy({ 0...1_000_000 ~= $0 }) else { return nil }
        version = bytes[offset + 4]
        start = offset + 44
        (universal, standard, leaps) = (Int(counts[0]), Int(counts[1]), Int(counts[2]))
        (times, types, characters) = (Int(counts[3]), Int(counts[4]), Int(counts[5]))
    }

    func end(timeSize: Int) -> Int {
        start + times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standard + universal
    }
}

extension [UInt8] {
    /// A big-endian number of 4 or 8 octets, zero-extended; the caller has checked the bounds.
    fileprivate func bigEndian(at offset: Int, size: Int) -> Int64 {
        Int64(bitPattern: self[offset..<offset + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
