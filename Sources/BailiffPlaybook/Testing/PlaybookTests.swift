package import BailiffDiagnostics
package import BailiffModel

/// Runs the `tests:` of playbooks: plans as the engine would, then lets everything happen that happens by itself.
///
/// Every question is answered as it opens by the people of `approved_by`; Defender does what it is told except where
/// `defender` says otherwise. Nothing is sent anywhere.
package enum PlaybookTests {
    /// Runs all tests of a playbook, in the order of the file.
    package static func run(_ playbook: Playbook, in library: PlaybookLibrary, now: Timestamp = .epoch)
        -> [PlaybookTestResult]
    {
        playbook.tests.map { test in
            let course = TestCourse(test, of: playbook, in: library, now: start(now)).run()
            return PlaybookTestResult(
                playbook: playbook.name, name: test.name, location: test.location,
                differences: TestComparison(test.expect, course).differences())
        }
    }

    /// Times in tests are relative, so any instant does; one far from the epoch leaves room for what lies before it.
    private static func start(_ now: Timestamp) -> Timestamp {
        now == .epoch ? Timestamp(seconds: 1_800_000_000) : now
    }
}

package struct PlaybookTestResult: Sendable, Hashable {
    package struct Difference: Sendable, Hashable, CustomStringConvertible {
        /// The key of `expect`: `contain`, `held`.
        package let key: String
        package let expected: String
        package let found: String
        /// What explains it, at most a few lines: `a1: guards.tier0: …`.
        package let because: [String]

        package var description: String {
            let head = "\(key): expected \(expected), found \(found)"
            return ([head] + because.map { "  \($0)" }).joined(separator: "\n")
        }
    }

    package let playbook: String
    package let name: String
    package let location: SourceLocation
    /// Empty: the test passed.
    package let differences: [Difference]

    package var passed: Bool { differences.isEmpty }
}
