/// Finds the machine of a question that a person means by the beginning of its id.
struct MachineChoice: Sendable {
    let ids: [String]

    /// Fewer digits are a slip rather than a choice.
    private static let shortest = 4

    /// - Returns: What nothing begins with as it was typed: the server says what is wrong with it.
    func id(beginning text: String) throws(CommandFailure) -> String {
        let wanted = text.lowercased()
        guard wanted.utf8.count >= Self.shortest else {
            throw .usage("--only takes a machine's id or its first \(Self.shortest) characters or more")
        }
        let found = ids.filter { $0.lowercased().utf8.starts(with: wanted.utf8) }
        if found.count > 1, !found.contains(where: { $0.lowercased() == wanted }) {
            throw .usage(
                "'\(text)' may be \(found.count) machines of the question",
                hint: "they are \(found.joined(separator: ", "))")
        }
        return found.count == 1 ? found[0] : text
    }
}
