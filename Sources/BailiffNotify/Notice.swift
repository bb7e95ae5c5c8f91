package import BailiffModel

/// Something that people are told: what happened, in words and as data.
///
/// Every text may come from outside; each payload escapes it for where it is shown.
package struct Notice: Sendable, Hashable {
    package struct Fact: Sendable, Hashable {
        package var title: String
        package var value: String

        package init(_ title: String, _ value: String) {
            self.title = title
            self.value = value
        }
    }

    package enum Urgency: String, Sendable, Hashable, CaseIterable {
        case information
        /// Somebody has to do something.
        case attention
        case alarm
    }

    /// The same for every attempt to deliver this one message: receivers tell repetitions by it.
    package var id: String
    /// One of the words of `after.notify`, or `test`.
    package var event: String
    package var at: Timestamp
    package var urgency: Urgency
    /// One line.
    package var title: String
    package var text: String
    /// In the order they are shown.
    package var facts: [Fact]
    /// The command that shows more or answers: what a person would type.
    package var command: String?
    /// For programs, under `data` of the generic webhook.
    package var data: JSONObject

    package init(
        id: String, event: String, at: Timestamp, urgency: Urgency = .information, title: String, text: String,
        facts: [Fact] = [], command: String? = nil, data: JSONObject = [:]
    ) {
        self.id = id
        self.event = event
        self.at = at
        self.urgency = urgency
        self.title = title
        self.text = text
        self.facts = facts
        self.command = command
        self.data = data
    }

    /// A message that says nothing but that messages arrive.
    ///
    /// - Parameter id: Fresh for every test.
    package static func test(id: String, notifier: String, by person: String, at now: Timestamp) -> Notice {
        Notice(
            id: id, event: "test", at: now, title: "Bailiff: a test message",
            text: "Messages of Bailiff arrive here. Nothing has happened and nothing needs to be done.",
            facts: [Fact("notifier", notifier), Fact("sent by", person)],
            data: ["notifier": .string(notifier), "by": .string(person)])
    }
}
