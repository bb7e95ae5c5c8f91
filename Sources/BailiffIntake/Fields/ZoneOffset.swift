import BailiffModel
// Zone rules change by law every year: the system's database is the one source that follows them.
import Foundation

/// What a named zone is worth. Feeds name the zone in which they write: an offset, `GMT`, or an IANA name.
enum ZoneOffset {
    /// Seconds east of Greenwich at a local time; nil for names nobody knows.
    static func seconds(of zone: String, at local: Timestamp) -> Int? {
        let trimmed = zone.trimmedASCIISpace
        if trimmed.isWord("gmt") || trimmed.isWord("utc") || trimmed.isWord("z") { return 0 }
        if let offset = fixed(trimmed) { return offset }
        guard let zone = known(trimmed) else { return nil }
        // The offset depends on the instant, and the instant on the offset: the second guess settles it.
        let first = zone.secondsFromGMT(for: date(local))
        return zone.secondsFromGMT(for: date(local - .seconds(first)))
    }

    private static func date(_ time: Timestamp) -> Date {
        Date(timeIntervalSince1970: Double(time.seconds))
    }

    private static func fixed(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = TimeScanner(bytes)
            guard let offset = scanner.zone(), scanner.isAtEnd else { return nil }
            return offset
        }
    }

    /// Looking a zone up reads a file, and the name comes from outside: only well-formed names are asked for, and at most
    /// 64 answers are kept.
    private static func known(_ name: String) -> TimeZone? {
        guard (3...48).contains(name.utf8.count), name.utf8.first?.isASCIILetter == true,
            name.utf8.allSatisfy({
                $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2F || $0 == 0x5F || $0 == 0x2D || $0 == 0x2B
            })
        else { return nil }
        return cache.withLock { cache in
            if let answer = cache[Array(name.utf8)] { return answer }
            let answer = TimeZone(identifier: name)
            if cache.count < 64 { cache[Array(name.utf8)] = .some(answer) }
            return answer
        }
    }

    private static let cache = Locked<[[UInt8]: TimeZone?]>([:])
}
