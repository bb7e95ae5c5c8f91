/// The parts of the envelope that every OData answer has.
enum ODataContext {
    private static let documented = "https://api.securitycenter.microsoft.com/api/$metadata#"
    private static let regional = "https://api-eu3.securitycenter.windows.com/api/$metadata#"

    /// Nil where the style says that this answer has none.
    static func text(_ name: String, style: EmulatorOptions.BodyStyle) -> String? {
        guard style == .awkward else { return documented + name }
        return SplitMix64.hash(name) % 3 == 0 ? nil : regional + name
    }
}

extension WireWriter {
    mutating func context(_ name: String, style: EmulatorOptions.BodyStyle) {
        if let text = ODataContext.text(name, style: style) { field("@odata.context", text) }
    }
}
