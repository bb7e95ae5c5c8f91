import BailiffDefender
import BailiffModel

/// Events that were found for an alert when the time to order it was over: the next try begins with them. Each is given once.
final class EventMemory: Sendable {
    private struct Key: Hashable {
        var machine: MachineID
        var hashes: [FileHash]
    }

    private static let greatestCount = 1_000
    private let events = Locked<[Key: EventReference]>([:])

    func keep(_ event: EventReference, of hashes: [FileHash], on machine: MachineID) {
        events.withLock { events in
            if events.count >= Self.greatestCount { events = [:] }
            events[Key(machine: machine, hashes: hashes)] = event
        }
    }

    func take(_ hashes: [FileHash], on machine: MachineID) -> EventReference? {
        events.withLock { $0.removeValue(forKey: Key(machine: machine, hashes: hashes)) }
    }
}
