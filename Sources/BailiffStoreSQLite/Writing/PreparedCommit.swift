import BailiffCore
import BailiffModel
import BailiffStore

/// A commit whose rows are encoded already: that work is done by the caller, not by the one writer.
struct PreparedCommit: Sendable {
    let commit: Commit
    /// One per put, in order.
    let puts: [PreparedPut]

    init(_ commit: Commit) throws(StoreError) {
        self.commit = commit
        var puts: [PreparedPut] = []
        puts.reserveCapacity(commit.puts.count)
        for record in commit.puts { puts.append(try PreparedPut(record)) }
        self.puts = puts
    }
}

/// A record with its encoded documents: one for an aggregate (with the version it will have), one for each sighting.
struct PreparedPut: Sendable {
    let record: Record
    let documents: [[UInt8]]

    init(_ record: Record) throws(StoreError) {
        self.record = record
        switch record {
        case .kase(var kase):
            kase.version = PreparedPut.following(kase.version)
            documents = [try Documents.encode(kase)]
        case .run(var run):
            run.version = PreparedPut.following(run.version)
            documents = [try Documents.encode(run)]
        case .action(var action):
            action.version = PreparedPut.following(action.version)
            documents = [try Documents.encode(action)]
        case .approval(var approval):
            approval.version = PreparedPut.following(approval.version)
            documents = [try Documents.encode(approval)]
        case .control(var control):
            control.version = PreparedPut.following(control.version)
            documents = [try Documents.encode(control)]
        case .person(var person):
            person.version = PreparedPut.following(person.version)
            documents = [try Documents.encode(person)]
        case .activation(var activation):
            activation.version = PreparedPut.following(activation.version)
            documents = [try Documents.encode(activation)]
        case .sightings(_, let sightings):
            var encoded: [[UInt8]] = []
            for sighting in sightings { encoded.append(try Documents.encode(sighting)) }
            documents = encoded
        case .breaker(var breaker):
            breaker.version = PreparedPut.following(breaker.version)
            documents = [try Documents.encode(breaker)]
        case .allow(var entry):
            entry.version = PreparedPut.following(entry.version)
            documents = [try Documents.encode(entry)]
        case .announcement(let announcement): documents = [try Documents.encode(announcement)]
        case .document, .hashes, .merge, .reserve, .spend, .returnReservation, .hold, .unhold, .evidence, .announced,
            .watch:
            documents = []
        }
    }

    static func following(_ version: Int) -> Int { version == .max ? version : version + 1 }
}
