import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import GRDB

/// Ends a commit that must not be made; what it wrote is taken back.
struct CommitRefused: Error {
    let refusal: CommitRefusal

    init(_ refusal: CommitRefusal) { self.refusal = refusal }
}

extension WriteScope {
    /// - Returns: The ids of the entries.
    /// - Throws: ``CommitRefused``.
    func make(_ prepared: PreparedCommit) throws -> [Int64] {
        for precondition in prepared.commit.requires { try check(precondition) }
        var returned: [(run: RunID, machine: MachineID)] = []
        for put in prepared.puts { try write(put, &returned) }
        // Last, because it depends on what the commit leaves under way.
        for place in returned { try giveBack(place.machine, of: place.run) }
        for change in prepared.commit.jobs { try apply(change) }
        return try prepared.commit.entries.all.map { try append($0) }
    }

    // MARK: - Preconditions

    private func check(_ precondition: Precondition) throws {
        let holds: Bool
        switch precondition {
        case .lease(let lease): holds = try self.holds(lease)
        case .notHalted(let byPerson): holds = try isSendingAllowed(byPerson: byPerson)
        case .laneFree(let machine, let family, let except):
            holds = try laneHolder(machine, family, except: except) == nil
        case .budget(let claim):
            if let refusal = try refusal(of: claim) { throw CommitRefused(refusal) }
            holds = true
        case .runActive(let id):
            holds = try db.exists("SELECT 1 FROM run WHERE id = ? AND phase = 'active'", [.id(id)])
        case .caseOpen(let id): holds = try survivor(of: id) == id
        case .breakerClosed(let mark):
            holds = try !db.exists("SELECT 1 FROM breaker WHERE is_open = 1", []) && db.breakerMark() == mark
        case .notAllowListed(let id, let now): holds = try !isAllowListed(id, at: now)
        case .noOtherHolder(let machine, let family, let id):
            holds = try !db.exists(
                "SELECT 1 FROM hold WHERE machine = ? AND family = ? AND case_id <> ?",
                [.machine(machine), .text(family.rawValue), .id(try survivor(of: id))])
        }
        guard holds else { throw CommitRefused(.precondition(precondition)) }
    }

    private func isSendingAllowed(byPerson: Bool) throws -> Bool {
        switch try db.control().halt {
        case nil: true
        case .automatic: byPerson
        case .all: false
        }
    }

    private func laneHolder(_ machine: MachineID?, _ family: ActionFamily, except: ActionID) throws -> Int64? {
        try db.integer(
            """
            SELECT id FROM action
            WHERE machine = ? AND family = ? AND phase IN ('intended', 'sending', 'unknown', 'pending') AND id <> ?
            """,
            [.machine(machine), .text(family.rawValue), .id(except)])
    }

    private func refusal(of claim: BudgetClaim) throws -> CommitRefusal? {
        for window in claim.windows {
            let counted = try db.budgetMachines(in: window, at: claim.now)
            let present = try db.budgetMachines(among: Set(claim.machines), in: window, at: claim.now)
            let room = BudgetRoom.refused(claim.machines, counted: counted, present: present, cap: window.cap)
            if let room { return .budget(window, room: room) }
        }
        return nil
    }

    // MARK: - Records

    private func write(_ put: PreparedPut, _ returned: inout [(run: RunID, machine: MachineID)]) throws {
        let document = put.documents.first ?? []
        switch put.record {
        case .kase(let kase): try write(kase, document)
        case .run(let run): try write(run, document)
        case .action(let action): try write(action, document)
        case .approval(let approval): try write(approval, document)
        case .control(let control): try write(control, document)
        case .person(let person): try write(person, document)
        case .activation(let activation): try write(activation, document)
        case .document(let document):
            try db.run(
                "INSERT INTO document (digest, kind, bytes) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                [.blob(document.digest.bytes), .text(document.kind.rawValue), .blob(document.bytes)])
        case .sightings(let id, let sightings):
            try write(sightings, put.documents, of: try survivor(of: id))
        case .hashes(let id, let hashes): try link(hashes, to: try survivor(of: id))
        case .merge(let from, let into): try merge(from, into: into)
        case .reserve(let run, let uses): for use in uses { try reserve(use, for: run) }
        case .spend(let run, let machine, let time): try spend(run, machine, at: time)
        case .returnReservation(let run, let machine):
            returned.append((run, machine))
        case .hold(let machine, let family, let id):
            try db.run(
                "INSERT INTO hold (machine, family, case_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [.machine(machine), .text(family.rawValue), .id(try survivor(of: id))])
        case .unhold(let machine, let family, let id):
            try db.run(
                "DELETE FROM hold WHERE machine = ? AND family = ? AND case_id = ?",
                [.machine(machine), .text(family.rawValue), .id(try survivor(of: id))])
        case .breaker, .evidence, .allow, .announcement, .announced, .watch: try writeLasting(put.record, document)
        }
    }

    /// Refuses unless the stored version (0: no row) is the one that was read.
    func expect(
        _ version: Int, _ table: String, _ key: SQLValue, named name: String, by column: String = "id"
    )
        throws
    {
        let stored = try db.integer("SELECT version FROM \(table) WHERE \(column) = ?", [key]) ?? 0
        guard stored == Int64(version) else { throw CommitRefused(.version(name)) }
    }

    func write(_ kase: Case, _ document: [UInt8]) throws {
        try expect(kase.version, "kase", .id(kase.id), named: "case \(kase.id)")
        if kase.phase == .open, try survivor(of: kase.id) != kase.id {
            throw CommitRefused(.precondition(.caseOpen(kase.id)))
        }
        try db.run(
            """
            INSERT INTO kase (id, version, has_plans, doc) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET version = ?2, has_plans = ?3, doc = ?4
            """,
            [
                .id(kase.id), .int(PreparedPut.following(kase.version)), .flag(!kase.plans.isEmpty), .blob(document),
            ])
    }

    private func write(_ run: Run, _ document: [UInt8]) throws {
        try expect(run.version, "run", .id(run.id), named: "run \(run.id)")
        try db.run(
            """
            INSERT INTO run (id, public_id, case_id, phase, version, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (id) DO UPDATE SET public_id = ?2, case_id = ?3, phase = ?4, version = ?5, doc = ?6
            """,
            [
                .id(run.id), .int(Int64(run.publicID.value)), .id(try survivor(of: run.caseID)),
                .text(run.phase.rawValue), .int(PreparedPut.following(run.version)), .blob(document),
            ])
    }

    private func write(_ action: Action, _ document: [UInt8]) throws {
        try expect(action.version, "action", .id(action.id), named: "action \(action.id)")
        let twin = try db.integer(
            "SELECT id FROM action WHERE run_id = ? AND step = ? AND machine = ? AND id <> ?",
            [.id(action.runID), .text(action.step), .machine(action.machine), .id(action.id)])
        if let twin { throw CommitRefused(.version("action \(twin)")) }
        if action.holdsLane, try laneHolder(action.machine, action.family, except: action.id) != nil {
            throw CommitRefused(
                .precondition(.laneFree(machine: action.machine, family: action.family, except: action.id)))
        }
        try db.run(
            """
            INSERT INTO action (id, public_id, run_id, case_id, step, machine, family, phase, version, doc)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (id) DO UPDATE SET
                public_id = ?2, run_id = ?3, case_id = ?4, step = ?5, machine = ?6, family = ?7, phase = ?8,
                version = ?9, doc = ?10
            """,
            [
                .id(action.id), .int(Int64(action.publicID.value)), .id(action.runID),
                .id(try survivor(of: action.caseID)), .text(action.step), .machine(action.machine),
                .text(action.family.rawValue), .text(action.column),
                .int(PreparedPut.following(action.version)), .blob(document),
            ])
    }

    private func write(_ approval: Approval, _ document: [UInt8]) throws {
        try expect(approval.version, "approval", .id(approval.id), named: "approval \(approval.id)")
        try db.run(
            """
            INSERT INTO approval (id, public_id, run_id, case_id, phase, version, doc)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id) DO UPDATE SET
                public_id = ?2, run_id = ?3, case_id = ?4, phase = ?5, version = ?6, doc = ?7
            """,
            [
                .id(approval.id), .int(Int64(approval.publicID.value)), .id(approval.runID),
                .id(try survivor(of: approval.caseID)), .text(approval.phase.column),
                .int(PreparedPut.following(approval.version)), .blob(document),
            ])
    }

    private func write(_ control: Control, _ document: [UInt8]) throws {
        try expect(control.version, "control", .int(1 as Int64), named: "control")
        try db.run(
            """
            INSERT INTO control (id, version, doc) VALUES (1, ?1, ?2)
            ON CONFLICT (id) DO UPDATE SET version = ?1, doc = ?2
            """,
            [.int(PreparedPut.following(control.version)), .blob(document)])
    }

    private func write(_ person: Operator, _ document: [UInt8]) throws {
        let name = "operator \(person.name)"
        try expect(person.version, "operator", .id(person.id), named: name)
        let twin = try db.exists(
            "SELECT 1 FROM operator WHERE (name = ? OR token = ?) AND id <> ?",
            [.text(person.name), .blob(person.tokenDigest.bytes), .id(person.id)])
        if twin { throw CommitRefused(.version(name)) }
        try db.run(
            """
            INSERT INTO operator (id, name, token, version, doc) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET name = ?2, token = ?3, version = ?4, doc = ?5
            """,
            [
                .id(person.id), .text(person.name), .blob(person.tokenDigest.bytes),
                .int(PreparedPut.following(person.version)), .blob(document),
            ])
    }

    private func write(_ activation: Activation, _ document: [UInt8]) throws {
        try expect(
            activation.version, "activation", .text(activation.name), named: "activation \(activation.name)",
            by: "name")
        try db.run(
            """
            INSERT INTO activation (name, version, doc) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO UPDATE SET version = ?2, doc = ?3
            """,
            [.text(activation.name), .int(PreparedPut.following(activation.version)), .blob(document)])
    }

    private func write(_ sightings: [StoredSighting], _ documents: [[UInt8]], of id: CaseID) throws {
        for (sighting, document) in zip(sightings, documents) {
            try db.run(
                """
                INSERT INTO sighting (case_id, machine, seen_at, doc) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (case_id, machine) DO UPDATE SET seen_at = ?3, doc = ?4
                """,
                [.id(id), .machine(sighting.machine.id), .time(sighting.seenAt), .blob(document)])
        }
    }

    // MARK: - Budget

    private func reserve(_ use: BudgetUse, for run: RunID) throws {
        // A place that was spent already stays spent.
        try db.run(
            """
            INSERT INTO budget_use (run_id, machine, class, playbook, device_group, at, is_spent)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
            ON CONFLICT (run_id, machine) DO UPDATE SET at = max(at, ?6)
            """,
            [
                .id(run), .machine(use.machine), .blob(use.budgetClass), .blob(use.playbook), .blob(use.group),
                .time(use.at),
            ])
    }

    private func spend(_ run: RunID, _ machine: MachineID, at time: Timestamp) throws {
        try db.run(
            "UPDATE budget_use SET is_spent = 1, at = max(at, ?) WHERE run_id = ? AND machine = ?",
            [.time(time), .id(run), .machine(machine)])
        guard db.changesCount > 0 else {
            throw CommitRefused(.version("reservation of run \(run) for machine \(machine.text)"))
        }
    }

    private func giveBack(_ machine: MachineID, of run: RunID) throws {
        try db.run(
            """
            DELETE FROM budget_use WHERE run_id = ?1 AND machine = ?2 AND is_spent = 0
                AND NOT EXISTS (SELECT 1 FROM action WHERE run_id = ?1 AND machine = ?2 AND phase NOT IN ('ended', 'in_force'))
            """,
            [.id(run), .machine(machine)])
    }
}
