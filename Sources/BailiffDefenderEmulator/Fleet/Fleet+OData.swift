import BailiffModel

extension Fleet {
    static let properties: [ODataProperty] = [
        ODataProperty("computerDnsName"), ODataProperty("id"), ODataProperty("version"), ODataProperty("deviceValue"),
        ODataProperty("aadDeviceId"), ODataProperty("machineTags", .strings), ODataProperty("lastSeen", .time),
        ODataProperty("exposureLevel"), ODataProperty("onboardingStatus"), ODataProperty("lastIpAddress"),
        ODataProperty("healthStatus"), ODataProperty("osPlatform"), ODataProperty("riskScore"),
        ODataProperty("rbacGroupId", .int),
    ]
    /// The place in ``properties`` that has an index.
    static let idProperty = 1

    func value(_ property: Int, of index: Int, now: Timestamp) -> ODataValue {
        switch property {
        case 0: .string(self[index].name)
        case 1: .string(self[index].id)
        case 2: .string(self[index].version)
        case 3: .string(self[index].deviceValue)
        case 4: .optional(self[index].aadDeviceID)
        case 5: .strings(self[index].tags)
        case 6: .time(lastSeen(index, now: now))
        case 7: .string(self[index].exposureLevel)
        case 8: .string(self[index].onboardingStatus)
        case 9: .string(self[index].lastIPAddress)
        case 10: .string(health(index, now: now))
        case 11: .string(self[index].osPlatform)
        case 12: .string(self[index].riskScore)
        case 13: .int(Int64(self[index].groupID))
        default: .null
        }
    }
}
