/// Defender's id of a device: opaque, usually 40 hexadecimal digits. The only thing actions are aimed at.
package struct MachineID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let text: String

    /// Nil for what can't be an id: empty, over 128 characters, or other than ASCII letters, digits, `-`, `_`, `.`.
    package init?(_ text: String) {
        guard (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
                    || $0 == 46
            })
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: MachineID, right: MachineID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = MachineID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a machine id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// One Defender device record, in the words playbooks use: closed vocabularies in lower case, "unknown" for what Defender
/// leaves null.
package struct Machine: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case workstation, server, unknown }

    package var id: MachineID
    /// For people and guards; never for choosing a target.
    package var name: String?
    package var kind: Kind
    /// `windows11`, `windowsserver2022`, `macos`, `ubuntu`; "unknown" where Defender says nothing.
    package var os: String
    package var osVersion: String?
    /// `active`, `inactive`, `impairedcommunication`, `nosensordata`, `nosensordataimpairedcommunication`, `unknown`.
    package var health: String
    package var onboarded: Bool
    /// The device group's name, empty without one.
    package var group: String
    package var tags: [String]
    /// `normal`, `low`, `high`, `unknown`.
    package var value: String
    /// `none`, `informational`, `low`, `medium`, `high`, `unknown`.
    package var risk: String
    /// `none`, `low`, `medium`, `high`, `unknown`.
    package var exposure: String
    package var recordFirstSeen: Timestamp?
    /// The last full report, about daily: not a heartbeat.
    package var lastReport: Timestamp?
    package var internalAddress: String?
    package var externalAddress: String?
    /// The live record this one was merged into, where Defender says so.
    package var mergedInto: MachineID?
    package var isPotentialDuplicate: Bool
    /// Excluded from Defender's own views and actions by an administrator.
    package var isExcluded: Bool

    package init(
        id: MachineID, name: String? = nil, kind: Kind = .unknown, os: String = "unknown", osVersion: String? = nil,
        health: String = "unknown", onboarded: Bool = false, group: String = "", tags: [String] = [],
        value: String = "unknown", risk: String = "unknown", exposure: String = "unknown",
        recordFirstSeen: Timestamp? = nil, lastReport: Timestamp? = nil, internalAddress: String? = nil,
        externalAddress: String? = nil, mergedInto: MachineID? = nil, isPotentialDuplicate: Bool = false,
        isExcluded: Bool = false
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.os = os
        self.osVersion = osVersion
        self.health = health
        self.onboarded = onboarded
        self.group = group
        self.tags = tags
        self.value = value
        self.risk = risk
        self.exposure = exposure
        self.recordFirstSeen = recordFirstSeen
        self.lastReport = lastReport
        self.internalAddress = internalAddress
        self.externalAddress = externalAddress
        self.mergedInto = mergedInto
        self.isPotentialDuplicate = isPotentialDuplicate
        self.isExcluded = isExcluded
    }
}

/// One machine saw the file. Fields that need hunting are absent without the permission for it.
package struct Sighting: Hashable, Sendable, Codable {
    package enum Executed: String, Sendable, Codable, CaseIterable { case yes, no, unknown }
    package enum Status: String, Sendable, Codable, CaseIterable, Comparable {
        case seen, detected, quarantined, remediated

        package static func < (left: Status, right: Status) -> Bool {
            let order = Status.allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }
    }
    /// Where a sighting comes from.
    package enum Source: String, Sendable, Codable, CaseIterable, Comparable {
        /// `files/{sha1}/machines`.
        case fileMachines
        case hunting

        package static func < (left: Source, right: Source) -> Bool { left.rawValue < right.rawValue }
    }

    package var machine: MachineID
    package var first: Timestamp?
    package var last: Timestamp?
    package var path: String?
    package var executed: Executed
    package var status: Status
    package var sources: [Source]
    /// Older records of the same device whose sightings were handed to `machine`.
    package var collapsedFrom: [MachineID]

    package init(
        machine: MachineID, first: Timestamp? = nil, last: Timestamp? = nil, path: String? = nil,
        executed: Executed = .unknown, status: Status = .seen, sources: [Source] = [], collapsedFrom: [MachineID] = []
    ) {
        self.machine = machine
        self.first = first
        self.last = last
        self.path = path
        self.executed = executed
        self.status = status
        self.sources = sources
        self.collapsedFrom = collapsedFrom
    }
}

/// What the organisation knows of a file beyond the verdicts. Absent facts stay nil.
package struct FileFacts: Hashable, Sendable, Codable {
    package var globalPrevalence: Int64?
    package var signer: String?
    package var certificateValid: Bool?
    /// Machines of the organisation in the last 30 days.
    package var orgMachines: Int64?
    package var firstSeenOrg: Timestamp?

    package init(
        globalPrevalence: Int64? = nil, signer: String? = nil, certificateValid: Bool? = nil, orgMachines: Int64? = nil,
        firstSeenOrg: Timestamp? = nil
    ) {
        self.globalPrevalence = globalPrevalence
        self.signer = signer
        self.certificateValid = certificateValid
        self.orgMachines = orgMachines
        self.firstSeenOrg = firstSeenOrg
    }
}
