/// How many calls are allowed in any 60 s and in any 3,600 s; nil where nothing is documented.
package struct QuotaLimits: Sendable, Hashable, Codable {
    package var perMinute: Int?
    package var perHour: Int?

    package init(perMinute: Int?, perHour: Int?) {
        self.perMinute = perMinute
        self.perHour = perHour
    }
}

/// Who goes first when calls have to wait. The lower lanes leave a share of every quota to those above them.
package enum DefenderLane: Int, Sendable, Hashable, CaseIterable, Comparable {
    case containment, polling, enrichment

    package static func < (left: DefenderLane, right: DefenderLane) -> Bool { left.rawValue < right.rawValue }

    /// Of every hundred calls, how many this lane may take.
    var share: Int {
        switch self {
        case .containment: 100
        case .polling: 90
        case .enrichment: 75
        }
    }
}
