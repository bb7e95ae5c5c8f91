package import Crypto
import Foundation

/// The files of a measurement: a tenant whose files were seen on one machine each, a playbook that acts upon it, a
/// configuration.
package struct StageFiles {
    package let folder: String
    private let files: Int
    private let machines: Int
    private let steps: String
    package let secret: SymmetricKey
    package static let tenantID = "5f1f7c5a-9f0e-4c0b-8f4e-2f9c1a7b3d10"
    package static let clientID = "0d0b8a52-6d0b-4f1e-9a53-6b8f0c1d2e3f"

    /// - Parameters:
    ///   - files: File `n` was seen on machine `n % machines`.
    ///   - steps: Of the playbook.
    package init(folder: String, files: Int, machines: Int, steps: [String]) throws {
        self.folder = folder
        self.files = files
        self.machines = machines
        self.steps = steps.map { "  - { \($0) }\n" }.joined()
        secret = SymmetricKey(size: .bits256)
        let manager = FileManager.default
        for name in ["secrets", "playbooks"] {
            try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        let key = secret.withUnsafeBytes { Data($0) }.base64EncodedString()
        try write("secrets/app", "measuring", secret: true)
        try write("secrets/lab", "whsec_\(key)", secret: true)
        try write("tenant.yaml", tenant)
        try write("playbooks/playbook.yaml", StageFiles.playbookHead + self.steps)
        try write("playbooks/policy.yaml", StageFiles.policy)
        try write("playbooks/approvals.yaml", StageFiles.approvals)
    }

    package func writeConfiguration(emulator port: UInt16) throws {
        let url = "http://127.0.0.1:\(port)"
        try write(
            "bailiff.yaml",
            """
            server: { api: "127.0.0.1:0", socket: admin.sock }
            store: { path: bailiff.sqlite }
            audit: { key: { file: audit.key }, origin: measuring.bailiff.example/soc }
            defender:
              tenant: \(StageFiles.tenantID)
              urls: { login: "\(url)", api: "\(url)", graph: "\(url)" }
              read: { client_id: \(StageFiles.clientID), secret: { file: secrets/app } }
              quotas: { per_minute: 1000000, per_hour: 60000000 }
            feeds:
              lab: { product: generic, auth: { standard_webhooks: { secrets: [{ file: secrets/lab }] } } }
            playbooks: { folder: playbooks, activate: on_load, mode: live }

            """)
    }

    package static func sha1(_ number: Int) -> String { hex(Insecure.SHA1.hash(data: Data("file \(number)".utf8))) }
    package static func sha256(_ number: Int) -> String { hex(SHA256.hash(data: Data("file \(number)".utf8))) }
    package static func machine(_ number: Int) -> String {
        hex(Insecure.SHA1.hash(data: Data("machine \(number)".utf8)))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }

    private func write(_ name: String, _ text: String, secret: Bool = false) throws {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        if secret { try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path) }
    }

    private var tenant: String {
        var text = """
            bailiff: tenant/v1
            id: \(StageFiles.tenantID)
            domain: measuring.example
            applications:
              - name: everything
                client_id: \(StageFiles.clientID)
                secret: measuring
                roles:
                  [File.Read.All, Machine.Read.All, Machine.Isolate, Machine.StopAndQuarantine, Alert.Read.All,
                   ThreatHunting.Read.All]
            machines:

            """
        for number in 0..<machines {
            text += "  - { id: \(StageFiles.machine(number)), name: pc-\(number).measuring.example, "
            text += "platform: Windows11, group: Workstations }\n"
        }
        text += "files:\n"
        for number in 0..<files {
            text +=
                "  - { name: f\(number).exe, sha1: \(StageFiles.sha1(number)), sha256: \(StageFiles.sha256(number)), "
            text += "determination: Malware }\n"
        }
        text += "sightings:\n"
        for number in 0..<files {
            text +=
                "  - { machine: pc-\(number % machines).measuring.example, file: f\(number).exe, executed: process }\n"
        }
        return text
    }

    private static let playbookHead = """
        bailiff: playbook/v1
        name: measuring
        version: 1
        owner: soc
        description: Isolates whatever saw a malicious file.
        trigger:
          when: verdict.level == "malicious"
          dedupe: { window: 24h, on_change: supersede }
        targets: { lookback: 7d, select: machine.onboarded }
        guards: { use: [org/baseline] }
        budget: { class: wide, per_run: 10, over: hold, approve: soc-one }
        steps:

        """
    private static let policy = """
        bailiff: policy/v1
        name: org/baseline
        owner: security-architecture
        roles:
          domain_controller: { groups: ["Domain Controllers"], machines: [] }
        guards:
          - id: tier0
            enforce: deny
            when: machine.role == "domain_controller"
            because: Never.
        budgets:
          wide: { per_hour: 1000000, per_day: 1000000, share_of_group: 100%, indicators_per_day: 10 }

        """

    private static let approvals = """
        bailiff: approvals/v1
        name: org/approvals
        policies:
          soc-one: { require: [{ role: soc-analyst, count: 1 }], expires: 30m, on_expiry: deny }

        """
}
