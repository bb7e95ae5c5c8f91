/// The playbook and policies that the simulations run.
enum SimulationPlaybooks {
    static let playbook = """
        bailiff: playbook/v1
        name: sim/contain
        version: 1
        owner: soc
        trigger:
          when: verdict.level == "malicious"
          dedupe: { window: 24h, on_change: supersede }
        targets:
          lookback: 7d
          select: machine.onboarded && machine.health == "active"
        guards: { use: [sim/policy] }
        budget: { class: standard, per_run: 3, over: hold, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            with: { type: auto }
            auto: "Capped at three, reversible"
          - id: look
            action: investigate
            with: { via: [start, antivirus_scan] }
            needs: { contain: sent }
            on_fail: continue
          - id: remove
            action: stop_and_quarantine
            needs: { contain: done }
            irreversible: accepted
            approve: [{ policy: soc-one }]
        """

    static let policy = """
        bailiff: policy/v1
        name: sim/policy
        owner: security-architecture
        roles:
          domain_controller: { groups: ["Domain Controllers"], machines: [] }
        guards:
          - id: tier0
            enforce: deny
            when: machine.role == "domain_controller"
            because: Isolation would take down shared infrastructure.
          - id: unknown-or-server
            enforce: hold
            when: machine.kind != "workstation"
            approve: two-teams
            because: Servers are never contained without people.
          - id: already-contained
            for: [isolate]
            enforce: skip
            when: machine.isolated == "by_other"
            because: Someone else holds this machine.
        budgets:
          standard: { per_hour: 4, per_day: 9, share_of_group: 50% }
        """

    static let approvals = """
        bailiff: approvals/v1
        name: sim/approvals
        policies:
          soc-one: { require: [{ role: soc-analyst, count: 1 }], expires: 30m, on_expiry: deny }
          two-teams:
            require: [{ role: soc-lead, count: 1 }, { role: server-operations, count: 1 }]
            expires: 45m
            on_expiry: deny
        """
}
