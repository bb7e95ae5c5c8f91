import BailiffDiagnostics
import BailiffYAML

/// Reads a tenant file and checks that what it refers to is there.
///
/// Codes: TE001 no tenant file; TE002 an id that is none; TE003 something stands twice; TE004 a reference that leads
/// nowhere; TE005 a time that is none; TE006 a hash that is none; TE007 a role that does not exist; TE008 credentials
/// that do not fit; TE009 values that contradict each other.
struct TenantReader {
    let yaml = YAMLReader()
    /// Ids and names of machines, to which sightings may refer by either.
    private var machineIDs: Set<String> = []
    private var machinesByName: [String: [String]] = [:]
    private var sha1s: Set<String> = []
    private var filesByKey: [String: [String]] = [:]

    mutating func tenant(_ node: YAMLNode) -> EmulatorTenant? {
        yaml.record(node, "the tenant file") { fields in
            guard let kind = fields.required("bailiff", YAMLShape<String>.text.located) else { return nil }
            guard kind.value == "tenant/v1" else {
                yaml.error(
                    "TE001", "this is no tenant file", at: kind.location,
                    hint: "a tenant file starts with 'bailiff: tenant/v1'")
                return nil
            }
            var tenant = EmulatorTenant()
            if let id = fields.optional("id", TenantShape.guid) { tenant.id = id }
            if let domain = fields.optional("domain", .text) { tenant.domain = domain }
            tenant.applications = applications(fields)
            let groups = fields.optional("groups", TenantShape.groups) ?? [:]
            tenant.machines = machines(fields, groups: groups)
            tenant.files = files(fields)
            tenant.sightings = sightings(fields)
            return tenant
        }
    }

    // MARK: Applications

    private func applications(_ fields: YAMLFields) -> [EmulatorTenant.Application] {
        let list = fields.required(
            "applications", YAMLShape<[YAMLLocated<EmulatorTenant.Application>]>.list(of: application))
        var known: Set<String> = []
        for application in list ?? [] where !known.insert(application.value.clientID).inserted {
            yaml.error("TE003", "client id \(application.value.clientID) stands twice", at: application.location)
        }
        return (list ?? []).map(\.value)
    }

    private var application: YAMLShape<YAMLLocated<EmulatorTenant.Application>> {
        YAMLShape<EmulatorTenant.Application>.record("an application") { fields in
            let name = fields.required("name", .text)
            let clientID = fields.required("client_id", TenantShape.guid)
            let roles = fields.required("roles", .list(of: TenantShape.role))
            let secret = fields.optional("secret", .text)
            let expires = fields.optional("secret_expires", TenantShape.moment)
            let certificate = fields.optional("certificate", TenantShape.certificate)
            if !fields.contains("secret"), !fields.contains("certificate") {
                fields.error("TE008", "the application has neither a secret nor a certificate")
            }
            guard let name, let clientID, let roles else { return nil }
            return EmulatorTenant.Application(
                name: name, clientID: clientID, secret: secret, secretExpires: expires, certificatePEM: certificate,
                roles: roles)
        }.located
    }

    // MARK: Machines

    private mutating func machines(_ fields: YAMLFields, groups: [String: Int]) -> [EmulatorTenant.Machine] {
        let shape = YAMLShape<EmulatorTenant.Machine>.record("a machine") { MachineReader.machine($0, groups: groups) }
        let list = fields.required("machines", YAMLShape<[YAMLLocated<EmulatorTenant.Machine>]>.list(of: shape.located))
        for machine in list ?? [] {
            if !machineIDs.insert(machine.value.id).inserted {
                yaml.error("TE003", "machine \(machine.value.id) stands twice", at: machine.location)
            }
            machinesByName[Route.lowercased(machine.value.name), default: []].append(machine.value.id)
        }
        for machine in list ?? [] {
            guard let survivor = machine.value.mergedInto else { continue }
            if survivor == machine.value.id {
                yaml.error("TE009", "a machine cannot be merged into itself", at: place(machine.node, "merged_into"))
            } else if !machineIDs.contains(survivor) {
                yaml.error("TE004", "there is no machine \(survivor)", at: place(machine.node, "merged_into"))
            }
        }
        return (list ?? []).map(\.value)
    }

    // MARK: Files

    private mutating func files(_ fields: YAMLFields) -> [EmulatorTenant.File] {
        let shape = YAMLShape<EmulatorTenant.File>.record("a file") { FileReader.file($0) }
        let list = fields.optional("files", YAMLShape<[YAMLLocated<EmulatorTenant.File>]>.list(of: shape.located)) ?? []
        for file in list {
            if !sha1s.insert(file.value.sha1).inserted {
                yaml.error("TE003", "file \(file.value.sha1) stands twice", at: file.location)
            }
            filesByKey[Route.lowercased(file.value.name), default: []].append(file.value.sha1)
        }
        return list.map(\.value)
    }

    // MARK: Sightings

    private func sightings(_ fields: YAMLFields) -> [EmulatorTenant.Sighting] {
        let shape = YAMLShape<EmulatorTenant.Sighting>.record("a sighting") { fields in
            let machine = fields.required(
                "machine", TenantShape.reference("machine", ids: machineIDs, names: machinesByName))
            let file = fields.required("file", TenantShape.reference("file", ids: sha1s, names: filesByKey))
            let first = fields.optional("first", TenantShape.moment) ?? .ago(.seconds(26 * 3_600))
            let last = fields.optional("last", TenantShape.moment) ?? .ago(.seconds(3_600))
            if case .ago(let from) = first, case .ago(let until) = last, from < until {
                fields.error("TE009", "the machine saw the file last before it saw it first")
            }
            if case .at(let from) = first, case .at(let until) = last, from > until {
                fields.error("TE009", "the machine saw the file last before it saw it first")
            }
            let path = fields.optional("path", .text)
            let execution = fields.optional("executed", YAMLShape<EmulatorTenant.Sighting.Execution>.word) ?? .none
            let status = fields.optional("status", YAMLShape<EmulatorTenant.Sighting.Status>.word) ?? .seen
            let visibility = fields.optional("found_by", YAMLShape<EmulatorTenant.Sighting.Visibility>.word) ?? .both
            let account = fields.optional("account", .text)
            guard let machine, let file else { return nil }
            return EmulatorTenant.Sighting(
                machine: machine, file: file, first: first, last: last, path: path, execution: execution,
                status: status,
                visibility: visibility, account: account)
        }
        return fields.optional("sightings", YAMLShape<[EmulatorTenant.Sighting]>.list(of: shape)) ?? []
    }

    private func place(_ node: YAMLNode, _ key: String) -> SourceLocation { node[key]?.location ?? node.location }
}
