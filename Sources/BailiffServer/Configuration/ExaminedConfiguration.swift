/// A configuration as far as it can be read, for saying everything at once that is wrong with an installation. Nothing runs
/// on it.
package struct ExaminedConfiguration: Sendable {
    package enum Section: String, Sendable, Hashable, CaseIterable {
        case server, store, audit, defender, feeds, playbooks, notifiers
    }

    /// Nil where not even the sections can be told apart.
    package var configuration: ServerConfiguration?
    /// What stands for these sections in ``configuration`` means nothing.
    package var unreadable: Set<Section>
    /// All names that stand in the section, also of notifiers that cannot be used.
    package var notifierNames: [String]
    /// Errors, warnings and notes.
    package var problems: ConfigurationProblems

    package init(
        configuration: ServerConfiguration?, unreadable: Set<Section> = [], notifierNames: [String] = [],
        problems: ConfigurationProblems
    ) {
        self.configuration = configuration
        self.unreadable = unreadable
        self.notifierNames = notifierNames
        self.problems = problems
    }

    /// Of a configuration without errors.
    package init(_ configuration: ServerConfiguration) {
        self.init(
            configuration: configuration, notifierNames: configuration.notifiers.map(\.name),
            problems: ConfigurationProblems([], sources: []))
    }
}
