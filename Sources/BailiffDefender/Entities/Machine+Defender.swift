import BailiffModel

extension Machine {
    /// A machine as the service describes it. Nil without a usable id; everything else may be missing.
    init?(defender body: JSONValue) {
        guard let id = body["id"]?.string.flatMap(MachineID.init) else { return nil }
        let os = Machine.word(body["osPlatform"])
        self.init(
            id: id, name: body["computerDnsName"]?.filled, kind: Machine.kind(forOS: os), os: os,
            osVersion: body["osVersion"]?.filled ?? body["version"]?.filled, health: Machine.word(body["healthStatus"]),
            onboarded: Machine.word(body["onboardingStatus"]) == "onboarded",
            group: body["rbacGroupName"]?.string ?? "",
            tags: body["machineTags"]?.strings ?? [], value: Machine.word(body["deviceValue"]),
            risk: Machine.word(body["riskScore"]), exposure: Machine.word(body["exposureLevel"]),
            recordFirstSeen: body["firstSeen"]?.time, lastReport: body["lastSeen"]?.time,
            internalAddress: body["lastIpAddress"]?.filled, externalAddress: body["lastExternalIpAddress"]?.filled,
            mergedInto: body["mergedIntoMachineId"]?.filled.flatMap(MachineID.init),
            isPotentialDuplicate: body["isPotentialDuplication"]?.flag ?? false,
            isExcluded: body["isExcluded"]?.flag ?? false)
    }

    private static func word(_ value: JSONValue?) -> String {
        value?.filled.map(ASCII.lowerCased) ?? "unknown"
    }

    /// What the operating system tells of a machine's kind where nothing better is known. Linux runs on both, so it tells
    /// nothing. `os` in lower case.
    static func kind(forOS os: String) -> Kind {
        if os.utf8.starts(with: "windowsserver".utf8) { return .server }
        if os == "macos" { return .workstation }
        guard os.utf8.starts(with: "windows".utf8), let next = os.utf8.dropFirst(7).first else { return .unknown }
        return (48...57).contains(next) ? .workstation : .unknown
    }
}
