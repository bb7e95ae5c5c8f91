import BailiffCEL
import BailiffDiagnostics
import BailiffYAML

/// The reference pages that ship, made from the code: every key, action, fact and diagnostic.
package enum ReferencePages {
    /// Pages by file name in the documentation catalog.
    package static var all: [(file: String, text: String)] {
        [
            ("Keys.md", keys), ("Actions.md", actions), ("Facts.md", facts), ("Diagnostics.md", diagnostics),
        ]
    }

    private static func page(_ title: String, _ lead: String, _ body: [String]) -> String {
        (["# \(title)", "", lead, ""] + body).joined(separator: "\n") + "\n"
    }

    // MARK: Keys

    private static var keys: String {
        var lines: [String] = []
        for record in LanguageReference.records {
            lines += ["## \(record.what)", "", record.summary, ""]
            if record.keys.isEmpty {
                lines += ["No keys.", ""]
                continue
            }
            lines += ["| key | value | | meaning |", "|---|---|---|---|"]
            for key in record.keys {
                let need = key.isRequired ? "required" : ""
                lines.append("| `\(key.name)` | \(text(key.shape)) | \(need) | \(escaped(key.summary)) |")
            }
            lines.append("")
        }
        return page(
            "Keys", "Every key of playbooks, policies, approvals and tests. A key that is not listed here is an error.",
            lines)
    }

    private static func text(_ shape: ValueShape) -> String {
        switch shape {
        case .text: "text"
        case .identifier: "name"
        case .name: "name, with `/`"
        case .integer(let low, let high): high == Int.max ? "number from \(low)" : "number, \(low) to \(high)"
        case .flag: "`true`, `false`"
        case .duration: "duration"
        case .share: "share"
        case .time: "date or time"
        case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .condition(let scope): "condition (`\(scope.rawValue)`)"
        case .list(let element): "list of \(text(element))"
        case .entries(let element): "mapping to \(text(element))"
        case .record(let what): what
        case .either(let shapes):
            shapes.count > 4 ? "depends on the action" : shapes.map(text).joined(separator: " or ")
        }
    }

    /// A bar would end the cell.
    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

    // MARK: Actions

    private static var actions: String {
        var lines = [
            "| action | permission | undo | disruptive | quota | family | parameters |",
            "|---|---|---|---|---|---|---|",
        ]
        for action in ActionKind.allCases {
            let permissions = ActionCatalogue.permissions(of: action).joined(separator: ", ")
            let keys = LanguageReference.record("with of \(action.rawValue)")?.keys ?? []
            let parameters = keys.map { "`\($0.name)`" }.joined(separator: ", ")
            lines.append(
                "| `\(action.rawValue)` | \(permissions) | \(action.undo.map { "`\($0.rawValue)`" } ?? "none") | "
                    + "\(action.isDisruptive ? "yes" : "no") | \(ActionCatalogue.bucket(of: action)) | "
                    + "\(action.family.rawValue) | \(parameters.isEmpty ? "none" : parameters) |")
        }
        lines += ["", "## Platforms", "", "| action | \(platforms.map(\.title).joined(separator: " | ")) |"]
        lines.append("|---|" + String(repeating: "---|", count: platforms.count))
        for action in ActionKind.allCases where !action.isTenantWide {
            let cells = platforms.map { platform in
                Platform(os: platform.os).allows(action, .defaults(of: action)) ? "yes" : "no"
            }
            lines.append("| `\(action.rawValue)` | \(cells.joined(separator: " | ")) |")
        }
        lines += [
            "",
            "An operating system Bailiff does not know is asked about at Defender. Selective isolation is not possible on",
            "Linux; `auto` is full there. `investigate` falls back to the first way in `via` that is possible.",
        ]
        return page(
            "Actions",
            "The closed catalogue. Disruptive actions are what guards, budgets and rings count; the unit of a budget is one machine.",
            lines)
    }

    private static let platforms: [(title: String, os: String)] = [
        ("Windows client", "windows11"), ("Server 2012 R2, 2016", "windowsserver2016"),
        ("Server 2019 and later", "windowsserver2022"), ("older Windows", "windows7"), ("macOS", "macos"),
        ("Linux", "ubuntu"), ("mobile", "android"),
    ]

    // MARK: Facts

    private static var facts: String {
        var lines = [
            "| fact | type | | words | seen under | from | permission | cost |", "|---|---|---|---|---|---|---|---|",
        ]
        for fact in Fact.allCases {
            let words = fact == .machineRole ? "roles of the policies in use, `none`" : wordList(fact)
            let scopes = FactScope.allCases.filter { $0.sees(fact) }
            let seen =
                scopes.count == FactScope.allCases.count
                ? "every key" : scopes.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            let origin = fact.origin
            lines.append(
                "| `\(fact.rawValue)` | \(fact.type.description) | \(fact.isOptional ? "optional" : "always") | \(words) | "
                    + "\(seen) | \(origin.source) | \(origin.permission ?? "–") | \(origin.cost) |")
        }
        return page(
            "Facts",
            "What conditions can refer to. An optional fact may be absent: guard it with `has()` on the left of its use, or say in a guard what `missing` means.",
            lines)
    }

    private static func wordList(_ fact: Fact) -> String {
        if let words = fact.vocabulary { return words.map { "`\($0)`" }.joined(separator: ", ") }
        guard let range = fact.range else { return "" }
        return range.upperBound == Int64.max ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    // MARK: Diagnostics

    private static var diagnostics: String {
        var lines = ["## Playbooks, policies, approvals", "", "| code | severity | meaning |", "|---|---|---|"]
        for code in DiagnosticCode.allCases {
            lines.append("| \(code.rawValue) | \(code.severity.rawValue) | \(escaped(code.summary)) |")
        }
        lines += ["", "## YAML", "", "| code | meaning |", "|---|---|"]
        for code in YAMLDiagnosticCode.allCases { lines.append("| \(code.rawValue) | \(escaped(code.summary)) |") }
        lines += [
            "",
            "Codes that start with `CEL` are about the expression itself; their list stands with the expression language.",
        ]
        return page(
            "Diagnostics",
            "Every diagnostic has a stable code. PB901 and PB902 are notes where a file is only checked, and errors where it is activated.",
            lines)
    }
}
