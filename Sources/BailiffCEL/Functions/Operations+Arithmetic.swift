extension Operations {
    static func negate(_ x: CELValue) throws(Fault) -> CELValue {
        switch x {
        case .int(let value):
            let (result, overflow) = Int64(0).subtractingReportingOverflow(value)
            if overflow { throw intOverflow() }
            return .int(result)
        case .double(let value): return .double(-value)
        default: throw .noOverload("-", x)
        }
    }

    static func add(_ x: CELValue, _ y: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        switch (x, y) {
        case (.string(let left), .string(let right)):
            try frame.charge(CostModel.traversal(left.scalarCount + right.scalarCount))
            try frame.allocate(left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            try frame.charge(CostModel.traversal(left.count + right.count))
            try frame.allocate(left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try frame.charge(CostModel.call)
            try frame.allocate(elements: left.count + right.count)
            return .list(left + right)
        default:
            try frame.charge(CostModel.call)
            return try arithmetic(.add, x, y)
        }
    }

    static func arithmetic(_ function: Builtin, _ x: CELValue, _ y: CELValue) throws(Fault) -> CELValue {
        switch (x, y) {
        case (.int(let left), .int(let right)): return .int(try integer(function, left, right))
        case (.uint(let left), .uint(let right)): return .uint(try integer(function, left, right))
        case (.double(let left), .double(let right)):
            switch function {
            case .add: return .double(left + right)
            case .subtract: return .double(left - right)
            case .multiply: return .double(left * right)
            case .divide: return .double(left / right)
            default: throw .noOverload(function.spelling, x, y)
            }
        default: return try time(function, x, y)
        }
    }

    static func integer<Number: FixedWidthInteger>(
        _ function: Builtin, _ left: Number, _ right: Number
    ) throws(Fault) -> Number {
        let (result, overflow): (Number, Bool)
        switch function {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide:
            if right == 0 { throw Fault(.divisionByZero, "division by zero") }
            (result, overflow) = left.dividedReportingOverflow(by: right)
        default:
            if right == 0 { throw Fault(.divisionByZero, "remainder of a division by zero") }
            (result, overflow) = left.remainderReportingOverflow(dividingBy: right)
        }
        if overflow {
            throw Number.isSigned ? intOverflow() : Fault(.overflow, "the result is out of the range of uint")
        }
        return result
    }

    private static func intOverflow() -> Fault { Fault(.overflow, "the result is out of the range of int") }

    // MARK: Times

    private static func time(_ function: Builtin, _ x: CELValue, _ y: CELValue) throws(Fault) -> CELValue {
        switch (function, x, y) {
        case (.add, .duration(let left), .duration(let right)):
            return try duration(left.nanoseconds.addingReportingOverflow(right.nanoseconds))
        case (.subtract, .duration(let left), .duration(let right)):
            return try duration(left.nanoseconds.subtractingReportingOverflow(right.nanoseconds))
        case (.add, .timestamp(let instant), .duration(let length)),
            (.add, .duration(let length), .timestamp(let instant)):
            return try shift(instant, by: length, forward: true)
        case (.subtract, .timestamp(let instant), .duration(let length)):
            return try shift(instant, by: length, forward: false)
        case (.subtract, .timestamp(let left), .timestamp(let right)):
            let (scaled, overflow) = (left.seconds - right.seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (difference, overflows) = scaled.addingReportingOverflow(Int64(left.nanoseconds - right.nanoseconds))
            return try duration((difference, overflow || overflows))
        default: throw .noOverload(function.spelling, x, y)
        }
    }

    private static func duration(_ result: (partialValue: Int64, overflow: Bool)) throws(Fault) -> CELValue {
        if result.overflow { throw Fault(.overflow, "the duration is out of range") }
        return .duration(CELDuration(nanoseconds: result.partialValue))
    }

    private static func shift(_ instant: CELTimestamp, by length: CELDuration, forward: Bool) throws(Fault) -> CELValue
    {
        let whole = length.nanoseconds.flooredQuotient(1_000_000_000)
        let rest = length.nanoseconds - whole * 1_000_000_000
        // Both are far from the ends of 64 bits: an instant by its range, a duration by the division.
        var seconds = forward ? instant.seconds + whole : instant.seconds - whole
        var nanoseconds = forward ? Int64(instant.nanoseconds) + rest : Int64(instant.nanoseconds) - rest
        if nanoseconds >= 1_000_000_000 {
            nanoseconds -= 1_000_000_000
            seconds += 1
        } else if nanoseconds < 0 {
            nanoseconds += 1_000_000_000
            seconds -= 1
        }
        guard let result = CELTimestamp(seconds: seconds, nanoseconds: Int32(truncatingIfNeeded: nanoseconds)) else {
            throw Fault(.overflow, "the timestamp is out of range")
        }
        return .timestamp(result)
    }
}
