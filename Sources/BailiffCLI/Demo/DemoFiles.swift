// The same text as the files named here; a test compares them.

/// The demo's files, carried along so that the program needs nothing but itself.
package enum DemoFiles {
    /// `fixtures/tenants/demo.yaml`
    package static let tenant = #"""
        # The fleet of the demo: one office, a few servers, and the records that make automations stumble.
        # Times such as 3h are counted back from the start of the emulator. Everything here is made up.
        bailiff: tenant/v1
        id: 117543ce-490f-4247-a804-d07459ffe949
        domain: harbour.example

        applications:
          # Reads: who saw a file, what kind of machine it is.
          - name: bailiff-read
            client_id: b501c78c-c53b-4a2a-950e-bbdba257c435
            secret: demo-read-secret
            roles: [File.Read.All, Machine.Read.All, Alert.Read.All, ThreatHunting.Read.All]
          # Acts. Stopping and quarantining a file needs a role for reading machines beside its own.
          - name: bailiff-act
            client_id: 38056efa-49c9-432a-b698-7a7ff1298663
            secret: demo-act-secret
            roles:
              - Machine.Read.All
              - Machine.Isolate
              - Machine.StopAndQuarantine
              - Machine.Scan
              - Machine.RestrictExecution
              - Machine.CollectForensics
              - Alert.ReadWrite.All
              - Ti.ReadWrite
          # For trying what happens where permissions are missing.
          - name: reader-without-hunting
            client_id: f507da47-cb51-4f9d-890a-39e6eb31bb57
            secret: demo-narrow-secret
            roles: [Machine.Read.All]

        groups: { Workstations: 3, Servers: 7, Domain Controllers: 12, Linux servers: 8, Macs: 4 }

        machines:
          # The laptop on which somebody opened the invoice.
          - id: f033ab5fb13ce2cd1d028131f8775375f904fd2e
            name: ber-lap-0412.harbour.example
            platform: Windows11
            group: Workstations
            users: [mira.holt]
            addresses: [10.20.4.12]
            aad_device_id: 623f7026-bf08-403f-8792-65c61ddc5913
            first_seen: 412d
            last_seen: 2h
            risk: Medium
            exposure: Medium
          # Only the MD5 of what this one ran is known to the sandbox.
          - id: ab09eaa5db0ce3ccd16485677ee59b7d72b4c9a0
            name: ham-lap-0207.harbour.example
            platform: Windows11
            group: Workstations
            users: [jonas.brede]
            addresses: [10.20.6.7]
            aad_device_id: 33f23daf-2172-4d8a-855c-1efb0beadff6
            first_seen: 238d
            last_seen: 5h
          # Offline: orders wait for it, and time out after three days.
          - id: 368e23f9e91b9a714f1a4050179cdd060342df9f
            name: ber-lap-0419.harbour.example
            platform: Windows10
            group: Workstations
            users: [ines.valdez]
            addresses: [10.20.4.19]
            aad_device_id: e2dd9e6c-fafb-44aa-ba32-88d1a4ac03d2
            first_seen: 530d
            last_seen: 9h
            offline: true
          # Reinstalled: the old record was merged into the new one, and nothing answers behind it.
          - id: 9831a2e1af07077ab50b08aa7d5b1663e01b8374
            name: muc-lap-0033.harbour.example
            platform: Windows10
            group: Workstations
            first_seen: 620d
            last_seen: 16d
            health: Inactive
            merged_into: 4e00c64b672398a94d6b9caf43b21445be917a58
          - id: 4e00c64b672398a94d6b9caf43b21445be917a58
            name: muc-lap-0033.harbour.example
            platform: Windows11
            group: Workstations
            users: [tomas.eder]
            addresses: [10.20.8.33]
            aad_device_id: d851dc17-b49c-4f26-8b03-a3b4379ece1f
            first_seen: 15d
            last_seen: 1h
          # Two records of one name that nobody has merged: one of them is stale.
          - id: 6c254cc78aedbf8eab00c6322ee4f8cdb9194a0a
            name: osl-lap-0101.harbour.example
            platform: Windows11
            group: Workstations
            first_seen: 300d
            last_seen: 40d
            health: Inactive
            duplicate: true
          - id: fa27ee9002722dbaa48404b36f0e7cdf3af1e026
            name: osl-lap-0101.harbour.example
            platform: Windows11
            group: Workstations
            users: [kari.lund]
            addresses: [10.20.9.101]
            aad_device_id: 0ddd1da8-30f0-4fae-8710-05ca3d239e86
            first_seen: 39d
            last_seen: 3h
            duplicate: true
          # Its owner asked to be consulted first.
          - id: 4372a0f2be7a6cfd7c1ae17e7f38dbf71ac6bf65
            name: ber-lap-0500.harbour.example
            platform: Windows11
            group: Workstations
            users: [pia.renner]
            addresses: [10.20.4.50]
            aad_device_id: 399857ea-00d8-48b4-9ec5-0a5e6d3e8ff6
            tags: ['protect:board']
            value: High
            first_seen: 80d
            last_seen: 4h
          # Found in the network, but no agent reports from it.
          - id: d67dcdf048aad1726f26c676efd83d65e9b76e1b
            name: ber-lap-0421.harbour.example
            platform: Windows10
            group: Workstations
            onboarding: CanBeOnboarded
            health: Unknown
            first_seen: 3d
            last_seen: 1d
          - id: 55c4c2f61f1cf25b606c3aa4eae32c62a9fb7069
            name: ber-lap-0413.harbour.example
            platform: Windows11
            group: Workstations
            users: [lena.orth]
            addresses: [10.20.4.163]
            aad_device_id: 3313a4d4-f05a-43a0-88aa-157e843aabe7
            first_seen: 211d
            last_seen: 5h
          - id: 0c5240262d5981779e31266a0502ee63df9d249e
            name: ber-lap-0414.harbour.example
            platform: Windows11
            group: Workstations
            users: [ravi.shah]
            addresses: [10.20.4.164]
            aad_device_id: f478936e-626a-4b78-829b-4f362e6e16fa
            first_seen: 218d
            last_seen: 6h
          - id: a606f9b54c650564c1585490b64340dee86a8849
            name: ber-lap-0415.harbour.example
            platform: Windows11
            group: Workstations
            users: [anna.krug]
            addresses: [10.20.4.165]
            aad_device_id: fd81fc83-992d-4b1c-9d0d-a4fda01cd07e
            first_seen: 225d
            last_seen: 7h
          - id: ce8777d7b8f4f633ae9e041850aeab5a5121b607
            name: ber-lap-0416.harbour.example
            platform: Windows11
            group: Workstations
            users: [paul.senn]
            addresses: [10.20.4.166]
            aad_device_id: 0c4b7132-1579-46cc-b024-0137162760c7
            first_seen: 232d
            last_seen: 8h
          - id: 1ed8e87d51216ca788defc73a2f30dc42fbc2090
            name: ham-lap-0201.harbour.example
            platform: Windows11
            group: Workstations
            users: [olga.witt]
            addresses: [10.20.6.201]
            aad_device_id: 60e7eb54-1202-4e3e-84be-363d30c5c665
            first_seen: 127d
            last_seen: 2h
          - id: cb682d592a0aadc8f1646dc2413668be729b7eda
            name: ham-lap-0202.harbour.example
            platform: Windows11
            group: Workstations
            users: [karl.ohm]
            addresses: [10.20.6.202]
            aad_device_id: 28de98a6-38b1-4c9c-a316-12f4b9e1ad48
            first_seen: 134d
            last_seen: 3h
          - id: dc78b06aad6d0586072c73aa281e08986e4ee0dc
            name: ham-lap-0203.harbour.example
            platform: Windows11
            group: Workstations
            users: [mei.lin]
            addresses: [10.20.6.203]
            aad_device_id: c126f326-6dbe-4bfb-8216-bc4c4b43e2e2
            first_seen: 141d
            last_seen: 4h
          - id: 7f0b8b52be517ad412d7c6d248e44953ab95ff6e
            name: ham-lap-0204.harbour.example
            platform: Windows11
            group: Workstations
            users: [dario.conti]
            addresses: [10.20.6.204]
            aad_device_id: 848fe32f-2954-47cf-b5de-c3a2995e01d5
            first_seen: 148d
            last_seen: 5h
          - id: d07747f0dc42266ee32408e0bfd9015913d03bbe
            name: muc-lap-0031.harbour.example
            platform: Windows11
            group: Workstations
            users: [eva.stein]
            addresses: [10.20.8.31]
            aad_device_id: fab46395-5567-4c50-aa2b-87832780f4ff
            first_seen: 337d
            last_seen: 5h
          - id: 7b0f852b2bd66f372fb6450a1c7ff8adb9197ebf
            name: muc-lap-0032.harbour.example
            platform: Windows11
            group: Workstations
            users: [luis.prado]
            addresses: [10.20.8.32]
            aad_device_id: c2e67e89-4d86-475a-8e0a-cfd5188e69e8
            first_seen: 344d
            last_seen: 6h
          - id: 3652885d337726492f87e718af64e97cc5fb5775
            name: osl-lap-0102.harbour.example
            platform: Windows11
            group: Workstations
            users: [nils.berg]
            addresses: [10.20.9.102]
            aad_device_id: e330812e-19eb-4e1c-b9b4-ebb385577c29
            first_seen: 134d
            last_seen: 3h
          - id: b2d9614fea2dce726809a39d2cc8a6c8b8d539c1
            name: osl-lap-0103.harbour.example
            platform: Windows11
            group: Workstations
            users: [siri.dahl]
            addresses: [10.20.9.103]
            aad_device_id: 586273a0-5700-4bf2-b9c4-5549e4a9029c
            first_seen: 141d
            last_seen: 4h
          # No quarantine and no investigation on this platform.
          - id: e7f6a58e6bbdd20491ccf2ba8534a92cacfdd54c
            name: osl-mac-0007.harbour.example
            platform: macOS
            group: Macs
            users: [greta.moe]
            addresses: [10.20.9.7]
            first_seen: 200d
            last_seen: 6h
          # Must never be isolated.
          - id: 95133329418bb5385c17dea106a749e56ff27cfd
            name: ber-dc-01.harbour.example
            platform: WindowsServer2022
            group: Domain Controllers
            addresses: [10.10.0.11]
            value: High
            first_seen: 900d
            last_seen: 1h
          - id: 7024eb702ec53a502b509ca3cd0cf8312ad50327
            name: ber-dc-02.harbour.example
            platform: WindowsServer2019
            group: Domain Controllers
            addresses: [10.10.0.12]
            value: High
            first_seen: 1300d
            last_seen: 2h
          # The file server.
          - id: 5eb801bd69d04b880729d9b26458c59c8b48ed35
            name: ber-fs-01.harbour.example
            platform: WindowsServer2022
            group: Servers
            addresses: [10.10.1.21]
            first_seen: 700d
            last_seen: 3h
          # Too old for investigations and for restricting code.
          - id: c38a368a75bbe1efd5a4208f9c1af3257796033d
            name: ham-app-03.harbour.example
            platform: WindowsServer2016
            group: Servers
            addresses: [10.10.2.33]
            first_seen: 2100d
            last_seen: 4h
          # Isolation only in full.
          - id: 743de5ddbb9b1223eefe6019624d7a23ce67278f
            name: osl-web-02.harbour.example
            platform: Ubuntu
            group: Linux servers
            addresses: [10.10.3.52]
            first_seen: 410d
            last_seen: 2h

        files:
          # What the mail of Tuesday carried.
          - name: rechnung-118.exe
            sha1: 337f82e9271174331984fdac040477410f2beafa
            sha256: 955eab476e9d615ee49e571cf82e3c72fb8a43079bd4962b0233177dc8e0f3f0
            md5: 4db0167e0ab83c0b93408fc7e76e5b51
            size: 421376
            determination: Malware
            threat: Trojan:Win32/Invoyce.A!ml
            global_prevalence: 6
            global_first: 9d
            global_last: 2h
          # The sandbox's feed names this one by MD5 alone.
          - name: vpn-update.exe
            sha1: b290ac494204f2a7da95d78f02cfc2dfa433f3f8
            sha256: b902054aea8c5a480fad3f858e8f54514ca141366709c9d7c9ab61fc00b1ccb9
            md5: 093eee04d7d9527d4095d63e84e75e7a
            size: 1290240
            determination: Malware
            threat: Trojan:Win32/Tunnelrat.C
            global_prevalence: 41
            global_first: 30d
            global_last: 5h
            hunting_hashes: [sha1, md5]
          # Loaded by another program, never started by itself.
          - name: inventur.dll
            sha1: f7c7e8096cc3c34d4971bee4b8eb67c006aabfd2
            sha256: 8022cc00733559a10f1a0a0bb5400aed11a646d697efcb742d2fd06835297c87
            md5: 4b8a8eafe26da7c4669502ff078600dc
            type: DLL
            size: 88064
            determination: Unknown
            global_prevalence: 2
            global_first: 4d
            global_last: 1d
          # Unwanted rather than malicious.
          - name: mailviewer.exe
            sha1: dba8340d8783f8ac296839638a315f6be56301b5
            sha256: db9b42c588065b1365f69d4d33b2c9033bf53fd12d28e05cfb200f8ae4389a97
            md5: e180dff00ef296d06b1bbdd492bfd870
            size: 5242880
            determination: Pua
            threat: PUA:Win32/Mailviewer
            publisher: Mailviewer GmbH
            signer: Mailviewer GmbH
            issuer: Northern Code Signing CA
            valid_certificate: true
            global_prevalence: 180400
            global_first: 700d
            global_last: 1h
          # On every machine for months, and signed: a verdict on it is a mistake.
          - name: harbour-agent.exe
            sha1: 414abe5940f4f1b3551281b43aa6f5c5058b8f72
            sha256: 3ea42bab038527587b4f22d7e889b34b0cc7ded9dc2b79b2d42c231699db995c
            md5: 844a0ab25b24cc48f1bf98e30862f71d
            size: 2048000
            publisher: Microsoft Corporation
            signer: Microsoft Corporation
            issuer: Microsoft Code Signing PCA
            valid_certificate: true
            trusted: true
            determination: Clean
            global_prevalence: 90210455
            global_first: 800d
            global_last: 1h
            org_prevalence: 26
          # Nobody asks the files API about it in time: only hunting finds it.
          - name: lieferschein.js
            sha1: 09c14d640aca4301a06711a4d76744c97bb0a5d8
            sha256: b1362dcdd3db5854a1d452347f47f950ee786d970ab7fdb6cc9b0871b6e24ada
            md5: 1f487b5debfe9677c351b06f824dedbc
            type: Script
            pe: false
            size: 12044
            determination: Unknown
            known: false
            hunting_hashes: [sha1]

        sightings:
          - machine: ber-lap-0412.harbour.example
            file: rechnung-118.exe
            first: 3h
            last: 50m
            path: C:\Users\mira.holt\Downloads\rechnung-118.exe
            executed: process
            account: mira.holt
          # Somebody copied it to the domain controller's share.
          - machine: ber-dc-01.harbour.example
            file: rechnung-118.exe
            first: 45m
            last: 45m
            path: C:\Windows\SYSVOL\sysvol\harbour.example\scripts\rechnung-118.exe
            account: svc-copy
          - machine: ham-lap-0207.harbour.example
            file: vpn-update.exe
            first: 26h
            last: 7h
            path: C:\Users\jonas.brede\Downloads\vpn-update.exe
            executed: process
            account: jonas.brede
          - machine: ber-lap-0419.harbour.example
            file: inventur.dll
            first: 30h
            last: 10h
            path: C:\ProgramData\inventur\inventur.dll
            executed: image
            account: ines.valdez
          - machine: ber-fs-01.harbour.example
            file: inventur.dll
            first: 28h
            last: 28h
            path: D:\Shares\Finance\inventur.dll
            account: svc-backup
          - machine: osl-web-02.harbour.example
            file: inventur.dll
            first: 27h
            last: 27h
            path: /srv/upload/inventur.dll
            account: www-data
          # Seen by the installation before this one.
          - machine: 9831a2e1af07077ab50b08aa7d5b1663e01b8374
            file: inventur.dll
            first: 17d
            last: 16d
            path: C:\Users\tomas.eder\Downloads\inventur.dll
            account: tomas.eder
          - machine: fa27ee9002722dbaa48404b36f0e7cdf3af1e026
            file: mailviewer.exe
            first: 20d
            last: 2h
            path: C:\Program Files\Mailviewer\mailviewer.exe
            executed: process
            account: kari.lund
            status: detected
          - machine: 6c254cc78aedbf8eab00c6322ee4f8cdb9194a0a
            file: mailviewer.exe
            first: 60d
            last: 41d
            path: C:\Program Files\Mailviewer\mailviewer.exe
            executed: process
            account: kari.lund
          - machine: ber-lap-0413.harbour.example
            file: lieferschein.js
            first: 5h
            last: 5h
            path: C:\Users\lena.orth\Downloads\lieferschein.js
            found_by: hunting
            account: lena.orth
          - machine: ber-lap-0412.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-lap-0413.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-lap-0414.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-lap-0415.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-lap-0416.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ham-lap-0201.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ham-lap-0202.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ham-lap-0203.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ham-lap-0204.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: muc-lap-0031.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-dc-01.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system
          - machine: ber-fs-01.harbour.example
            file: harbour-agent.exe
            first: 29d
            last: 1h
            path: C:\Program Files\Harbour\harbour-agent.exe
            executed: process
            account: system

        """#

    /// `fixtures/demo/playbook.yaml`
    package static let playbook = #"""
        # The playbook of `bailiff demo`: contain by itself, look, remove the file once a person has agreed.
        bailiff: playbook/v1
        name: demo
        version: 1
        owner: soc
        description: Isolates machines that saw a malicious file, starts an investigation, removes the file after approval.
        trigger:
          when: verdict.level == "malicious" && verdict.category != "pua" && verdict.trust >= 2
          dedupe: { window: 24h, on_change: supersede }
        targets:
          lookback: 7d
          select: machine.onboarded && machine.health == "active"
        guards: { use: [org/baseline] }
        budget: { class: standard, per_run: 5, over: hold, approve: soc-one }
        steps:
          - id: contain
            action: isolate
            with: { type: auto }
            auto: "Capped at 5 machines, reversible"
            lease: { for: 72h, then: escalate, to: soc-lead }
            undo: release
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
        tests:
          - name: one laptop is contained, the file stays until somebody agrees
            given: { verdict: { level: malicious, sha1: 4b1f2ccd93c3d1a3e3f6f0f1e0a4d9a7c5b8e612 }, machines: [{ id: a1 }] }
            expect: { contain: [a1], look: [a1], remove: [], approvals: [{ policy: soc-one, machines: [a1] }] }
          - name: the file goes once the analyst agrees
            given:
              verdict: { level: malicious, sha1: 4b1f2ccd93c3d1a3e3f6f0f1e0a4d9a7c5b8e612 }
              machines: [{ id: a1 }]
              approved_by: [soc-analyst]
            expect: { contain: [a1], look: [a1], remove: [a1] }
          - name: a domain controller is never touched
            given: { verdict: { level: malicious }, machines: [{ id: d1, kind: server, group: Domain Controllers }] }
            expect: { contain: [], remove: [], reason: guards.tier0 }
          - name: a machine that does not report is left alone
            given: { verdict: { level: malicious }, machines: [{ id: a1, health: inactive }] }
            expect: { contain: [], not_selected: [a1] }

        """#

    /// `fixtures/demo/policy.yaml`
    package static let policy = #"""
        # What the demo's organisation demands of every playbook.
        bailiff: policy/v1
        name: org/baseline
        owner: security-architecture
        roles:
          domain_controller: { groups: ["Domain Controllers"], machines: [] }
          infrastructure: { groups: ["DNS", "DHCP", "Hyper-V hosts", "PKI"], machines: [] }
        trusted_signers: ["Microsoft Corporation", "Microsoft Windows"]
        guards:
          - id: tier0
            enforce: deny
            when: machine.role in ["domain_controller", "infrastructure"]
            because: Isolation would take down shared infrastructure or every child VM.
          - id: protected-list
            enforce: hold
            when: machine.tags.exists(t, t.startsWith("protect:")) || machine.value == "high"
            approve: soc-lead-one
            because: The owner asked to be consulted first.
          - id: unknown-or-server
            enforce: hold
            when: machine.kind != "workstation"
            approve: server-two-teams
            because: Servers are never contained without people.
          - id: reimaged-since
            enforce: hold
            when: machine.record_first_seen > machine.sighting.last
            missing: ignore
            approve: soc-one
            because: The file was seen before this installation existed.
          - id: established-file
            enforce: hold
            when: file.signer_trusted || (file.org_machines > 50 && file.first_seen_org < now - duration("72h"))
            missing: ignore
            approve: soc-lead-one
            because: Trusted, or common and not new, is the classic mass false positive.
          - id: already-contained
            for: [isolate]
            enforce: skip
            when: machine.isolated == "by_other"
            because: Someone else holds this machine.
        budgets:
          standard: { per_hour: 60, per_day: 200, share_of_group: 10%, indicators_per_day: 10 }

        """#

    /// `fixtures/demo/approvals.yaml`
    package static let approvals = #"""
        # Who must agree, and how long Bailiff waits for them.
        bailiff: approvals/v1
        name: org/approvals
        policies:
          soc-one: { require: [{ role: soc-analyst, count: 1 }], expires: 30m, on_expiry: deny }
          soc-lead-one: { require: [{ role: soc-lead, count: 1 }], expires: 30m, on_expiry: deny }
          server-two-teams:
            require: [{ role: soc-lead, count: 1 }, { role: server-operations, count: 1 }]
            expires: 45m
            on_expiry: deny

        """#

    /// `fixtures/demo/verdict.json`
    package static let verdict = #"""
        {
          "bailiff": "verdict/v1",
          "id": "lab-48213",
          "verdict": "malicious",
          "score": 97,
          "category": "other",
          "sha256": "955eab476e9d615ee49e571cf82e3c72fb8a43079bd4962b0233177dc8e0f3f0",
          "family": "invoyce",
          "threat": "Trojan.Invoyce",
          "file_name": "rechnung-118.exe",
          "file_type": "PE32 executable (GUI) Intel 80386",
          "analysed_at": "2026-01-15T09:30:01Z"
        }

        """#

    /// `fixtures/demo/batch.json`
    package static let batch = #"""
        [
          {
            "version": "v1",
            "sourcetype": "zscalernss-sandbox_verdict",
            "time": "Thu Jan 15 09:41:12 2026",
            "tz": "GMT",
            "event_time": "Thu Jan 15 09:41:14 2026",
            "analysis_completed_time": "Thu Jan 15 09:41:12 2026",
            "feed_time": "Thu Jan 15 09:41:15 2026",
            "record_id": "7353686396818990001",
            "company": { "name": "Harbour Example" },
            "datacenter": { "name": "Oslo", "city": "Oslo", "country": "NO" },
            "verdict": "Sandbox Malware",
            "threat": {
              "indicator": { "name": "Win32.RAT.Tunnelrat" },
              "tactic": { "id": "TAC011" },
              "technique": { "id": "T1219" }
            },
            "file": {
              "extension": "exe",
              "type_category": "Windows Executable (exe)",
              "hash": { "md5": "093eee04d7d9527d4095d63e84e75e7a", "sha256": "None", "children_md5": "None" }
            }
          },
          {
            "version": "v1",
            "sourcetype": "zscalernss-sandbox_verdict",
            "time": "Thu Jan 15 09:41:13 2026",
            "tz": "GMT",
            "event_time": "Thu Jan 15 09:41:14 2026",
            "analysis_completed_time": "Thu Jan 15 09:41:13 2026",
            "feed_time": "Thu Jan 15 09:41:15 2026",
            "record_id": "7353686396818990002",
            "company": { "name": "Harbour Example" },
            "datacenter": { "name": "Oslo", "city": "Oslo", "country": "NO" },
            "verdict": "Benign",
            "threat": { "indicator": { "name": "None" }, "tactic": { "id": "None" }, "technique": { "id": "None" } },
            "file": {
              "extension": "pdf",
              "type_category": "PDF Document (pdf)",
              "hash": {
                "md5": "1d1b2ae90bbe45691e176212739d2f17",
                "sha256": "cc6b4a454fb11f5dc44cb264400df895116ee946dad5651d10415d0d7dca245e",
                "children_md5": "None"
              }
            }
          },
          "cut off on the way"
        ]

        """#
}
