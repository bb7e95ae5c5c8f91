extension Operations {
    static func convert(_ function: Builtin, _ x: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        switch (function, x) {
        case (.toBytes, .string(let text)):
            try frame.charge(CostModel.traversal(text.scalarCount))
            try frame.allocate(text.utf8.count)
            return .bytes(Array(text.utf8))
        case (.toString, .bytes(let bytes)):
            try frame.charge(CostModel.traversal(bytes.count))
            try frame.allocate(bytes.count)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Fault(.invalidArgument, "the bytes are not valid UTF-8")
            }
            return .string(text)
        default:
            try frame.charge(CostModel.call)
            if case .string(let text) = x { try frame.charge(octets: text.utf8.count) }
        }
        switch function {
        case .toInt: return .int(try int(x))
        case .toUInt: return .uint(try uint(x))
        case .toDouble: return .double(try double(x))
        case .toString: return .string(try string(x))
        case .toBytes: return try bytes(x)
        case .toBool: return .bool(try bool(x))
        case .toTimestamp: return .timestamp(try timestamp(x))
        default: return .duration(try duration(x))
        }
    }

    private static func int(_ x: CELValue) throws(Fault) -> Int64 {
        switch x {
        case .int(let value): return value
        case .uint(let value):
            guard let result = Int64(exactly: value) else { throw outOfRange(x, "int") }
            return result
        case .double(let value):
            // Both ends are excluded: they are as likely the rounded neighbours of numbers outside.
            guard value > -0x1p63, value < 0x1p63 else { throw outOfRange(x, "int") }
            return Int64(value)
        case .string(let text):
            guard let result = Int64(text) else { throw unreadable(text, "int") }
            return result
        case .timestamp(let value): return value.seconds
        default: throw .noOverload("int", x)
        }
    }

    private static func uint(_ x: CELValue) throws(Fault) -> UInt64 {
        switch x {
        case .uint(let value): return value
        case .int(let value):
            guard let result = UInt64(exactly: value) else { throw outOfRange(x, "uint") }
            return result
        case .double(let value):
            guard value >= 0, value < 0x1p64 else { throw outOfRange(x, "uint") }
            return UInt64(value)
        case .string(let text):
            guard text.utf8.first?.isDigit == true, let result = UInt64(text) else { throw unreadable(text, "uint") }
            return result
        default: throw .noOverload("uint", x)
        }
    }

    private static func double(_ x: CELValue) throws(Fault) -> Double {
        switch x {
        case .double(let value): return value
        case .int(let value): return Double(value)
        case .uint(let value): return Double(value)
        case .string(let text):
            guard let result = NumberText.double(text) else { throw unreadable(text, "double") }
            return result
        default: throw .noOverload("double", x)
        }
    }

    private static func string(_ x: CELValue) throws(Fault) -> String {
        switch x {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): NumberText.shortest(value)
        case .timestamp(let value): value.description
        case .duration(let value): value.description
        default: throw .noOverload("string", x)
        }
    }

    private static func bytes(_ x: CELValue) throws(Fault) -> CELValue {
        guard case .bytes = x else { throw .noOverload("bytes", x) }
        return x
    }

    private static func bool(_ x: CELValue) throws(Fault) -> Bool {
        switch x {
        case .bool(let value): return value
        case .string(let text):
            switch Array(text.utf8) {
            case Array("1".utf8), Array("t".utf8), Array("T".utf8), Array("true".utf8), Array("TRUE".utf8),
                Array("True".utf8):
                return true
            case Array("0".utf8), Array("f".utf8), Array("F".utf8), Array("false".utf8), Array("FALSE".utf8),
                Array("False".utf8):
                return false
            default: throw unreadable(text, "bool")
            }
        default: throw .noOverload("bool", x)
        }
    }

    private static func timestamp(_ x: CELValue) throws(Fault) -> CELTimestamp {
        switch x {
        case .timestamp(let value): return value
        case .int(let value):
            guard let result = CELTimestamp(seconds: value) else { throw outOfRange(x, "timestamp") }
            return result
        case .string(let text):
            guard let result = CELTimestamp(text) else { throw unreadable(text, "timestamp") }
            return result
        default: throw .noOverload("timestamp", x)
        }
    }

    private static func duration(_ x: CELValue) throws(Fault) -> CELDuration {
        switch x {
        case .duration(let value): return value
        case .string(let text):
            guard let result = CELDuration(text) else { throw unreadable(text, "duration") }
            return result
        default: throw .noOverload("duration", x)
        }
    }

    private static func outOfRange(_ x: CELValue, _ type: String) -> Fault {
        Fault(.overflow, "the \(x.typeName) is out of the range of \(type)")
    }

    private static func unreadable(_ text: String, _ type: String) -> Fault {
        Fault(.invalidArgument, "'\(text.shortened)' is no \(type)")
    }
}
