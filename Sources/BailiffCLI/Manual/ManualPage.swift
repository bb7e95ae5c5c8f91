import BailiffModel

/// The manual page, made from the parser's own description of the commands, so that it says what the program does.
struct ManualPage {
    let tool: JSONValue
    let version: String

    var lines: [String] {
        let command = tool["command"] ?? .null
        var out = [
            ".TH BAILIFF 1 \"\" \"Bailiff \(Self.escaped(version))\" \"Bailiff\"",
            // Words that stand for commands and bodies must come out as they are.
            ".nh", ".ad l", ".SH NAME",
            "bailiff \\- \(Self.escaped(command["abstract"]?.string ?? ""))", ".SH SYNOPSIS", ".B bailiff",
            ".I COMMAND", "[options]", ".SH DESCRIPTION",
        ]
        out += paragraphs(command["discussion"]?.string)
        out.append(".SH COMMANDS")
        for child in Self.visible(command["subcommands"]) { out += section(child, path: ["bailiff"]) }
        out += environment + status
        return out
    }

    // MARK: Commands

    private func section(_ command: JSONValue, path: [String]) -> [String] {
        let name = command["commandName"]?.string ?? ""
        let children = Self.visible(command["subcommands"]).filter { $0["commandName"]?.string != "help" }
        let whole = path + [name]
        guard children.isEmpty else { return children.flatMap { section($0, path: whole) } }
        let arguments = Self.visible(command["arguments"]).filter { !Self.isStandard($0) }
        var out = [
            ".SS \(Self.escaped(whole.joined(separator: " ")))", Self.escaped(command["abstract"]?.string ?? ""),
        ]
        out += [
            ".PP",
            Self.escaped(whole.joined(separator: " ")) + arguments.map { " " + Self.unbroken(Self.usage($0)) }.joined(),
        ]
        out += paragraphs(command["discussion"]?.string)
        for argument in arguments { out += entry(argument) }
        return out
    }

    /// `--help` and `--version` stand everywhere and are told of once.
    private static func isStandard(_ argument: JSONValue) -> Bool {
        ["help", "version"].contains(argument["preferredName"]?["name"]?.string ?? "")
    }

    private static func visible(_ list: JSONValue?) -> [JSONValue] {
        (list?.array ?? []).filter { $0["shouldDisplay"]?.bool ?? true }
    }

    private static func usage(_ argument: JSONValue) -> String {
        let name = names(argument).last ?? ""
        let value = argument["valueName"]?.string ?? "value"
        let word: String
        switch argument["kind"]?.string {
        case "positional": word = "<\(value)>"
        case "option": word = "\(name) <\(value)>"
        default: word = name
        }
        let repeated = argument["isRepeating"]?.bool == true ? word + " ..." : word
        return argument["isOptional"]?.bool == true ? "[\(repeated)]" : repeated
    }

    private static func names(_ argument: JSONValue) -> [String] {
        (argument["names"]?.array ?? []).compactMap { name in
            name["name"]?.string.map { name["kind"]?.string == "short" ? "-\($0)" : "--\($0)" }
        }
    }

    private func entry(_ argument: JSONValue) -> [String] {
        let value = argument["valueName"]?.string ?? "value"
        var head = Self.names(argument).joined(separator: ", ")
        switch argument["kind"]?.string {
        case "positional": head = "<\(value)>"
        case "option": head += " <\(value)>"
        default: break
        }
        var text = argument["abstract"]?.string ?? ""
        let values = (argument["allValues"]?.array ?? []).compactMap(\.string)
        if !values.isEmpty { text += " One of: \(values.joined(separator: ", "))." }
        if let standard = argument["defaultValue"]?.string { text += " Default: \(standard)." }
        return [".TP", ".B \(Self.escaped(head))", Self.escaped(text)]
    }

    // MARK: The rest

    private var environment: [String] {
        let variables = [
            ("BAILIFF_URL", "The server's address."), ("BAILIFF_TOKEN_FILE", "The file with your token."),
            ("BAILIFF_SOCKET", "The local administrator's socket on the server's machine."),
            ("BAILIFF_CONFIG", "A server's configuration file, whose socket is used."),
            ("BAILIFF_CA_FILE", "Certificates to trust in place of the system's."),
            ("BAILIFF_INTAKE_URL", "Where deliveries go, where it is not the server's own address."),
            ("NO_COLOR", "Not empty: no colours."), ("COLUMNS", "The width that tables must fit."),
        ]
        return [".SH ENVIRONMENT"]
            + variables.flatMap { [".TP", ".B \(Self.escaped($0.0))", Self.escaped($0.1)] }
    }

    private var status: [String] {
        [".SH EXIT STATUS"]
            + [
                ("0", "Done."), ("1", "What was asked for could not be done."),
                ("2", "The command did its work, and the thing it checked is bad."),
                ("64", "The command line is wrong."),
            ].flatMap { [".TP", ".B \($0.0)", Self.escaped($0.1)] }
    }

    /// One macro line before each; empty texts make none.
    private func paragraphs(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: true).flatMap {
            [".PP", Self.escaped(String($0))]
        }
    }

    /// Broken nowhere: an option stays with its value.
    private static func unbroken(_ text: String) -> String { escaped(text).replacing(" ", with: "\\ ") }

    /// Text as troff prints it: ASCII alone, no escapes, no line that begins like a macro.
    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.shown(limit: 10_000) {
            switch character {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            case "\n": out += " "
            case _ where !character.isASCII:
                for scalar in character.unicodeScalars {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    out += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
                }
            default: out.append(character)
            }
        }
        return out.hasPrefix(".") || out.hasPrefix("'") ? "\\&" + out : out
    }
}
