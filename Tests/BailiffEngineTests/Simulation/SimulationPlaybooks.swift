/// The playbooks and policies that the simulations run: two playbooks that share machines and budgets and between them have
/// every stage of the language.
enum SimulationPlaybooks {
    static let playbook = """
        bailiff: playbook/v1
        name: sim/contain
        version: 1
        owner: soc
        precedence: 10
        trigger:
          when: verdict.level == "malicious"
          dedupe: { window: 24h, on_change: supersede }
        targets:
          lookback: 7d
          select: machine.onboarded && machine.health == "active"
          watch: 1h
        guards: { use: [sim/policy] }
        budget: { class: standard, per_run: 3, over: hold, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            with: { type: auto }
            auto: "Capped at three, reversible"
            offline: { wait: 2h, then: ask, to: soc-analyst }
            lease: { for: 3h, then: release }
            undo: release
          - id: look
            action: investigate
            with: { via: [start, antivirus_scan] }
            needs: { contain: sent }
            on_fail: continue
          - id: mark
            action: tag
            with: { value: seen-by-sim }
            needs: { contain: done }
            on_fail: continue
          - id: remove
            action: stop_and_quarantine
            needs: { contain: done }
            irreversible: accepted
            approve: [{ policy: soc-one }]
            deadline: 8h
        after:
          verdict_reversed: { undo: [contain, mark], approve: soc-one }
        """

    static let outbreak = """
        bailiff: playbook/v1
        name: sim/outbreak
        version: 1
        owner: soc
        precedence: 30
        trigger:
          when: verdict.level == "malicious" && verdict.category == "ransomware"
          corroborate: { feeds: 2, within: 6h }
          dedupe: { window: 12h, on_change: ignore_softer }
        targets:
          lookback: 7d
          select: machine.onboarded
          order: [value, sighting]
          watch: 30m
        guards: { use: [sim/policy] }
        budget: { class: standard, per_run: 6, per_hour: 4, share_of_fleet: 1%, over: hold, approve: soc-one }
        rings:
          - { size: 1, wait: 3m, proceed_when: "ring.verified == ring.size" }
          - { size: 2, wait: 3m, proceed_when: "ring.failed == 0" }
          - { size: rest, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            with: { type: auto }
            auto: "One at first"
            offline: { wait: 3h, then: reissue }
            lease: { for: 4h, then: renew, approve: soc-one }
            undo: release
          - id: lock
            action: restrict_apps
            auto: "Reversible"
            needs: { contain: ended }
            offline: { wait: 1h, then: drop }
            lease: { for: 2h, then: escalate, to: soc-lead }
            undo: unrestrict_apps
          - id: block
            action: block_file
            with: { expires: 1d }
            needs: {}
            approve: [{ policy: soc-one }]
            undo: unblock_file
        after:
          verdict_reversed: { undo: [contain, lock, block], approve: soc-one }
        """

    static let policy = """
        bailiff: policy/v1
        name: sim/policy
        owner: security-architecture
        roles:
          domain_controller: { groups: ["Domain Controllers"], machines: [] }
        trusted_signers: ["Trusted Ltd"]
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
          standard: { per_hour: 4, per_day: 9, share_of_group: 50%, indicators_per_day: 2 }
        breaker: { guard_stop_share: 50%, failures_in_row: 3, minimum: 4, within: 1h }
        isolation: { proxy_estate: false, default_lease: 3h, to: soc-lead }
        """

    static let approvals = """
        bailiff: approvals/v1
        name: sim/approvals
        policies:
          soc-one: { require: [{ role: soc-analyst, count: 1 }], expires: 30m, on_expiry: { ask: two-teams } }
          two-teams:
            require: [{ role: soc-lead, count: 1 }, { role: server-operations, count: 1 }]
            expires: 45m
            on_expiry: deny
        """
}
