/// Which requests a scripted fault befalls.
package struct RequestPattern: Sendable, Equatable {
    package var method: String?
    /// Part of the path, without regard to ASCII case.
    package var path: String?
    package var machineID: String?

    package init(method: String? = nil, path: String? = nil, machineID: String? = nil) {
        self.method = method
        self.path = path
        self.machineID = machineID
    }

    package static let any = RequestPattern()
    /// The orders to machines.
    package static func action(_ path: String, machine: String? = nil) -> RequestPattern {
        RequestPattern(method: "POST", path: path, machineID: machine)
    }
}
