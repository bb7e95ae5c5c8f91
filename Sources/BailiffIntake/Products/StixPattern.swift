/// Reads the files out of a STIX pattern such as `[file:hashes.'SHA-256' = '…' AND file:name = 'a.exe']`.
///
/// Hashes joined by AND are of one file, OR makes several. Patterns that say more than that — other objects, negation,
/// several observations in an order — are about more than a file and yield nothing.
enum StixPattern {
    struct File {
        /// Names without punctuation: `SHA-256` as `SHA256`.
        var hashes: [(name: String, value: String)] = []
        var name: String?
    }

    private enum Token: Equatable {
        case word([UInt8])
        case string([UInt8])
        case symbol(UInt8)
    }

    private static let greatestLength = 65_536
    private static let greatestFileCount = 1_000

    /// Nil where the pattern is about something else, or cannot be read.
    static func files(in pattern: String) -> [File]? {
        guard pattern.utf8.count <= greatestLength, let tokens = tokens(Array(pattern.utf8)) else { return nil }
        var parser = Parser(tokens: tokens)
        guard let files = parser.observations(), !files.isEmpty, files.count <= greatestFileCount else { return nil }
        return files.contains { $0.hashes.isEmpty } ? nil : files
    }

    private static func tokens(_ bytes: [UInt8]) -> [Token]? {
        var out: [Token] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte.isASCIISpace {
                index += 1
            } else if byte == 0x27 {
                guard let (value, next) = string(bytes, from: index + 1) else { return nil }
                // A quoted step of a path belongs to the path: hashes.'SHA-256'
                if case .word(var path)? = out.last, path.last == 0x2E {
                    path += value
                    out[out.count - 1] = .word(path)
                } else {
                    out.append(.string(value))
                }
                index = next
            } else if isWord(byte) {
                let start = index
                while index < bytes.count, isWord(bytes[index]) { index += 1 }
                out.append(.word(Array(bytes[start..<index])))
            } else {
                out.append(.symbol(byte))
                index += 1
            }
        }
        return out
    }

    private static func string(_ bytes: [UInt8], from start: Int) -> (value: [UInt8], next: Int)? {
        var value: [UInt8] = []
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x27 { return (value, index + 1) }
            if bytes[index] == 0x5C, index + 1 < bytes.count { index += 1 }
            value.append(bytes[index])
            index += 1
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F || byte == 0x2D || byte == 0x2E || byte == 0x3A
    }

    private struct Parser {
        let tokens: [Token]
        var position = 0
        var depth = 0

        /// `[…] OR […]`
        mutating func observations() -> [File]? {
            var files: [File] = []
            while true {
                guard take(.symbol(0x5B)), let found = alternatives(), take(.symbol(0x5D)) else { return nil }
                files += found
                if position == tokens.count { return files }
                guard takeWord("or") else { return nil }
            }
        }

        /// `a AND b OR c`: AND binds closer.
        private mutating func alternatives() -> [File]? {
            depth += 1
            defer { depth -= 1 }
            guard depth <= 16, var files = conjunction() else { return nil }
            while takeWord("or") {
                guard let more = conjunction() else { return nil }
                files += more
                if files.count > greatestFileCount { return nil }
            }
            return files
        }

        private mutating func conjunction() -> [File]? {
            guard var files = comparison() else { return nil }
            while takeWord("and") {
                guard let more = comparison() else { return nil }
                // (a OR b) AND c is a file with a and c, or one with b and c.
                guard files.count * more.count <= greatestFileCount else { return nil }
                files = files.flatMap { left in
                    more.map { right in
                        File(hashes: left.hashes + right.hashes, name: left.name ?? right.name)
                    }
                }
            }
            return files
        }

        private mutating func comparison() -> [File]? {
            if take(.symbol(0x28)) {
                guard let inner = alternatives(), take(.symbol(0x29)) else { return nil }
                return inner
            }
            guard case .word(let path)? = next() else { return nil }
            if takeWord("in") {
                guard take(.symbol(0x28)) else { return nil }
                var files: [File] = []
                repeat {
                    guard case .string(let value)? = next(), let file = file(path, value) else { return nil }
                    files.append(file)
                } while take(.symbol(0x2C))
                return take(.symbol(0x29)) && files.count <= greatestFileCount ? files : nil
            }
            guard take(.symbol(0x3D)), case .string(let value)? = next(), let file = file(path, value) else {
                return nil
            }
            return [file]
        }

        private func file(_ path: [UInt8], _ value: [UInt8]) -> File? {
            let text = String(decoding: value, as: UTF8.self)
            if path.starts(with: "file:hashes.".utf8) {
                let name = path.dropFirst(12).filter { $0.isASCIILetter || $0.isASCIIDigit }
                return File(hashes: [(String(decoding: name, as: UTF8.self), text)])
            }
            if path.elementsEqual("file:name".utf8) { return File(name: text) }
            // Sizes and types narrow a file down and change nothing of what it is.
            if path.starts(with: "file:".utf8) { return File() }
            return nil
        }

        private mutating func next() -> Token? {
            guard position < tokens.count else { return nil }
            position += 1
            return tokens[position - 1]
        }

        private mutating func take(_ token: Token) -> Bool {
            guard position < tokens.count, tokens[position] == token else { return false }
            position += 1
            return true
        }

        private mutating func takeWord(_ word: StaticString) -> Bool {
            guard position < tokens.count, case .word(let bytes) = tokens[position], bytes.equalsIgnoringASCIICase(word)
            else { return false }
            position += 1
            return true
        }
    }
}
