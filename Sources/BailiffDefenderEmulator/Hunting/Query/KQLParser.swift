import BailiffModel

/// Reads the part of the query language that hunting automations use. Whatever else is refused, as the service refuses
/// what it does not understand.
struct KQLParser {
    private let tokens: [KQLToken]
    private var position = 0
    private var depth = 0
    /// Names bound to tables by `let`.
    private var tableNames: Set<String> = []

    private static let greatestDepth = 100
    static let mostOperators = 500
    var operatorCount = 0

    static func parse(_ text: String) throws(KQLError) -> KQLSyntax.Query {
        var parser = KQLParser(tokens: try KQLToken.tokens(of: text))
        return try parser.query()
    }

    private init(tokens: [KQLToken]) { self.tokens = tokens }

    private mutating func query() throws(KQLError) -> KQLSyntax.Query {
        var bindings: [(name: String, value: KQLSyntax.Binding)] = []
        while isWord("let") {
            position += 1
            let name = try word("a name behind let")
            try expect("=")
            bindings.append((name, try binding(name)))
            try expect(";")
        }
        let body = try pipeline()
        _ = take(";")
        guard position == tokens.count else { throw unexpected() }
        return KQLSyntax.Query(bindings: bindings, body: body)
    }

    private mutating func binding(_ name: String) throws(KQLError) -> KQLSyntax.Binding {
        if startsTable {
            tableNames.insert(name)
            return .table(try pipeline())
        }
        return .scalar(try expression())
    }

    /// Whether what follows is a table rather than a scalar.
    private var startsTable: Bool {
        var at = position
        while at < tokens.count, tokens[at] == .symbol("(") { at += 1 }
        guard at < tokens.count, case .word(let word) = tokens[at] else { return false }
        if word == "union" || word == "print" { return true }
        let isName = HuntingTable(rawValue: word) != nil || tableNames.contains(word)
        return isName
    }

    // MARK: Tables

    mutating func pipeline() throws(KQLError) -> KQLSyntax.Pipeline {
        try descend()
        defer { depth -= 1 }
        let source = try source()
        var operators: [KQLSyntax.Operator] = []
        while take("|") { operators.append(try operation()) }
        return KQLSyntax.Pipeline(source: source, operators: operators)
    }

    private mutating func source() throws(KQLError) -> KQLSyntax.Source {
        if take("(") {
            let inner = try pipeline()
            try expect(")")
            return .nested(inner)
        }
        let name = try word("a table")
        switch name {
        case "union":
            let (tables, withSource, isInner) = try union()
            return .union(tables: tables, withSource: withSource, isInner: isInner)
        case "print": return .print(try namedList())
        default: return .table(name)
        }
    }

    private mutating func union() throws(KQLError) -> (tables: [KQLSyntax.Pipeline], withSource: String?, isInner: Bool)
    {
        var withSource: String?
        var isInner = false
        while case .word(let option)? = peek, peek(1) == .symbol("=") {
            position += 2
            let value = try word("a value of \(option)")
            switch option {
            case "withsource": withSource = value
            case "kind": isInner = value == "inner"
            case "isfuzzy": break
            default: throw KQLError("'union' has no option '\(option)'.")
            }
        }
        var tables: [KQLSyntax.Pipeline] = []
        repeat {
            if peek == .symbol("(") {
                position += 1
                tables.append(try pipeline())
                try expect(")")
            } else {
                tables.append(KQLSyntax.Pipeline(source: .table(try word("a table")), operators: []))
            }
        } while take(",")
        return (tables, withSource, isInner)
    }

    private mutating func operation() throws(KQLError) -> KQLSyntax.Operator {
        let name = try operatorName()
        switch name {
        case "where", "filter": return .filter(try expression())
        case "project": return .project(try namedList())
        case "project-away": return .projectAway(try nameList())
        case "project-keep": return .projectKeep(try nameList())
        case "project-rename": return .projectRename(try namedList())
        case "project-reorder": return .projectReorder(try nameList())
        case "extend": return .extend(try namedList())
        case "summarize": return try summarize()
        case "distinct":
            if take("*") { return .distinct([], isStar: true) }
            return .distinct(try namedList(), isStar: false)
        case "count": return .count
        case "take", "limit": return .take(try rowCount())
        case "sort", "order":
            guard takeWord("by") else { throw unexpected("by") }
            return .sort(try keys())
        case "top":
            let count = try rowCount()
            guard takeWord("by") else { throw unexpected("by") }
            guard let key = try keys().first else { throw unexpected() }
            return .top(count, key)
        case "join": return try join()
        case "union":
            let (tables, withSource, isInner) = try union()
            return .union(tables, withSource: withSource, isInner: isInner)
        case "mv-expand": return .expand(try namedList())
        default: throw KQLError("The operator '\(name)' is not supported.")
        }
    }

    /// Operators may hold a hyphen: `project-away`.
    private mutating func operatorName() throws(KQLError) -> String {
        var name = try word("an operator")
        while name == "project" || name == "mv", peek == .symbol("-"), case .word(let rest)? = peek(1) {
            position += 2
            name += "-" + rest
        }
        return name
    }

    private mutating func summarize() throws(KQLError) -> KQLSyntax.Operator {
        var aggregates: [KQLSyntax.Named] = []
        if !isWord("by") { aggregates = try namedList() }
        return .summarize(aggregates, by: takeWord("by") ? try namedList() : [])
    }

    private mutating func join() throws(KQLError) -> KQLSyntax.Operator {
        var kind = KQLSyntax.Join.innerUnique
        while case .word(let option)? = peek, peek(1) == .symbol("=") {
            position += 2
            let value = try word("a value of \(option)")
            guard option == "kind" else { continue }
            guard let known = KQLSyntax.Join(rawValue: value) else {
                throw KQLError("The kind of join '\(value)' is not supported.")
            }
            kind = known
        }
        let right: KQLSyntax.Pipeline
        if take("(") {
            right = try pipeline()
            try expect(")")
        } else {
            right = KQLSyntax.Pipeline(source: .table(try word("a table")), operators: [])
        }
        guard takeWord("on") else { throw unexpected("on") }
        var columns: [(left: String, right: String)] = []
        repeat { columns.append(try joinColumn()) } while take(",")
        return .join(kind, right, on: columns)
    }

    /// `DeviceId` or `$left.DeviceId == $right.Id`.
    private mutating func joinColumn() throws(KQLError) -> (left: String, right: String) {
        let first = try word("a column")
        guard first == "$left" || first == "$right" else { return (first, first) }
        try expect(".")
        let one = try word("a column")
        try expect("==")
        let second = try word("a column")
        guard second == "$left" || second == "$right", second != first else { throw unexpected() }
        try expect(".")
        let other = try word("a column")
        return first == "$left" ? (one, other) : (other, one)
    }

    private mutating func rowCount() throws(KQLError) -> Int {
        guard case .long(let number)? = peek, let count = Int(exactly: number) else {
            throw unexpected("a number of rows")
        }
        position += 1
        return count
    }

    private mutating func keys() throws(KQLError) -> [KQLSyntax.Key] {
        var keys: [KQLSyntax.Key] = []
        repeat {
            let expression = try expression()
            let isAscending = takeWord("asc")
            if !isAscending { _ = takeWord("desc") }
            if takeWord("nulls") { position += 1 }
            keys.append(KQLSyntax.Key(expression: expression, isDescending: !isAscending))
        } while take(",")
        return keys
    }

    private mutating func nameList() throws(KQLError) -> [String] {
        var names: [String] = []
        repeat { names.append(try word("a column") + (take("*") ? "*" : "")) } while take(",")
        return names
    }

    private mutating func namedList() throws(KQLError) -> [KQLSyntax.Named] {
        var list: [KQLSyntax.Named] = []
        repeat {
            if case .word(let name)? = peek, peek(1) == .symbol("=") {
                position += 2
                list.append(KQLSyntax.Named(name: name, expression: try expression()))
            } else {
                list.append(KQLSyntax.Named(name: nil, expression: try expression()))
            }
        } while take(",")
        return list
    }

    // MARK: Tokens

    var peek: KQLToken? { peek(0) }

    func peek(_ offset: Int) -> KQLToken? { position + offset < tokens.count ? tokens[position + offset] : nil }

    mutating func advance(_ count: Int = 1) { position += count }

    mutating func take(_ symbol: String) -> Bool {
        guard peek == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    func isWord(_ word: String) -> Bool { peek == .word(word) }

    mutating func takeWord(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(KQLError) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    mutating func word(_ what: String) throws(KQLError) -> String {
        guard case .word(let word)? = peek else { throw unexpected(what) }
        position += 1
        return word
    }

    func unexpected(_ wanted: String? = nil) -> KQLError {
        let found =
            switch peek {
            case nil: "the end of the query"
            case .word(let word): "'\(word)'"
            case .symbol(let symbol): "'\(symbol)'"
            case .text: "a text"
            case .long, .real: "a number"
            case .span: "a time span"
            }
        return KQLError("Syntax error: unexpected \(found)" + (wanted.map { ", expected \($0)." } ?? "."))
    }

    mutating func descend() throws(KQLError) {
        depth += 1
        if depth > KQLParser.greatestDepth { throw KQLError("The query is nested too deeply.") }
    }

    mutating func ascend() { depth -= 1 }

    /// Whether a table stands here, in place of a list of values.
    var startsSubquery: Bool { startsTable }
}
