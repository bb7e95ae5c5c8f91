package import BailiffModel

/// What playbooks see of the verdicts about one file: the one that decides, and how many feeds agree.
package struct VerdictFacts: Hashable, Sendable, Codable {
    package var level: VerdictLevel
    /// 0 to 100, bounded by the level.
    package var score: Int
    package var scored: Bool
    package var category: VerdictCategory
    /// 0 to 3: the trust of the feed it came from.
    package var trust: Int
    package var feed: String
    package var product: String
    /// How many times the verdict on this file has changed, from 1.
    package var revision: Int
    /// Distinct feeds that call this file malicious.
    package var feeds: Int
    package var hashes: FileHashes
    package var family: String?
    package var threat: String?
    package var fileName: String?
    package var fileType: String?
    package var analysedAt: Timestamp?

    package init(
        level: VerdictLevel, score: Int, scored: Bool, category: VerdictCategory, trust: Int, feed: String,
        product: String, revision: Int = 1, feeds: Int = 0, hashes: FileHashes = FileHashes(), family: String? = nil,
        threat: String? = nil, fileName: String? = nil, fileType: String? = nil, analysedAt: Timestamp? = nil
    ) {
        self.level = level
        self.score = score
        self.scored = scored
        self.category = category
        self.trust = trust
        self.feed = feed
        self.product = product
        self.revision = revision
        self.feeds = feeds
        self.hashes = hashes
        self.family = family
        self.threat = threat
        self.fileName = fileName
        self.fileType = fileType
        self.analysedAt = analysedAt
    }

    /// As hard a verdict as a feed of this trust can give.
    package static func hardest(feed: String, product: String, trust: Int) -> VerdictFacts {
        VerdictFacts(
            level: .malicious, score: 100, scored: true, category: .other, trust: trust, feed: feed, product: product,
            feeds: 1)
    }

    /// The facts of one verdict from a feed of this trust.
    package init(_ verdict: Verdict, feed: String, trust: Int, revision: Int, feeds: Int) {
        self.init(
            level: verdict.level, score: verdict.score.value, scored: verdict.score.scored, category: verdict.category,
            trust: trust, feed: feed, product: verdict.product, revision: revision, feeds: feeds,
            hashes: verdict.hashes, family: verdict.family, threat: verdict.threat, fileName: verdict.fileName,
            fileType: verdict.fileType, analysedAt: verdict.analysedAt)
    }
}

/// Whether a machine is isolated, and by whom, from the history of machine actions.
package enum IsolationState: String, Hashable, Sendable, Codable, CaseIterable {
    case no
    case byBailiff = "by_bailiff"
    case byOther = "by_other"
}

/// One machine that saw the file, with all that guards and conditions may ask of it.
package struct MachineFacts: Hashable, Sendable, Codable {
    package var machine: Machine
    package var sighting: Sighting
    package var isolated: IsolationState

    package init(machine: Machine, sighting: Sighting, isolated: IsolationState = .no) {
        self.machine = machine
        self.sighting = sighting
        self.isolated = isolated
    }
}

/// How many machines the tenant and its groups have; the base of shares.
package struct FleetFacts: Hashable, Sendable, Codable {
    package var size: Int
    /// By group name; a machine without a group counts against the whole tenant.
    package var groups: [String: Int]

    package init(size: Int, groups: [String: Int] = [:]) {
        self.size = size
        self.groups = groups
    }
}

/// Everything a plan is made from. The same input always gives the same plan.
package struct PlanInput: Hashable, Sendable, Codable {
    package var tenant: String
    package var now: Timestamp
    package var verdict: VerdictFacts
    package var file: FileFacts
    /// One per live machine, after records were collapsed; the order does not matter.
    package var machines: [MachineFacts]
    package var fleet: FleetFacts
    package var mode: ActivationMode
    /// What is reserved or spent already in the last 24 hours.
    package var usage: BudgetUsage
    /// Machines that are in the run already, where late arrivals are planned: they keep their places in the budget.
    package var inRun: [MachineID]

    package init(
        tenant: String, now: Timestamp, verdict: VerdictFacts, file: FileFacts = FileFacts(),
        machines: [MachineFacts], fleet: FleetFacts, mode: ActivationMode, usage: BudgetUsage = BudgetUsage(),
        inRun: [MachineID] = []
    ) {
        self.tenant = tenant
        self.now = now
        self.verdict = verdict
        self.file = file
        self.machines = machines
        self.fleet = fleet
        self.mode = mode
        self.usage = usage
        self.inRun = inRun
    }
}

/// How bold an activated playbook is.
package enum ActivationMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Plans and records only.
    case shadow
    /// Every disruptive action asks.
    case hold
    case live
}
