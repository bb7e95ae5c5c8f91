import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import GRDB

// The case of a run, an action or an approval is that of its column: a merge moves it without writing the document anew.
extension Database {
    func runs(_ rest: String, _ values: [SQLValue]) throws -> [Run] {
        try all("SELECT case_id, doc FROM run \(rest)", values) { row in
            var run = try Documents.decode(Run.self, try row.data(1))
            run.caseID = try row.id(0)
            return run
        }
    }

    func actions(_ rest: String, _ values: [SQLValue]) throws -> [Action] {
        try all("SELECT case_id, doc FROM action \(rest)", values) { row in
            var action = try Documents.decode(Action.self, try row.data(1))
            action.caseID = try row.id(0)
            return action
        }
    }

    func approvals(_ rest: String, _ values: [SQLValue]) throws -> [Approval] {
        try all("SELECT case_id, doc FROM approval \(rest)", values) { row in
            var approval = try Documents.decode(Approval.self, try row.data(1))
            approval.caseID = try row.id(0)
            return approval
        }
    }

    func control() throws -> Control {
        try first("SELECT doc FROM control WHERE id = 1") { try Documents.decode(Control.self, try $0.data(0)) }
            ?? Control()
    }

    func operators(_ rest: String, _ values: [SQLValue] = []) throws -> [Operator] {
        try all("SELECT doc FROM operator \(rest)", values) { try Documents.decode(Operator.self, try $0.data(0)) }
    }

    func jobStatistics(now: Timestamp) throws -> JobStatistics {
        var waiting: [Lane: Int] = [:]
        var overdue: [Lane: Int] = [:]
        for lane in Lane.allCases {
            let values: [SQLValue] = [.text(lane.rawValue)]
            waiting[lane] = Int(
                clamping: try integer("SELECT count(*) FROM job WHERE lane = ? AND is_aside = 0", values) ?? 0)
            overdue[lane] = Int(
                clamping: try integer(
                    "SELECT count(*) FROM job WHERE lane = ? AND is_aside = 0 AND wake <= ?", values + [.time(now)])
                    ?? 0)
        }
        // One look into the index for each lane: what nobody works on is due when it may be claimed.
        let oldest = try Lane.allCases.compactMap { lane in
            try integer(
                "SELECT wake FROM job WHERE lane = ? AND is_aside = 0 AND lease IS NULL ORDER BY wake LIMIT 1",
                [.text(lane.rawValue)])
        }.min()
        let aside = try all(
            "SELECT kind, subject, attempts, error FROM job WHERE is_aside = 1 ORDER BY kind, subject LIMIT 100"
        ) { row in
            JobStatistics.SetAside(
                key: try WriteScope.jobKey(row), attempts: Int(clamping: try row.int(2)),
                error: row.isNull(3) ? "" : try row.outsideText(3))
        }
        return JobStatistics(
            waiting: waiting, overdue: overdue, oldestDue: oldest.map { Timestamp(microseconds: $0) }, setAside: aside)
    }
}
