/// What is wrong with a pattern.
struct RegexProblem: Error, Equatable {
    var message: String
}

/// Reads RE2's syntax. Captures and greediness make no difference to whether a pattern is found, so they leave no trace.
struct RegexParser {
    private enum Limit {
        static let length = 10_000
        static let depth = 200
        /// The count of a repetition, and the product of nested ones.
        static let repetitions = 1_000
    }

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    private let scalars: [UInt32]
    private var position = 0
    private var flags = Flags()
    private var depth = 0
    private var groupNames: Set<String> = []

    static func parse(_ pattern: String) throws(RegexProblem) -> RegexNode {
        var parser = RegexParser(scalars: pattern.unicodeScalars.map(\.value))
        guard parser.scalars.count <= Limit.length else { throw RegexProblem(message: "the pattern is too long") }
        let node = try parser.alternatives()
        guard parser.position == parser.scalars.count else { throw RegexProblem(message: "unexpected ')'") }
        guard node.repetitionsFit(Limit.repetitions) else {
            throw RegexProblem(message: "repetitions inside repetitions come to more than \(Limit.repetitions)")
        }
        return node
    }

    private init(scalars: [UInt32]) { self.scalars = scalars }

    // MARK: Scanning

    private var current: UInt32? { position < scalars.count ? scalars[position] : nil }

    private func peek(_ ahead: Int) -> UInt32? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    private func isAt(_ character: Unicode.Scalar, ahead: Int = 0) -> Bool { peek(ahead) == character.value }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        position += 1
        return true
    }

    private mutating func skip(text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(RegexProblem) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limit.depth else { throw RegexProblem(message: "groups are nested too deeply") }
        var all = [try sequence()]
        while skip("|") { all.append(try sequence()) }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence() throws(RegexProblem) -> RegexNode {
        var parts: [RegexNode] = []
        while let character = current, character != 0x7C, character != 0x29 {
            if skip(text: "\\Q") {
                quoted(into: &parts)
                // What follows may repeat the last character.
                if let last = parts.popLast() { parts.append(try repeated(last)) }
                continue
            }
            guard let atom = try atom() else { continue }
            parts.append(try repeated(atom))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func quoted(into parts: inout [RegexNode]) {
        while let character = current, !skip(text: "\\E") {
            parts.append(literal(character))
            position += 1
        }
    }

    private mutating func repeated(_ atom: RegexNode) throws(RegexProblem) -> RegexNode {
        guard let (from, upTo) = try repetition() else { return atom }
        _ = skip("?")
        if isAt("*") || isAt("+") || isAt("?") {
            throw RegexProblem(message: "a repetition cannot be repeated without parentheses")
        }
        let start = position
        if try repetition() != nil {
            position = start
            throw RegexProblem(message: "a repetition cannot be repeated without parentheses")
        }
        return .repetition(atom, from: from, upTo: upTo)
    }

    private mutating func repetition() throws(RegexProblem) -> (Int, Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = position
        guard skip("{"), let from = number() else {
            position = start
            return nil
        }
        var upTo: Int? = from
        if skip(",") { upTo = isAt("}") ? nil : number() ?? -1 }
        guard skip("}"), upTo != -1 else {
            position = start
            return nil
        }
        guard from <= Limit.repetitions, upTo ?? from <= Limit.repetitions, from <= upTo ?? from else {
            throw RegexProblem(
                message: "a repetition count must be at most \(Limit.repetitions), the smaller one first")
        }
        return (from, upTo)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let character = current, 0x30...0x39 ~= character {
            value = min((value ?? 0) * 10 + Int(character - 0x30), 100_000)
            position += 1
        }
        return value
    }

    // MARK: Atoms

    /// nil where flags alone were set.
    private mutating func atom() throws(RegexProblem) -> RegexNode? {
        guard let character = current else { return nil }
        position += 1
        switch Unicode.Scalar(character) {
        case "(": return try group()
        case "[": return .characters(try bracketed())
        case ".":
            let all = CharacterClass.everything
            return .characters(
                CharacterClass(flags.dotMatchesNewline ? [all] : CharacterClass.complement([0x0A...0x0A])))
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw RegexProblem(message: "there is nothing to repeat")
        case "\\": return try escape()
        default: return literal(character)
        }
    }

    private func literal(_ character: UInt32) -> RegexNode {
        guard flags.ignoresCase else { return .scalar(character) }
        let forms = CaseFolding.orbit(of: character)
        return forms.count == 1 ? .scalar(character) : .characters(CharacterClass(forms.map { $0...$0 }))
    }

    private mutating func group() throws(RegexProblem) -> RegexNode? {
        let outer = flags
        if skip("?") {
            if skip(text: "P<") || skip("<") {
                try groupName()
            } else if try setFlags() {
                return nil
            }
        }
        let inner = try alternatives()
        guard skip(")") else { throw RegexProblem(message: "a '(' is not closed") }
        flags = outer
        return inner
    }

    private mutating func groupName() throws(RegexProblem) {
        var name = ""
        while let character = current.flatMap(Unicode.Scalar.init),
            UInt8(exactly: character.value)?.isIdentifierPart == true
        {
            name.unicodeScalars.append(character)
            position += 1
        }
        guard !name.isEmpty, skip(">") else { throw Self.unknownGroup }
        guard groupNames.insert(name).inserted else {
            throw RegexProblem(message: "two groups are named '\(name.shortened)'")
        }
    }

    private static let unknownGroup = RegexProblem(
        message: "only (?:…), (?P<name>…) and flags may follow '(?': there is no look-around")

    /// Reads flags behind `(?`; true if a `)` ends them and they hold for the rest of the group.
    private mutating func setFlags() throws(RegexProblem) -> Bool {
        var isOn = true
        /// Whether a flag must follow, as behind a minus sign.
        var isIncomplete = false
        while let character = current {
            position += 1
            if isIncomplete, character == 0x3A || character == 0x29 { throw Self.unknownGroup }
            isIncomplete = false
            switch Unicode.Scalar(character) {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": break
            case "-" where isOn:
                isOn = false
                isIncomplete = true
            case ":": return false
            case ")": return true
            default: throw Self.unknownGroup
            }
        }
        throw RegexProblem(message: "a '(' is not closed")
    }

    // MARK: Escapes

    private mutating func escape() throws(RegexProblem) -> RegexNode {
        guard let character = current else { throw RegexProblem(message: "a backslash ends the pattern") }
        let assertion: RegexAssertion? =
            switch Unicode.Scalar(character) {
            case "A": .textStart
            case "z": .textEnd
            case "b": .wordBoundary
            case "B": .notWordBoundary
            default: nil
            }
        if let assertion {
            position += 1
            return .assertion(assertion)
        }
        if let set = try escapedClass() { return .characters(set.characterClass()) }
        return literal(try escapedScalar())
    }

    /// What stands between brackets, with all forms of letters where case is ignored.
    private struct ClassItems {
        var ranges: [ClosedRange<UInt32>] = []
        var categories: [CharacterClass.Categories] = []

        mutating func add(_ other: ClassItems) {
            ranges += other.ranges
            categories += other.categories
        }

        func characterClass(negated: Bool = false) -> CharacterClass {
            CharacterClass(ranges, categories: categories, negated: negated)
        }
    }

    /// A group of characters, or what is left without it: the complement of all forms of its letters.
    private func group(_ ranges: [ClosedRange<UInt32>], negated: Bool = false) -> ClassItems {
        let all = flags.ignoresCase ? CharacterClass.folded(ranges) : ranges
        return ClassItems(ranges: negated ? CharacterClass.complement(all) : all)
    }

    /// `\d`, `\pL` and the like, the backslash already read; nil if something else follows.
    private mutating func escapedClass() throws(RegexProblem) -> ClassItems? {
        guard let character = current.flatMap(Unicode.Scalar.init) else { return nil }
        let items: ClassItems
        switch character {
        case "d": items = group(CharacterClass.digits)
        case "D": items = group(CharacterClass.digits, negated: true)
        case "w": items = group(CharacterClass.wordCharacters)
        case "W": items = group(CharacterClass.wordCharacters, negated: true)
        case "s": items = group(CharacterClass.blanks)
        case "S": items = group(CharacterClass.blanks, negated: true)
        case "p", "P":
            position += 1
            return ClassItems(categories: [try category(negated: character == "P")])
        default: return nil
        }
        position += 1
        return items
    }

    private mutating func category(negated: Bool) throws(RegexProblem) -> CharacterClass.Categories {
        var name = ""
        var isNegated = negated
        if skip("{") {
            if skip("^") { isNegated.toggle() }
            while let character = current.flatMap(Unicode.Scalar.init), character != "}" {
                name.unicodeScalars.append(character)
                position += 1
            }
            guard skip("}") else { throw RegexProblem(message: "a '\\p{' is not closed") }
        } else if let character = current.flatMap(Unicode.Scalar.init) {
            name.unicodeScalars.append(character)
            position += 1
        }
        guard let bits = CharacterClass.categories(named: name) else {
            throw RegexProblem(
                message: "'\\p{\(name.shortened)}' is no general category; classes by script are not supported")
        }
        return CharacterClass.Categories(bits: bits, folds: flags.ignoresCase, isNegated: isNegated)
    }

    /// A single character behind a backslash.
    private mutating func escapedScalar() throws(RegexProblem) -> UInt32 {
        guard let character = current else { throw RegexProblem(message: "a backslash ends the pattern") }
        position += 1
        switch Unicode.Scalar(character) {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x": return try hexadecimal()
        case "0": return octal(from: 0, atMost: 2)
        case "1", "2", "3", "4", "5", "6", "7":
            guard let next = current, 0x30...0x37 ~= next else {
                throw RegexProblem(message: "there are no back-references")
            }
            return octal(from: character - 0x30, atMost: 2)
        default:
            let isPunctuation = character < 0x80 && !(UInt8(exactly: character)?.isIdentifierPart ?? false)
            guard isPunctuation || character == 0x5F else {
                throw RegexProblem(message: "unknown escape '\\\(Unicode.Scalar(character).map { String($0) } ?? "")'")
            }
            return character
        }
    }

    private mutating func octal(from value: UInt32, atMost count: Int) -> UInt32 {
        var value = value
        for _ in 0..<count {
            guard let digit = current, 0x30...0x37 ~= digit else { break }
            value = value * 8 + digit - 0x30
            position += 1
        }
        return value
    }

    private mutating func hexadecimal() throws(RegexProblem) -> UInt32 {
        let isBraced = skip("{")
        var value: UInt32 = 0
        var count = 0
        while let digit = current.flatMap({ UInt8(exactly: $0)?.hexDigitValue }), count < (isBraced ? 6 : 2) {
            value = value * 16 + digit
            count += 1
            position += 1
        }
        guard isBraced ? (count > 0 && skip("}")) : count == 2, Unicode.Scalar(value) != nil else {
            throw RegexProblem(message: "a '\\x' needs two hexadecimal digits, or a code point in braces")
        }
        return value
    }

    // MARK: Bracketed classes

    private mutating func bracketed() throws(RegexProblem) -> CharacterClass {
        let isNegated = skip("^")
        var items = ClassItems()
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while !isAt("]") || isFirst {
            guard current != nil else { throw RegexProblem(message: "a '[' is not closed") }
            isFirst = false
            if let set = try posixClass() {
                items.add(set)
                continue
            }
            if isAt("\\") {
                position += 1
                if let set = try escapedClass() {
                    items.add(set)
                    continue
                }
                position -= 1
            }
            ranges.append(try bracketedRange())
        }
        position += 1
        items.add(group(ranges))
        return items.characterClass(negated: isNegated)
    }

    /// One character, or two with a `-` between them.
    private mutating func bracketedRange() throws(RegexProblem) -> ClosedRange<UInt32> {
        let low = try bracketedScalar()
        guard isAt("-"), let next = peek(1), next != 0x5D else { return low...low }
        position += 1
        let high = try bracketedScalar()
        guard low <= high else { throw RegexProblem(message: "a range inside brackets is the wrong way round") }
        return low...high
    }

    private mutating func bracketedScalar() throws(RegexProblem) -> UInt32 {
        guard let character = current else { throw RegexProblem(message: "a '[' is not closed") }
        position += 1
        return character == 0x5C ? try escapedScalar() : character
    }

    /// `[:name:]`; nil where no such thing stands here, as in `[[:a]`.
    private mutating func posixClass() throws(RegexProblem) -> ClassItems? {
        let start = position
        guard skip(text: "[:") else { return nil }
        let isNegated = skip("^")
        var name = ""
        while let character = current.flatMap(Unicode.Scalar.init), !skip(text: ":]") {
            name.unicodeScalars.append(character)
            position += 1
        }
        // The closing `:]` is the last thing read, if there is one.
        guard scalars[start..<position].suffix(2).elementsEqual([0x3A, 0x5D]), position - start > 3 else {
            position = start
            return nil
        }
        guard let ranges = CharacterClass.posix(name) else {
            throw RegexProblem(message: "'[:\(name.shortened):]' is no character class")
        }
        return group(ranges, negated: isNegated)
    }
}
