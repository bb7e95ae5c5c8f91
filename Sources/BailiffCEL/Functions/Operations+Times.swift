extension Operations {
    /// An accessor without a time zone.
    static func field(_ function: Builtin, of x: CELValue) throws(Fault) -> CELValue {
        switch x {
        case .timestamp(let instant): return .int(field(function, of: instant, offset: 0))
        case .duration(let length):
            let nanoseconds = length.nanoseconds
            switch function {
            case .getHours: return .int(nanoseconds / 3_600_000_000_000)
            case .getMinutes: return .int(nanoseconds / 60_000_000_000)
            case .getSeconds: return .int(nanoseconds / 1_000_000_000)
            case .getMilliseconds: return .int(nanoseconds % 1_000_000_000 / 1_000_000)
            default: throw .noOverload(function.spelling, x)
            }
        default: throw .noOverload(function.spelling, x)
        }
    }

    static func field(
        _ function: Builtin, of x: CELValue, zone name: CELValue, _ zones: CELZones
    ) throws(Fault) -> CELValue {
        guard case .timestamp(let instant) = x, case .string(let name) = name else {
            throw .noOverload(function.spelling, x, name)
        }
        guard let zone = zones.zone(name) else {
            throw Fault(.invalidArgument, "'\(name.shortened)' is no time zone")
        }
        return .int(field(function, of: instant, offset: zone.offset(at: instant.seconds)))
    }

    static func field(_ function: Builtin, of instant: CELTimestamp, offset: Int64) -> Int64 {
        let local = instant.seconds + offset
        let days = local.flooredQuotient(86_400)
        let second = local - days * 86_400
        switch function {
        case .getHours: return second / 3_600
        case .getMinutes: return second / 60 % 60
        case .getSeconds: return second % 60
        case .getMilliseconds: return Int64(instant.nanoseconds) / 1_000_000
        case .getDayOfWeek: return CivilDate.dayOfWeek(daysSince1970: days)
        default: break
        }
        let date = CivilDate(daysSince1970: days)
        switch function {
        case .getFullYear: return date.year
        case .getMonth: return date.month - 1
        case .getDate: return date.day
        case .getDayOfMonth: return date.day - 1
        default: return date.dayOfYear
        }
    }
}
