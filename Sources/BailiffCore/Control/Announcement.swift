package import BailiffModel
package import BailiffPlaybook

package typealias AnnouncementID = RowID<Announcement>

/// One thing that one notifier has to be told. Kept until it was delivered or given up.
package struct Announcement: Hashable, Sendable, Codable {
    package struct Fact: Hashable, Sendable, Codable {
        package var title: String
        package var value: String

        package init(_ title: String, _ value: String) {
            self.title = title
            self.value = value
        }
    }

    package let id: AnnouncementID
    /// The same for every attempt.
    package let publicID: PublicID
    package let event: NotifyEvent
    package let at: Timestamp
    /// The notifier's name.
    package let to: String
    package let caseID: CaseID?
    package let run: PublicID?
    /// With `approval_needed`: its time to answer begins with the delivery.
    package let approval: ApprovalID?
    /// One line.
    package let title: String
    package let text: String
    package let facts: [Fact]
    /// What a person would type to see more or to answer.
    package let command: String?

    package init(
        id: AnnouncementID, publicID: PublicID, event: NotifyEvent, at: Timestamp, to: String, content: Content
    ) {
        self.id = id
        self.publicID = publicID
        self.event = event
        self.at = at
        self.to = to
        caseID = content.caseID
        run = content.run
        approval = content.approval
        title = content.title
        text = content.text
        facts = content.facts
        command = content.command
    }

    /// What is said, whoever is told.
    package struct Content: Hashable, Sendable {
        package var caseID: CaseID?
        package var run: PublicID?
        package var approval: ApprovalID?
        package var title: String
        package var text: String
        package var facts: [Fact] = []
        package var command: String?

        package init(
            title: String, text: String, caseID: CaseID? = nil, run: PublicID? = nil, approval: ApprovalID? = nil,
            facts: [Fact] = [], command: String? = nil
        ) {
            self.title = title
            self.text = text
            self.caseID = caseID
            self.run = run
            self.approval = approval
            self.facts = facts
            self.command = command
        }
    }
}
