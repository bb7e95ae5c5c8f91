/// A small set of files that fit together.
enum Documents {
    static let approvals = """
        bailiff: approvals/v1
        name: org/approvals
        policies:
          soc-one: { require: [{ role: soc-analyst, count: 1 }], expires: 30m, on_expiry: deny }

        """

    static let policy = """
        bailiff: policy/v1
        name: org/baseline
        owner: security-architecture
        roles:
          domain_controller: { groups: ["Domain Controllers"], machines: [] }
        guards:
          - id: tier0
            enforce: deny
            when: machine.role == "domain_controller"
            because: Isolation would take down shared infrastructure.
        budgets:
          standard: { per_hour: 60, per_day: 200, share_of_group: 10%, indicators_per_day: 10 }

        """

    /// - Parameter cap: `budget.per_run`.
    static func playbook(version: Int = 1, cap: Int = 5) -> String {
        """
        bailiff: playbook/v1
        name: contain
        version: \(version)
        owner: soc
        trigger:
          when: verdict.level == "malicious" && verdict.trust >= 2
          dedupe: { window: 24h, on_change: supersede }
        targets:
          lookback: 7d
          select: machine.onboarded && machine.health == "active"
        guards: { use: [org/baseline] }
        budget: { class: standard, per_run: \(cap), over: hold, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            with: { type: auto }
            auto: "Capped, reversible"

        """
    }

    static var all: [String: String] {
        ["approvals.yaml": approvals, "policy.yaml": policy, "playbook.yaml": playbook()]
    }
}
