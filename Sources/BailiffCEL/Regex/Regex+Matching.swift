extension Regex {
    /// Whether the pattern is found anywhere in the string.
    func isFound(in text: String) -> Bool {
        text.withBytes { bytes in
            let count = instructions.count
            return withUnsafeTemporaryAllocation(of: Int32.self, capacity: count * 5) { memory in
                memory.initialize(repeating: 0)
                guard let base = memory.baseAddress else { return false }
                return run(
                    Cursor(bytes), ThreadSet(dense: base, sparse: base + count),
                    ThreadSet(dense: base + count * 2, sparse: base + count * 3), stack: base + count * 4)
            }
        }
    }

    /// The ways through the pattern that are alive: each instruction at most once.
    private struct ThreadSet {
        let dense: UnsafeMutablePointer<Int32>
        let sparse: UnsafeMutablePointer<Int32>
        var count: Int32 = 0

        @inline(__always)
        mutating func insert(_ value: Int32) -> Bool {
            let slot = sparse[Int(value)]
            if slot < count, dense[Int(slot)] == value { return false }
            dense[Int(count)] = value
            sparse[Int(value)] = count
            count += 1
            return true
        }
    }

    /// A place in the text with the code points around it; nil at the ends. Strings are valid UTF-8.
    private struct Cursor {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var position = 0
        private(set) var before: UInt32?
        private(set) var after: UInt32?
        private var afterLength = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            self.bytes = bytes
            decode()
        }

        mutating func advance() {
            before = after
            position += afterLength
            decode()
        }

        /// Goes on to the next byte that is in the table. It begins a code point: where a table has bytes within one, it
        /// has those that begin one too.
        mutating func skip(to table: [Bool]) {
            let start = position
            while position < bytes.count, !table[Int(bytes[position])] { position += 1 }
            if position > start { decode() }
        }

        private mutating func decode() {
            guard position < bytes.count else {
                after = nil
                afterLength = 0
                return
            }
            let first = bytes[position]
            if first < 0x80 {
                after = UInt32(first)
                afterLength = 1
                return
            }
            afterLength = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            var value = UInt32(first) & (first < 0xE0 ? 0x1F : first < 0xF0 ? 0x0F : 0x07)
            for byte in bytes[min(position + 1, bytes.count)..<min(position + afterLength, bytes.count)] {
                value = value << 6 | UInt32(byte & 0x3F)
            }
            after = value
        }

        func holds(_ assertion: Int32) -> Bool {
            switch RegexAssertion(rawValue: assertion) {
            case .textStart: before == nil
            case .textEnd: after == nil
            case .lineStart: before == nil || before == 0x0A
            case .lineEnd: after == nil || after == 0x0A
            case .wordBoundary: isWord(before) != isWord(after)
            case .notWordBoundary: isWord(before) == isWord(after)
            case nil: false
            }
        }

        private func isWord(_ value: UInt32?) -> Bool { value.flatMap(UInt8.init(exactly:))?.isIdentifierPart ?? false }
    }

    private func run(
        _ start: Cursor, _ first: ThreadSet, _ second: ThreadSet, stack: UnsafeMutablePointer<Int32>
    ) -> Bool {
        var cursor = start
        var current = first
        var next = second
        while true {
            // A pattern with known first bytes does not begin with an assertion, so nothing looks back over the gap.
            if current.count == 0, let firstBytes { cursor.skip(to: firstBytes) }
            if follow(0, cursor, &current, stack) { return true }
            guard let character = cursor.after else { return false }
            cursor.advance()
            for index in 0..<Int(current.count) {
                let at = current.dense[index]
                let instruction = instructions[Int(at)]
                let fits =
                    switch instruction.operation {
                    case .scalar: UInt32(instruction.first) == character
                    case .characters: classes[Int(instruction.first)].contains(character)
                    default: false
                    }
                if fits, follow(at + 1, cursor, &next, stack) { return true }
            }
            swap(&current, &next)
            next.count = 0
        }
    }

    /// Adds an instruction and all that is reached from it without a character; true if that is the end of the pattern.
    ///
    /// An instruction enters the stack only as it enters the set, so the stack never holds more than the program.
    private func follow(
        _ start: Int32, _ cursor: Cursor, _ set: inout ThreadSet, _ stack: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard set.insert(start) else { return false }
        stack[0] = start
        var depth = 1
        func push(_ way: Int32) {
            guard set.insert(way) else { return }
            stack[depth] = way
            depth += 1
        }
        while depth > 0 {
            depth -= 1
            let at = stack[depth]
            let instruction = instructions[Int(at)]
            switch instruction.operation {
            case .match: return true
            case .scalar, .characters: break
            case .assertion: if cursor.holds(instruction.first) { push(at + 1) }
            case .jump: push(instruction.first)
            case .split:
                push(instruction.second)
                push(instruction.first)
            }
        }
        return false
    }
}
