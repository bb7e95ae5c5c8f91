package import BailiffModel

/// Times as HTTP headers carry them (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still generated. The name of the day plays no part. Nil for
    /// anything else.
    package static func parse(_ text: String) -> Timestamp? {
        let parts = text.utf8.split(separator: 0x20).map { Array($0) }
        guard parts.count == 6, parts[0].count == 4, parts[0].last == 0x2C, parts[5] == Array("GMT".utf8),
            let day = number(parts[1], digits: 2), let year = number(parts[3], digits: 4),
            let month = months.firstIndex(where: { parts[2].elementsEqual($0.utf8) })
        else { return nil }
        let time = parts[4].split(separator: 0x3A, omittingEmptySubsequences: false).map {
            number(Array($0), digits: 2)
        }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2], second <= 60 else {
            return nil
        }
        return Timestamp(
            utc: CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: min(second, 59)))
    }

    private static func number(_ bytes: [UInt8], digits: Int) -> Int? {
        guard bytes.count == digits, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}

extension HTTPReply {
    /// When the server says it answered, in whole seconds.
    package var date: Timestamp? { header("Date").flatMap(HTTPDate.parse) }
}
