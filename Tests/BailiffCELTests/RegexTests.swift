import BailiffCEL
import Testing

/// `matches`: RE2's syntax and meaning.
struct RegexTests {
    private static func matches(_ text: String, _ pattern: String) throws -> Bool {
        var declarations = CELDeclarations()
        declarations.variable("s", .string)
        declarations.variable("p", .string)
        declarations.refusesCertainErrors = false
        let program = try compiled("s.matches(p)", declarations)
        return try program.evaluateCondition(CELSlots([.string(text), .string(pattern)]), costLimit: .max)
    }

    static let findsRows: [(String, String, Bool)] = [
        ("hubba", "ubb", true), ("", "foo|bar", false), ("cows", "", true), ("abcd", "bc", true),
        ("abcd", "^bc", false), ("abcd", "^ab.*d$", true), ("abc\n", "c$", false),
        ("a\nb", "a.b", false), ("a\nb", "(?s)a.b", true), ("a\nb", "^b", false), ("a\nb", "(?m)^b", true),
        ("a\nb", "(?m)a$", true), ("a\nb", "\\Ab", false), ("ab", "b\\z", true),
        ("HELLO", "hello", false), ("HELLO", "(?i)hello", true), ("HELLO", "(?i:he)llo", false),
        ("heLLO", "(?i:HE)LLO", true), ("ab", "(?i)A(?-i)b", true), ("aB", "(?i)A(?-i)b", false),
        ("a1_", "^\\w+$", true), ("\u{E9}", "\\w", false), ("\u{E9}", "\\pL", true), ("\u{E9}", "\\p{Ll}", true),
        ("\u{E9}", "\\p{Lu}", false), ("\u{E9}", "\\P{L}", false), ("5", "\\p{^L}", true),
        ("\u{E9}", "(?i)\\p{Lu}", true), ("x", "[[:alpha:]]", true), ("5", "[[:^alpha:]]", true), ("]", "[]]", true),
        ("-", "[a-]", true), ("b", "[^a]", true), ("\n", "[^a]", true), ("a", "[^a]", false),
        ("5", "[\\d]", true), ("x", "[\\D]", true), ("aaa", "^a{3}$", true), ("aaaa", "^a{2,3}$", false),
        ("aaaa", "^a{2,}$", true), ("", "^a{0}$", true), ("a{,2}", "a{,2}", true), ("a{x", "a{x", true),
        ("foo.bar", "foo\\.bar", true), ("fooxbar", "foo\\.bar", false), ("a.b", "\\Qa.b\\E", true),
        ("axb", "\\Qa.b\\E", false), ("ab", "(a)(?:b)", true), ("ab", "(?P<x>a)(?<y>b)", true),
        ("a b", "a\\sb", true), ("foo bar", "\\bbar\\b", true), ("foobar", "\\bbar", false), ("foobar", "\\Bbar", true),
        ("\u{1F431}", "^.$", true), ("A", "\\x41", true), ("\u{1F431}", "\\x{1F431}", true),
        ("\u{1}", "\\001", true), ("ab", "a*?b", true), ("ab", "a+?b", true), ("abab", "^(ab)*$", true),
        ("aba", "^(ab)*$", false), ("", "^(a*)*$", true), ("x", "^(|a)+$", false), ("aaa", "^(a|aa)+$", true),
        ("\u{17F}", "(?i)s", true), ("\u{212A}", "(?i)k", true), ("k", "(?i)\u{212A}", true),
        ("\u{3C2}", "(?i)\u{3A3}", true), ("i", "(?i)\u{130}", false), ("\u{131}", "(?i)i", false),
        ("\u{DF}", "(?i)\u{1E9E}", true),
        ("K", "(?i)[a-k]", true), ("\u{212A}", "(?i)[a-z]", true), ("k", "(?i)[^K]", false),
        ("e\u{301}", "^\u{E9}$", false), ("\u{FF}", "[\u{80}-\u{FF}]", true), ("a\u{304}", "a\\pM", true),
        ("_", "\\_", true),
        ("abc", "a(b|)c", true), ("ac", "a(b|)c", true), ("ab", "a|b|", true), ("ma\u{F1}ana", "a+\u{F1}+a+", true),
        ("aXbc", "(?U)a.*c", true), ("\r\n", "^\\r\\n$", true), ("\u{10FFFF}", "\\p{Any}", true),
        ("\u{1C4}", "\\p{LC}", true), ("\u{2028}", ".", true), ("a\r", "a$", false), ("", "^$", true),
        ("x", "(?)x", true), ("AB", "(?i)(?-i)ab", false), ("Ab", "(?i:a)b", true), ("AB", "(?i:a)b", false),
        ("C", "a(?i)b|c", true), ("C", "(?:a(?i)b)|c", false), ("a\nb", "(?ms)^a.b$", true),
        ("ab", "(?U)(?-U)a*b", true),
        // A minus sign in brackets is a character wherever it makes no range.
        ("-", "^[a-c-e]$", true), ("d", "^[a-c-e]$", false), ("-", "^[\\d-z]$", true), ("y", "^[\\d-z]$", false),
        ("/", "^[--/]$", true), ("-", "^[^a-]$", false),
        // What only looks like a named class is not one.
        ("p", "^[[:alpha]$", true), (":", "^[[:alpha]$", true), ("z", "^[[:alpha]$", false),
        ("\u{5}", "[[:cntrl:]]", true),
        ("_", "[[:word:]]", true), ("\u{B}", "[[:space:]]", true), ("\u{B}", "\\s", false),
        ("f", "[[:xdigit:]]", true), ("~", "[[:punct:]]", true),
        // A negated class is the complement of all forms of its letters.
        ("s", "(?i)\\W", false), ("\u{17F}", "(?i)\\W", false), ("\u{17F}", "\\W", true), ("s", "(?i)[\\W]", false),
        ("s", "(?i)[[:^alpha:]]", false), ("\u{212A}", "(?i)[^k]", false), ("a", "(?i)\\P{Lu}", false),
        ("5", "(?i)\\P{Lu}", true), ("a", "(?i)[^\\PL]", true),
        // Unassigned code points are in no class but in every complement.
        ("\u{378}", "\\pC", false), ("\u{378}", "\\PL", true), ("\u{378}", "\\p{Any}", true), ("\u{660}", "\\pN", true),
        ("\u{660}", "\\d", false), ("\u{2160}", "\\p{Nl}", true), ("\u{20AC}", "\\p{Sc}", true), ("+", "\\pS", true),
        // Quoted text is repeated by its last character.
        ("a+++", "^\\Qa+\\E+$", true), ("abab", "^\\Qab\\E{2}$", false), ("abb", "^\\Qab\\E{2}$", true),
        ("a\\b", "\\Qa\\b", true), ("a", "\\Q\\Ea", true),
        ("\u{1F600}\u{1F600}", "^(a|\u{1F600}){2}$", true), ("abcabc", "^(?:abc){2}$", true),
        ("aXb", "^a[^\\n]b$", true),
        ("foo_bar", "\\bbar", false), ("\u{E9}a", "\\ba", true), ("", "\\b", false), ("", "\\B", true),
        ("ab", "a\\Bb", true),
    ]

    @Test(arguments: findsRows)
    func finds(_ text: String, _ pattern: String, _ isFound: Bool) throws {
        #expect(try Self.matches(text, pattern) == isFound)
    }

    static let refusesRows: [String] = [
        "(", ")", "a)", "[", "[a", "[z-a]", "*", "+a", "?", "a**", "a*+", "a{2}{3}", "a{1001}", "a{3,2}", "\\", "\\y",
        "\\1", "(\\w)\\1", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", "(?P=x)", "(?P<>a)",
        "(?z)", "\\p{Greek}", "\\p{Foo}", "\\p{", "[[:foo:]]", "\\x4", "\\x{110000}", "\\x{D800}", "\\C", "\\Z",
        "[a-\\d]", "[\\b]", "(a{1000}){1000}", "(a{100}){11}", "((a{2,}){20}){26}", "(a{0,40}){40}", "a{2}*", "a*{2}",
        "a|*",
        "(*a)", "(|+)", "(?i)*", "(?-)", "(?i-)", "(?-i-s)", "(?", "(?i", "(?P<x>a)(?P<x>b)", "(?P<x>a)(?<x>b)",
        "(?P<x",
        "\\8", "\\E", "\\p{Cn}", "\\px", "\\é", "\\x{}", "\\x{FFFFFFFF}", "[]", "[^]", "[[:alpha:]", "a{1,1001}",
        "\\pN{1001}",
        "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})",
    ]

    @Test(arguments: refusesRows)
    func refuses(_ pattern: String) throws {
        let error = try #require(throws: CELError.self) { try Self.matches("aaa", pattern) }
        #expect(error.code == .invalidArgument)
    }

    @Test func timeIsLinear() throws {
        // Patterns that take a backtracking matcher ages.
        let text = String(repeating: "a", count: 50_000) + "!"
        for pattern in [
            "^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(a*)*b", "^(.*a){10}b", "(x+x+)+y", "^((a{1,10}){1,10}){1,10}$",
            "(?i)^(A|a|[Aa])*b",
        ] {
            #expect(try Self.matches(text, pattern) == false)
        }
        #expect(try Self.matches(text, "^(a+)+!$"))
    }

    @Test func deepPatternsAreRefused() throws {
        let pattern = String(repeating: "(", count: 4_000) + String(repeating: ")", count: 4_000)
        let refused = onSmallStack { (try? Self.matches("", pattern)) == nil }
        #expect(refused == true)
        // What is within the bound fits a small stack.
        for (left, right) in [("(", ")"), ("(?:a|", ")*"), ("(?i:", "|b)+"), ("(a", "){1}")] {
            let nested = String(repeating: left, count: 199) + "x" + String(repeating: right, count: 199)
            #expect(onSmallStack { (try? Self.matches("x", nested)) != nil } == true)
        }
    }

    /// A pattern that comes to thousands of steps is charged for them, however short it is.
    @Test func bombsAreStoppedByTheCostLimit() throws {
        var declarations = CELDeclarations()
        declarations.variable("s", .string)
        declarations.variable("p", .string)
        let program = try compiled("s.matches(p) || true", declarations)
        let pattern = "(a?b?c?d?e?){1000}"
        let text = String(repeating: "abcde", count: 20_000)
        let error = try #require(throws: CELError.self) {
            try program.evaluate(CELSlots([.string(text), .string(pattern)]), costLimit: 1_000_000)
        }
        #expect(error.code == .costExceeded)
    }

    @Test func longRepetitionsCostWhatTheyTake() throws {
        var declarations = CELDeclarations()
        declarations.variable("s", .string)
        let program = try compiled("s.matches('(a{31}){32}b')", declarations)
        let cost = program.measure(CELSlots([.string(String(repeating: "a", count: 1_000))])).cost
        #expect(cost > 6_000)
    }
}
