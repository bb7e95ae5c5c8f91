import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffNotify
import BailiffPlaybook

extension ConfiguredNotifiers: Notifying {
    func tell(_ announcement: Announcement) async throws(NotifyingFailure) {
        do throws(NotifyError) {
            try await send(Notice(announcement), to: announcement.to)
        } catch {
            throw NotifyingFailure(
                isTemporary: error.code == .unavailable, message: error.description, retryAfter: error.retryAfter)
        }
    }
}

extension Notice {
    init(_ announcement: Announcement) {
        let urgency: Urgency =
            switch announcement.event {
            case .approvalNeeded, .held: .attention
            case .failed, .breakerOpen: .alarm
            case .notSelected, .done, .ringDone: .information
            }
        var data: JSONObject = ["event": .string(announcement.event.rawValue)]
        if let id = announcement.caseID { data["case"] = .int(id.value) }
        if let run = announcement.run { data["run"] = .string(run.text) }
        self.init(
            id: "ntf_" + announcement.publicID.text, event: announcement.event.rawValue, at: announcement.at,
            urgency: urgency, title: announcement.title, text: announcement.text,
            facts: announcement.facts.map { Fact($0.title, $0.value) }, command: announcement.command, data: data)
    }
}
