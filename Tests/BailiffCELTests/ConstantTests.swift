import BailiffCEL
import Testing

/// Conditions that are always true or always false.
struct ConstantTests {
    private let facts = PlaybookFacts.declarations

    static let alwaysTheSameRows: [(String, Bool)] = [
        ("true", true), ("1 < 2", true), ("[1, 2].all(x, x > 0)", true), ("machine.onboarded && false", false),
        ("machine.onboarded || true", true), ("verdict.score >= 0", true), ("verdict.score > 100", false),
        ("101 > verdict.score", true), ("verdict.score > 90 && verdict.score < 50", false),
        ("verdict.score > 50 || verdict.score <= 50", true), ("machine.onboarded || !machine.onboarded", true),
        ("verdict.level == 'malicious' && verdict.level == 'benign'", false),
        ("verdict.level in ['malicious', 'suspicious', 'benign', 'unknown']", true),
        ("verdict.level != 'malicious' || verdict.level != 'benign'", true),
        ("machine.os == 'linux' && machine.os == 'macos'", false), ("has(machine.os)", true),
        ("has(verdict.family) || !has(verdict.family)", true), ("machine.tags.size() >= 0", true),
        ("size(machine.tags) < 0", false), ("machine.id == machine.id", true), ("machine.id < machine.id", false),
        ("machine.last_report.getHours() < 24", true), ("machine.last_report.getDayOfWeek() == 7", false),
        ("machine.os in []", false), ("machine.onboarded ? verdict.score >= 0 : true", true),
        ("machine.tags.exists(t, t == 'a') && !machine.tags.exists(t, t == 'a')", false),
        ("fleet.size > 9223372036854775807", false), ("fleet.size >= -9223372036854775808", true),
        ("(machine.onboarded == true) == (machine.onboarded == true)", true),
        ("machine.onboarded == true && machine.onboarded == false", false),
    ]

    @Test(arguments: alwaysTheSameRows)
    func alwaysTheSame(_ text: String, _ outcome: Bool) throws {
        #expect(try compiled(text, facts).constantResult == .bool(outcome))
    }

    static let undecidedRows: [String] = [
        "machine.onboarded", "verdict.score > 0", "verdict.score >= 100", "verdict.level == 'malicious'",
        "verdict.level in ['malicious', 'suspicious', 'benign']", "machine.os in ['linux', 'macos']",
        "fleet.size > 5 && fleet.size < 7", "machine.tags.exists(t, t == 'a') && !machine.tags.exists(t, t == 'b')",
        "has(verdict.family) && verdict.family == 'x'", "machine.last_report < now", "machine.id == machine.os",
        "machine.onboarded ? verdict.score > 3 : false", "[machine.onboarded].all(x, x)",
        "fleet.size * 10 < fleet.size",
        "machine.last_report.getHours() < 23", "size(machine.tags) > 0",
    ]

    @Test(arguments: undecidedRows)
    func undecided(_ text: String) throws {
        #expect(try compiled(text, facts).constantResult == nil)
    }

    @Test func constantsOfOtherTypes() throws {
        #expect(try compiled("1 + 2").constantResult == .int(3))
        #expect(try compiled("'a' + 'b'").constantResult == .string("ab"))
    }
}
