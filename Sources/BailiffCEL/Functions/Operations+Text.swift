#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Operations {
    // MARK: Searching

    static func search(
        _ function: Builtin, _ x: CELValue, _ y: CELValue, _ frame: inout Frame
    ) throws(Fault) -> Bool {
        guard case .string(let text) = x, case .string(let wanted) = y else {
            throw .noOverload(function.spelling, x, y)
        }
        switch function {
        case .contains:
            try frame.charge(CostModel.search(text.scalarCount, for: wanted.scalarCount))
            return text.withBytes { text in wanted.withBytes { text.find($0, from: 0) != nil } }
        case .startsWith:
            try frame.charge(CostModel.traversal(text.scalarCount))
            return text.withBytes { text in wanted.withBytes { text.count >= $0.count && text.has($0, at: 0) } }
        case .endsWith:
            try frame.charge(CostModel.traversal(text.scalarCount))
            return text.withBytes { text in
                wanted.withBytes { text.count >= $0.count && text.has($0, at: text.count - $0.count) }
            }
        default: return try match(text, try compile(wanted), patternLength: wanted.scalarCount, &frame)
        }
    }

    static func compile(_ pattern: String) throws(Fault) -> Regex {
        do {
            return try Regex(pattern)
        } catch {
            throw Fault(.invalidArgument, "the pattern '\(pattern.shortened)' is invalid: \(error.message)")
        }
    }

    static func match(
        _ text: String, _ regex: Regex, patternLength: Int, _ frame: inout Frame
    ) throws(Fault) -> Bool {
        try frame.charge(
            CostModel.match(
                text.scalarCount, patternLength: patternLength, instructions: regex.instructions.count))
        return regex.isFound(in: text)
    }

    // MARK: Rewriting

    static func rewrite(_ function: Builtin, _ x: CELValue, _ frame: inout Frame) throws(Fault) -> CELValue {
        guard case .string(let text) = x else { throw .noOverload(function.spelling, x) }
        try frame.charge(max(CostModel.call, CostModel.traversal(text.scalarCount)))
        try frame.allocate(text.utf8.count)
        switch function {
        case .lowerAscii: return .string(text.mappingBytes { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 })
        case .upperAscii: return .string(text.mappingBytes { 0x61...0x7A ~= $0 ? $0 & ~0x20 : $0 })
        case .reverse:
            var reversed = String.UnicodeScalarView()
            for scalar in text.unicodeScalars.reversed() { reversed.append(scalar) }
            return .string(String(reversed))
        case .trim: return .string(text.trimmed)
        default:
            let quoted = text.quoted
            try frame.allocate(quoted.utf8.count)
            return .string(quoted)
        }
    }

    static func join(_ x: CELValue, separator: String, _ frame: inout Frame) throws(Fault) -> CELValue {
        guard case .list(let elements) = x else { throw .noOverload("join", x) }
        var joined = ""
        var isFirst = true
        for element in elements {
            guard case .string(let text) = element else {
                throw Fault(.noOverload, "join() takes a list of strings, not of \(element.typeName)")
            }
            try frame.allocate(text.utf8.count + separator.utf8.count)
            if !isFirst { joined += separator }
            joined += text
            isFirst = false
        }
        try frame.charge(max(CostModel.call, CostModel.traversal(elements.count)))
        try frame.charge(CostModel.traversal(joined.scalarCount))
        return .string(joined)
    }

    // MARK: Positions and pieces

    /// The functions of the strings library that take more than the string.
    static func text(_ function: Builtin, _ arguments: [CELValue], _ frame: inout Frame) throws(Fault) -> CELValue {
        guard case .string(let text)? = arguments.first else { throw mismatch(function, arguments) }
        try frame.charge(max(CostModel.call, CostModel.traversal(text.scalarCount)))
        switch (function, arguments.count, arguments[1], arguments.count > 2 ? arguments[2] : .null) {
        case (.format, 2, .list(let values), _):
            let formatted = try TextFormatter.format(text, values, limit: frame.allocatable)
            try frame.allocate(formatted.utf8.count)
            try frame.charge(CostModel.traversal(formatted.scalarCount))
            return .string(formatted)
        case (.charAt, 2, .int(let position), _): return .string(try text.character(at: position))
        case (.substring, 2, .int(let start), _): return .string(try text.slice(from: start, to: nil))
        case (.substring, 3, .int(let start), .int(let end)): return .string(try text.slice(from: start, to: end))
        case (.indexOf, 2, .string(let wanted), _):
            return .int(try firstIndex(of: wanted, in: text, from: 0, &frame))
        case (.indexOf, 3, .string(let wanted), .int(let start)):
            return .int(try firstIndex(of: wanted, in: text, from: start, &frame))
        case (.lastIndexOf, 2, .string(let wanted), _):
            return .int(try lastIndex(of: wanted, in: text, upTo: nil, &frame))
        case (.lastIndexOf, 3, .string(let wanted), .int(let end)):
            return .int(try lastIndex(of: wanted, in: text, upTo: end, &frame))
        case (.split, 2, .string(let separator), _): return try split(text, separator, limit: -1, &frame)
        case (.split, 3, .string(let separator), .int(let limit)):
            return try split(text, separator, limit: limit, &frame)
        case (.replace, 3, .string(let old), .string(let new)): return try replace(text, old, new, limit: -1, &frame)
        case (.replace, 4, .string(let old), .string(let new)):
            guard case .int(let limit) = arguments[3] else { throw mismatch(function, arguments) }
            return try replace(text, old, new, limit: limit, &frame)
        default: throw mismatch(function, arguments)
        }
    }

    private static func mismatch(_ function: Builtin, _ arguments: [CELValue]) -> Fault {
        Fault(
            .noOverload,
            "no overload of '\(function.spelling)' takes (\(arguments.map(\.typeName).joined(separator: ", ")))")
    }

    private static func firstIndex(
        of wanted: String, in text: String, from start: Int64, _ frame: inout Frame
    ) throws(Fault) -> Int64 {
        let from = try text.byteOffset(of: start)
        try frame.charge(CostModel.search(text.scalarCount, for: wanted.scalarCount))
        return text.withBytes { bytes in
            wanted.withBytes { bytes.find($0, from: from) }.map { bytes.scalarCount(upTo: $0) } ?? -1
        }
    }

    private static func lastIndex(
        of wanted: String, in text: String, upTo end: Int64?, _ frame: inout Frame
    ) throws(Fault) -> Int64 {
        var latest = text.utf8.count
        if let end { latest = try text.byteOffset(of: end) }
        try frame.charge(CostModel.search(text.scalarCount, for: wanted.scalarCount))
        return text.withBytes { bytes in
            wanted.withBytes { wanted in
                var at = min(latest, bytes.count - wanted.count)
                while at >= 0 {
                    if bytes.has(wanted, at: at) { return bytes.scalarCount(upTo: at) }
                    at -= 1
                }
                return -1
            }
        }
    }

    private static func split(
        _ text: String, _ separator: String, limit: Int64, _ frame: inout Frame
    ) throws(Fault) -> CELValue {
        guard limit != 0 else { return .list([]) }
        try frame.charge(CostModel.search(text.scalarCount, for: separator.scalarCount))
        let most = limit < 0 ? Int.max : Int(clamping: limit)
        var pieces: [CELValue] = []
        let bytes = Array(text.utf8)
        var position = 0
        var matches = TextMatches(of: Array(separator.utf8), in: bytes)
        while pieces.count < most - 1, let match = matches.next() {
            // An empty separator stands between characters, not before the first or behind the last one.
            if separator.isEmpty, match == 0 || match == bytes.count { continue }
            try frame.allocate(elements: 1)
            pieces.append(.string(String(decoding: bytes[position..<match], as: UTF8.self)))
            position = match + separator.utf8.count
        }
        if !(separator.isEmpty && bytes.isEmpty) {
            pieces.append(.string(String(decoding: bytes[position...], as: UTF8.self)))
        }
        try frame.allocate(bytes.count)
        try frame.charge(UInt64(pieces.count))
        return .list(pieces)
    }

    private static func replace(
        _ text: String, _ old: String, _ new: String, limit: Int64, _ frame: inout Frame
    ) throws(Fault) -> CELValue {
        let most = limit < 0 ? Int.max : Int(clamping: limit)
        guard most > 0 else { return .string(text) }
        try frame.charge(CostModel.search(text.scalarCount, for: old.scalarCount))
        let bytes = Array(text.utf8)
        let replacement = Array(new.utf8)
        var result: [UInt8] = []
        var position = 0
        var matches = TextMatches(of: Array(old.utf8), in: bytes)
        var count = 0
        while count < most, let match = matches.next() {
            try frame.allocate(match - position + replacement.count)
            result += bytes[position..<match]
            result += replacement
            position = match + old.utf8.count
            count += 1
        }
        try frame.allocate(bytes.count - position)
        result += bytes[position...]
        try frame.charge(CostModel.traversal(result.count))
        return .string(String(decoding: result, as: UTF8.self))
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first place at or behind an offset where other bytes begin. The worst case is the product of both lengths,
    /// which is what searching is charged.
    func find(_ wanted: UnsafeBufferPointer<UInt8>, from offset: Int) -> Int? {
        guard let needle = wanted.baseAddress, let first = wanted.first else { return offset <= count ? offset : nil }
        guard let base = baseAddress else { return nil }
        var at = offset
        while at <= count - wanted.count {
            guard let candidate = memchr(base + at, Int32(first), count - wanted.count - at + 1) else { return nil }
            at = UnsafeRawPointer(candidate) - UnsafeRawPointer(base)
            if memcmp(base + at, needle, wanted.count) == 0 { return at }
            at += 1
        }
        return nil
    }

    /// Whether other bytes stand at an offset; the caller has checked that they fit.
    func has(_ wanted: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        guard let needle = wanted.baseAddress, let base = baseAddress, !wanted.isEmpty else { return true }
        return memcmp(base + offset, needle, wanted.count) == 0
    }

    func scalarCount(upTo end: Int) -> Int64 {
        var count: Int64 = 0
        for byte in self[0..<end] where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }
}
