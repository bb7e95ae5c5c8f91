import BailiffCore
import BailiffModel

/// Which counter gives the ids of a subject.
enum IDSeries {
    /// Ids reserved at once.
    static let block = 128

    static func name<Subject>(of subject: Subject.Type) -> String {
        switch subject {
        // A case has the id of its first verdict.
        case is Case.Type, is Verdict.Type: Counters.Series.verdicts.rawValue
        case is Run.Type: "runs"
        case is Action.Type: "actions"
        case is Approval.Type: "approvals"
        case is Operator.Type: "operators"
        case is AllowListEntry.Type: "allow_entries"
        case is Announcement.Type: "announcements"
        default: "ids of \(subject)"
        }
    }
}
