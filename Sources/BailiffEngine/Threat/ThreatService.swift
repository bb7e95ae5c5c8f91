package import BailiffCore
package import BailiffModel
package import BailiffPlaybook

/// What the engine needs of the endpoint security service, in the engine's words. The adapter over Defender lives in the
/// composition root.
///
/// Reads may be repeated by the implementation. ``send(_:)`` posts at most once per call.
package protocol ThreatService: Sendable {
    /// What is known of the file; nil where it was never heard of. Takes SHA-1 and SHA-256.
    func file(_ hash: FileHash) async throws(ThreatError) -> FileProfile?
    /// How common the file is in the organisation; nil where it was never seen.
    func statistics(sha1: FileHash) async throws(ThreatError) -> FileStatistics?
    /// Machines that saw the file; empty for an unknown one.
    func machines(withFile sha1: FileHash) async throws(ThreatError) -> [Machine]
    /// Nil for an unknown machine.
    func machine(_ id: MachineID) async throws(ThreatError) -> Machine?
    /// Sightings of any of the hashes, by machine.
    func huntSightings(of hashes: [FileHash], lookBack: Duration) async throws(ThreatError) -> HuntedSightings
    /// Kind and merge links of these machines; missing ones are left out.
    func huntDevices(_ ids: [MachineID]) async throws(ThreatError) -> [HuntedDevice]
    /// Sizes of the fleet and its groups; may be up to an hour old.
    func fleet() async throws(ThreatError) -> FleetFacts
    /// All orders of one machine since then, whoever gave them; investigations too when `family` is `.investigation`.
    func history(of machine: MachineID, family: ActionFamily, since: Timestamp) async throws(ThreatError)
        -> [ServiceAction]
    /// Isolations and releases of these machines in the last 30 days.
    func isolations(of machines: [MachineID]) async throws(ThreatError) -> [ServiceAction]
    /// All orders given since then, for polling many at once; without investigations.
    func actions(since: Timestamp) async throws(ThreatError) -> [ServiceAction]
    /// One order by its id; nil where the service does not know it.
    func action(_ id: String, kind: ActionKind) async throws(ThreatError) -> ServiceAction?
    /// Takes an order back that the machine has not taken up. False where it is too late or the service does not know it.
    func cancel(_ id: String, kind: ActionKind, comment: String) async throws(ThreatError) -> Bool
    /// Whether the effect of an order is there that the service keeps no history of: tags and indicators. Nil for others.
    func isInEffect(_ order: Order) async throws(ThreatError) -> Bool?
    /// Gives the order: one request.
    func send(_ order: Order) async throws(SendFailure) -> ServiceAction
}

/// One order to the service.
package struct Order: Hashable, Sendable {
    package var kind: ActionKind
    /// Nil for the tenant.
    package var machine: MachineID?
    package var parameters: ActionParameters
    /// The machine's operating system in playbook words; decides what `auto` means.
    package var os: String
    /// With `stop_and_quarantine`.
    package var sha1: FileHash?
    /// With `block_file`, `unblock_file` and `investigate`: the file.
    package var hashes: FileHashes
    /// When it is given: `block_file` expires its `with.expires` later.
    package var at: Timestamp
    package var comment: String

    package init(
        kind: ActionKind, machine: MachineID?, parameters: ActionParameters, os: String, sha1: FileHash?,
        hashes: FileHashes = FileHashes(), at: Timestamp, comment: String
    ) {
        self.kind = kind
        self.machine = machine
        self.parameters = parameters
        self.os = os
        self.sha1 = sha1
        self.hashes = hashes
        self.at = at
        self.comment = comment
    }
}

package struct FileProfile: Hashable, Sendable {
    package var hashes: FileHashes
    package var globalPrevalence: Int64?
    package var signer: String?
    package var certificateValid: Bool?

    package init(
        hashes: FileHashes, globalPrevalence: Int64? = nil, signer: String? = nil, certificateValid: Bool? = nil
    ) {
        self.hashes = hashes
        self.globalPrevalence = globalPrevalence
        self.signer = signer
        self.certificateValid = certificateValid
    }
}

package struct FileStatistics: Hashable, Sendable {
    package var orgMachines: Int64?
    package var firstSeen: Timestamp?

    package init(orgMachines: Int64?, firstSeen: Timestamp?) {
        self.orgMachines = orgMachines
        self.firstSeen = firstSeen
    }
}

package struct HuntedSightings: Hashable, Sendable {
    package var found: [HuntedSighting]
    /// The service gave as many rows as it gives at most: there may be more.
    package var isCut: Bool

    package init(_ found: [HuntedSighting], isCut: Bool = false) {
        self.found = found
        self.isCut = isCut
    }
}

package struct HuntedSighting: Hashable, Sendable {
    package var machine: MachineID
    /// Of the file that was seen; may teach hashes the verdict did not have.
    package var hashes: FileHashes
    package var first: Timestamp?
    package var last: Timestamp?
    package var path: String?
    package var executed: Sighting.Executed
    package var status: Sighting.Status

    package init(
        machine: MachineID, hashes: FileHashes, first: Timestamp?, last: Timestamp?, path: String?,
        executed: Sighting.Executed, status: Sighting.Status
    ) {
        self.machine = machine
        self.hashes = hashes
        self.first = first
        self.last = last
        self.path = path
        self.executed = executed
        self.status = status
    }
}

package struct HuntedDevice: Hashable, Sendable {
    package var id: MachineID
    package var kind: Machine.Kind
    /// The record it was merged into.
    package var mergedInto: MachineID?

    package init(id: MachineID, kind: Machine.Kind, mergedInto: MachineID?) {
        self.id = id
        self.kind = kind
        self.mergedInto = mergedInto
    }
}

/// A read did not succeed.
package struct ThreatError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// A role is missing, or a licence; repeating does not help.
        case forbidden
        /// Throttled, unreachable, time-out, server error: later.
        case unavailable
        /// The service did not understand, or answered nonsense.
        case unusable
    }

    package var code: Code
    /// Safe to print.
    package var message: String
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}

/// A send did not end with an acceptance.
package enum SendFailure: Error, Hashable, Sendable {
    /// Surely not accepted and worth another try: the request did not get there.
    case notAccepted(String, retryAfter: Duration?)
    /// The service answered that it does not take it now: 429, 401. Worth another try, once looking has not found it.
    case declined(String, retryAfter: Duration?)
    /// The same order is active already: look and adopt.
    case alreadyActive(String)
    /// Refused for good: `not_possible` or `failed`.
    case refused(Outcome, String)
    /// It may have been accepted.
    case lost(String)
}
