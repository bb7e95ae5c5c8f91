import BailiffModel

/// The `Date` of answers: `Fri, 27 Nov 2026 06:28:49 GMT` (RFC 9110, section 5.6.7), written once a second.
final class ResponseDate: Sendable {
    private struct Written {
        var seconds: Int64
        var text: String
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private let now: @Sendable () -> Timestamp
    private let written: Locked<Written>

    init(_ now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        let time = now()
        written = Locked(Written(seconds: time.seconds, text: ResponseDate.text(of: time)))
    }

    var text: String {
        let time = now()
        return written.withLock { written in
            if written.seconds != time.seconds {
                written = Written(seconds: time.seconds, text: ResponseDate.text(of: time))
            }
            return written.text
        }
    }

    static func text(of time: Timestamp) -> String {
        let civil = time.utc
        // 1970 began on a Thursday.
        let day = Int(((time.seconds / 86_400 - (time.seconds % 86_400 < 0 ? 1 : 0)) % 7 + 7) % 7)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "\(days[day]), \(digits(civil.day, 2)) \(months[civil.month - 1]) \(digits(civil.year, 4)) "
            + "\(digits(civil.hour, 2)):\(digits(civil.minute, 2)):\(digits(civil.second, 2)) GMT"
    }
}
