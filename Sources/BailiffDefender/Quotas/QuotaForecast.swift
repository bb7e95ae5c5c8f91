/// How long so many calls will take to leave, for plans and the people who read them.
package struct QuotaForecast: Sendable, Hashable {
    package var calls: Int
    package var api: DefenderAPI
    /// From now to the last call.
    package var duration: Duration
}

extension QuotaForecast: CustomStringConvertible {
    /// `412 isolations: about 5 minutes`. Rounded up: who waits for containment must not be promised too much.
    package var description: String { "\(calls) \(noun): \(time)" }

    private var time: String {
        let seconds = duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)
        switch seconds {
        case ..<10: return "at once"
        case ..<60: return "about \(seconds) seconds"
        case ..<5_400: return about((seconds + 59) / 60, "minute")
        default: return about((seconds + 3_599) / 3_600, "hour")
        }
    }

    private func about(_ count: Int64, _ unit: String) -> String { "about \(count) \(unit)\(count == 1 ? "" : "s")" }

    private var noun: String {
        let (one, many): (String, String) =
            switch api {
            case .isolate: ("isolation", "isolations")
            case .release: ("release", "releases")
            case .restrictApps: ("restriction of apps", "restrictions of apps")
            case .unrestrictApps: ("end of a restriction", "ends of restrictions")
            case .antivirusScan: ("antivirus scan", "antivirus scans")
            case .collectPackage: ("package", "packages")
            case .stopAndQuarantine: ("quarantine", "quarantines")
            case .startInvestigation: ("investigation", "investigations")
            case .createAlertByReference: ("alert", "alerts")
            case .tag, .tagMany: ("change of tags", "changes of tags")
            case .putIndicator, .importIndicators: ("indicator call", "indicator calls")
            case .hunting, .huntingInDefender, .huntingInDefenderXDR: ("query", "queries")
            default: ("call", "calls")
            }
        return calls == 1 ? one : many
    }
}
