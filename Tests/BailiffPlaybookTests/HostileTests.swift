import BailiffDiagnostics
import BailiffPlaybook
import Foundation
import Testing

/// Files that somebody wrote by mistake or in bad faith: each one change away from a good file, each refused on the line
/// of the change.
@Suite(.serialized) struct HostileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// In `playbooks`.
        let file: String
        let old: String
        let new: String
        let code: String
        /// Text on the line the diagnostic must point at, in the changed file.
        var line: String

        /// The file the diagnostic must point into, where it is not the changed one.
        var place: String?

        /// The same row, found in another file that needs what was taken away.
        func found(in file: String) -> Row {
            var row = self
            row.place = file
            return row
        }

        /// The same row, found on another line of what it writes.
        func on(_ line: String) -> Row {
            var row = self
            row.line = line
            return row
        }

        init(_ name: String, _ file: String, _ old: String, _ new: String, _ code: String, on line: String) {
            testDescription = name
            self.file = file
            self.old = old
            self.new = new
            self.code = code
            self.line = line
        }
    }

    static let isolate = "isolate-on-malicious.yaml"
    static let tiered = "tiered-containment.yaml"
    static let outbreak = "outbreak-containment.yaml"
    static let baseline = "org-baseline.yaml"
    static let approvals = "org-approvals.yaml"

    static let all =
        typos + yaml + conditions + safety + askedOfPeople + types + givenAndExpected + deadConditions

    @Test(arguments: all)
    func isRefused(_ row: Row) throws {
        let folder = "playbooks"
        var files = try Repository.files(folder)
        let index = try #require(files.firstIndex { $0.file == "\(folder)/\(row.file)" })
        let text = files[index].text
        #expect(text.contains(row.old), "the row no longer fits the file")
        let range = try #require(text.firstRange(of: row.old))
        files[index] = SourceText(file: files[index].file, text: text.replacingCharacters(in: range, with: row.new))
        let (loaded, time) = withProcessorTime { PlaybookLibrary.load(files, environment: .complete()) }
        #expect(loaded.library == nil)
        let changed = try #require(files.first { $0.file == "\(folder)/\(row.place ?? row.file)" })
        let place = try #require(changed.text.firstRange(of: row.line))
        let line = changed.text[..<place.lowerBound].count { $0 == "\n" } + 1
        let errors = loaded.report.diagnostics.filter { $0.severity == .error }
        let found = errors.contains {
            $0.code.hasPrefix(row.code) && $0.location.line == line && $0.location.file == changed.file
        }
        let all = errors.map { error in error.rendered(in: files.first { $0.file == error.location.file }) }
        #expect(found, "wanted \(row.code) on line \(line)\n\(all.joined(separator: "\n"))")
        #expect(time < .milliseconds(100))
    }

    @Test func areMany() {
        #expect(Self.all.count >= 250)
        #expect(Set(Self.all.map { "\($0.file) \($0.old) \($0.new)" }).count == Self.all.count)
    }
}
