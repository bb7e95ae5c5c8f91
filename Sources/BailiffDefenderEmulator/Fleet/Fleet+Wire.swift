import BailiffModel

extension Fleet {
    /// The machine entity.
    func write(_ index: Int, to writer: inout WireWriter, now: Timestamp, context: String? = nil) {
        let machine = self[index]
        writer.entity(machine.id) { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("id", machine.id)
            writer.field("mergedIntoMachineId", machine.mergedInto)
            writer.field("isPotentialDuplication", machine.isPotentialDuplication)
            writer.field("isExcluded", machine.isExcluded)
            writer.field("exclusionReason", machine.exclusionReason)
            writer.spotty("computerDnsName", machine.name)
            writer.field("firstSeen", firstSeen(index))
            writer.field("lastSeen", lastSeen(index, now: now))
            writer.enumeration("osPlatform", machine.osPlatform)
            writer.field("osVersion", machine.osVersion)
            writer.field("osProcessor", machine.osProcessor)
            writer.field("version", machine.version)
            writer.spotty("lastIpAddress", machine.lastIPAddress)
            writer.spotty("lastExternalIpAddress", machine.lastExternalIPAddress)
            writer.field("agentVersion", machine.agentVersion)
            writer.field("osBuild", machine.osBuild)
            writer.enumeration("healthStatus", health(index, now: now))
            writer.enumeration("deviceValue", machine.deviceValue)
            writer.loose("rbacGroupId", machine.groupID)
            writer.field("rbacGroupName", machine.groupName)
            writer.enumeration("riskScore", machine.riskScore)
            writer.enumeration("exposureLevel", machine.exposureLevel)
            writer.field("isAadJoined", machine.aadDeviceID != nil)
            writer.field("aadDeviceId", machine.aadDeviceID)
            writer.field("machineTags", machine.tags)
            writer.field("defenderAvStatus", machine.defenderAVStatus)
            writer.enumeration("onboardingStatus", machine.onboardingStatus)
            writer.field("osArchitecture", machine.osArchitecture)
            writer.enumeration("managedBy", machine.managedBy)
            writer.field("managedByStatus", machine.managedByStatus)
            writer.field("ipAddresses") { writeAddresses(of: machine, to: &$0) }
            writer.field("vmMetadata", nil as String?)
        }
    }

    private func writeAddresses(of machine: Machine, to writer: inout WireWriter) {
        let addresses =
            machine.ipAddresses.isEmpty
            ? [EmulatorTenant.IPAddress(address: machine.lastIPAddress)] : machine.ipAddresses
        writer.array { writer in
            for address in addresses {
                writer.object { writer in
                    writer.field("ipAddress", address.address)
                    writer.field("macAddress", address.macAddress)
                    writer.field("type", address.type)
                    writer.field("operationalStatus", address.operationalStatus)
                }
            }
        }
    }
}
