import BailiffModel
import Foundation

/// Times as people read them: in their own zone.
enum LocalTime {
    /// `2026-11-21 00:46:10`; a text that is no time comes back as it is.
    static func text(_ rfc3339: String) -> String {
        guard let time = Timestamp(rfc3339: rfc3339) else { return rfc3339 }
        return text(time)
    }

    static func text(_ time: Timestamp) -> String {
        let parts = civil(time)
        return "\(parts.date) \(parts.time)"
    }

    /// `00:46:10`
    static func timeOfDay(_ time: Timestamp) -> String { civil(time).time }

    /// `27m`, `3h 5m`, `2d 4h`, `40s`; what is past counts as `0s`.
    static func span(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m"
        case ..<86_400:
            let minutes = seconds % 3_600 / 60
            return "\(seconds / 3_600)h" + (minutes > 0 ? " \(minutes)m" : "")
        default:
            let hours = seconds % 86_400 / 3_600
            return "\(seconds / 86_400)d" + (hours > 0 ? " \(hours)h" : "")
        }
    }

    private static func civil(_ time: Timestamp) -> (date: String, time: String) {
        var seconds = time_t(time.seconds)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return (time.rfc3339, "") }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (
            "\(Int(parts.tm_year) + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))",
            "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        )
    }
}
