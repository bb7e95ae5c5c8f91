import Foundation

/// Tells the story on standard output, with the seconds since its beginning.
struct DemoTeller: Sendable {
    private let console: Console
    private let start = ContinuousClock.now

    init(console: Console) { self.console = console }

    var elapsed: Duration { ContinuousClock.now - start }

    /// A line without a time.
    func say(_ text: String) { console.line(CellText(text).text) }

    func heading(_ text: String) {
        console.line("")
        console.line(CellText(text, .bold).rendered(isColoured: console.isColoured))
    }

    /// Something happened.
    func tell(_ text: CellText) {
        console.line("\(stamp)  \(text.rendered(isColoured: console.isColoured))")
    }

    func tell(_ text: String, _ style: CellText.Style = .plain) { tell(CellText(text, style)) }

    /// What a program printed, already safe, indented.
    func quote(_ lines: [String]) {
        for line in lines { console.line(line.isEmpty ? "" : "          " + line) }
    }

    private var stamp: String {
        let milliseconds = elapsed.components.seconds * 1_000 + elapsed.components.attoseconds / 1_000_000_000_000_000
        let hundredths = String(milliseconds % 1_000 / 10 + 100).dropFirst()
        let seconds = String(milliseconds / 1_000)
        return String(repeating: " ", count: max(0, 4 - seconds.count)) + "\(seconds).\(hundredths)s"
    }
}
