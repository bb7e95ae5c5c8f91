extension EmulatorTenant {
    /// One machine saw one file.
    package struct Sighting: Sendable, Equatable {
        /// How the file ran, which decides the tables that show it.
        package enum Execution: String, Sendable, CaseIterable {
            case none
            /// Rows in `DeviceProcessEvents`.
            case process
            /// Rows in `DeviceImageLoadEvents`.
            case image
        }

        package enum Status: String, Sendable, CaseIterable { case seen, detected, quarantined, remediated }

        /// Which of the two ways shows it: `files/{sha1}/machines` and hunting do not always agree.
        package enum Visibility: String, Sendable, CaseIterable { case both, files, hunting }

        package var machine: String
        /// SHA-1.
        package var file: String
        package var first: Moment
        package var last: Moment
        /// Folder and file name.
        package var path: String?
        package var execution: Execution
        package var status: Status
        package var visibility: Visibility
        package var account: String?

        package init(
            machine: String, file: String, first: Moment = .ago(.seconds(26 * 3_600)),
            last: Moment = .ago(.seconds(3_600)), path: String? = nil, execution: Execution = .none,
            status: Status = .seen, visibility: Visibility = .both, account: String? = nil
        ) {
            self.machine = machine
            self.file = file
            self.first = first
            self.last = last
            self.path = path
            self.execution = execution
            self.status = status
            self.visibility = visibility
            self.account = account
        }
    }
}
