import BailiffModel
import BailiffStore

extension SimulatedDatabase {
    mutating func apply(_ change: JobChange) {
        switch change {
        case .upsert(let key, let due): upsert(key, due: due)
        case .finish(let lease):
            guard let job = held(lease) else { return }
            if let again = job.again {
                release(lease.key, due: again, attempts: 0, error: nil)
            } else {
                jobs[lease.key] = nil
            }
        case .reschedule(let lease, let due, let error):
            guard let job = held(lease) else { return }
            let attempts = error == nil ? 0 : job.attempts + 1
            release(lease.key, due: min(due, job.again ?? due), attempts: attempts, error: error)
        case .setAside(let lease, let error):
            guard var job = held(lease) else { return }
            if let again = job.again {
                release(lease.key, due: again, attempts: job.attempts + 1, error: error)
                return
            }
            job.isAside = true
            job.lease = nil
            job.attempts += 1
            job.error = error
            jobs[lease.key] = job
        }
    }

    mutating func upsert(_ key: JobKey, due: Timestamp) {
        touchedLanes.insert(key.lane)
        guard var job = jobs[key] else {
            jobs[key] = JobRow(wake: due, due: due, generation: 1, attempts: 0, isAside: false)
            return
        }
        job.generation += 1
        if job.lease != nil {
            job.again = min(job.again ?? due, due)
        } else if job.isAside {
            job = JobRow(wake: due, due: due, generation: job.generation, attempts: 0, isAside: false)
        } else {
            job.wake = min(job.wake, due)
            job.due = min(job.due, due)
        }
        jobs[key] = job
    }

    /// Nil where the lease is void.
    func held(_ lease: JobLease) -> JobRow? {
        guard let job = jobs[lease.key], job.lease == lease.number else { return nil }
        return job
    }

    private mutating func release(_ key: JobKey, due: Timestamp, attempts: Int, error: String?) {
        touchedLanes.insert(key.lane)
        guard let job = jobs[key] else { return }
        jobs[key] = JobRow(
            wake: due, due: due, generation: job.generation, attempts: attempts, error: error, isAside: false)
    }

    mutating func claim(_ lane: Lane, limit: Int, now: Timestamp, lease: Duration) -> [JobLease] {
        let due = jobs.rows.filter { $0.key.lane == lane && !$0.value.isAside && $0.value.wake <= now }
            .map { (key: $0.key, wake: $0.value.wake) }
            .sorted {
                ($0.wake, $0.key.kind.rawValue, $0.key.subject) < ($1.wake, $1.key.kind.rawValue, $1.key.subject)
            }
        var leases: [JobLease] = []
        for (key, _) in due.prefix(max(0, limit)) {
            guard var job = jobs[key] else { continue }
            let number = next("claims")
            job.lease = number
            job.again = nil
            job.wake = now + lease
            jobs[key] = job
            leases.append(
                JobLease(
                    key: key, number: number, generation: job.generation, until: job.wake, attempts: job.attempts,
                    due: job.due))
        }
        return leases
    }

    func nextDue(_ lane: Lane) -> Timestamp? {
        jobs.rows.lazy.filter { $0.key.lane == lane && !$0.value.isAside }.map(\.value.wake).min()
    }

    func jobStatistics(now: Timestamp) -> JobStatistics {
        var statistics = JobStatistics(waiting: [:], overdue: [:], oldestDue: nil, setAside: [])
        for lane in Lane.allCases {
            let ofLane = jobs.rows.filter { $0.key.lane == lane && !$0.value.isAside }
            statistics.waiting[lane] = ofLane.count
            statistics.overdue[lane] = ofLane.filter { $0.value.wake <= now }.count
        }
        statistics.oldestDue = jobs.rows.values.filter { !$0.isAside && $0.lease == nil }.map(\.due).min()
        statistics.setAside = jobs.rows.filter(\.value.isAside)
            .map { JobStatistics.SetAside(key: $0.key, attempts: $0.value.attempts, error: $0.value.error ?? "") }
            .sorted { ($0.key.kind.rawValue, $0.key.subject) < ($1.key.kind.rawValue, $1.key.subject) }
        statistics.setAside = Array(statistics.setAside.prefix(100))
        return statistics
    }
}
