import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct MachineMappingTests {
    @Test func everything() throws {
        let machine = try #require(
            Machine(defender: [
                "id": "1e5bc9d7e413ddd7902c2932e418702b84d0cc07", "computerDnsName": "m.contoso.com",
                "firstSeen": "2018-08-02T14:55:03.7791856Z", "lastSeen": "2018-08-03T14:55:03Z",
                "osPlatform": "WindowsServer2022",
                "osVersion": nil, "version": "21H2", "healthStatus": "ImpairedCommunication",
                "onboardingStatus": "Onboarded",
                "rbacGroupId": 140, "rbacGroupName": "The-A-Team", "machineTags": ["a", "b", 3], "deviceValue": "High",
                "riskScore": "None", "exposureLevel": "Medium", "lastIpAddress": "172.17.230.209",
                "lastExternalIpAddress": "", "mergedIntoMachineId": "ff00", "isPotentialDuplication": "true",
                "isExcluded": true,
            ]))
        #expect(
            machine
                == Machine(
                    id: try Fixture.machine("1e5bc9d7e413ddd7902c2932e418702b84d0cc07"), name: "m.contoso.com",
                    kind: .server,
                    os: "windowsserver2022", osVersion: "21H2", health: "impairedcommunication", onboarded: true,
                    group: "The-A-Team", tags: ["a", "b", "3"], value: "high", risk: "none", exposure: "medium",
                    recordFirstSeen: Timestamp(rfc3339: "2018-08-02T14:55:03.779185Z"),
                    lastReport: Timestamp(rfc3339: "2018-08-03T14:55:03Z"), internalAddress: "172.17.230.209",
                    mergedInto: MachineID("ff00"), isPotentialDuplicate: true, isExcluded: true))
    }

    @Test func nothing() throws {
        let nulls: JSONObject = [
            "id": "m1", "computerDnsName": nil, "osPlatform": nil, "healthStatus": nil, "rbacGroupName": nil,
            "machineTags": nil, "firstSeen": nil, "onboardingStatus": "CanBeOnboarded",
        ]
        for body in [JSONValue.object(nulls), ["id": "m1"]] {
            #expect(Machine(defender: body) == Machine(id: try Fixture.machine()))
        }
    }

    @Test(
        arguments: [.null, [:], ["id": nil], ["id": ""], ["id": 7], ["id": "a b"], ["id": "a/../b"], [1]] as [JSONValue]
    )
    func withoutAUsableIdThereIsNoMachine(_ body: JSONValue) {
        #expect(Machine(defender: body) == nil)
    }

    @Test(arguments: [
        ("Windows10", Machine.Kind.workstation), ("Windows11", .workstation), ("Windows7", .workstation),
        ("Windows8.1", .workstation), ("WindowsServer2012R2", .server), ("WindowsServer2025", .server),
        ("macOS", .workstation),
        ("Ubuntu", .unknown), ("RedHatEnterpriseLinux", .unknown), ("Linux", .unknown), ("iOS", .unknown),
        ("Windows", .unknown), ("WindowsPhone", .unknown), ("SomethingNew", .unknown),
    ])
    func kindFromTheOperatingSystem(_ row: (os: String, kind: Machine.Kind)) {
        #expect(Machine(defender: ["id": "m1", "osPlatform": .string(row.os)])?.kind == row.kind)
    }

    @Test func wordsWeDoNotKnowPassThrough() {
        let machine = Machine(defender: ["id": "m1", "healthStatus": "Dormant", "riskScore": "Extreme"])
        #expect(machine?.health == "dormant")
        #expect(machine?.risk == "extreme")
    }

    @Test func actionWordsInAnyCase() {
        let action = MachineAction([
            "id": 17, "type": "UNISOLATE", "status": "timeout", "errorHResult": "-2145844840", "machineId": "1234",
            "relatedFileInfo": [
                "fileIdentifier": "4388963aaa83afe2042a46a3c017ad50bdcdafb3", "fileIdentifierType": "Sha1",
            ],
        ])
        #expect(action?.id == "17")
        #expect(action?.type == .release)
        #expect(action?.status == .timeOut)
        #expect(action?.errorCode == .hresult(-2_145_844_840))
        #expect(action?.relatedFile?.hash == Fixture.sha1)
        let other = MachineAction(["id": "1", "type": "DoNewThing", "status": "Sleeping", "errorHResult": 0])
        #expect(other?.type == .other("DoNewThing"))
        #expect(other?.status == .other("Sleeping"))
        #expect(other?.status.isFinal == false)
        #expect(other?.errorCode == MachineAction.ErrorCode.none)
    }
}
