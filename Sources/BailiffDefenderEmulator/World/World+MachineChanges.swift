import BailiffModel

extension World {
    private static let batchLimit = 500

    mutating func changeMachines(_ exchange: inout Exchange) throws(APIError) -> Reply {
        let reply =
            switch exchange.route.endpoint {
            case .tags: try tag(&exchange)
            case .tagsOfMany: try tagMany(exchange)
            case .deviceValue: try setDeviceValue(&exchange)
            default: try update(&exchange)
            }
        exchange.isActionTaken = true
        return reply
    }

    private func machineReply(_ index: Int, _ now: Timestamp) -> Reply {
        reply(context: "Machines/$entity") { fleet.write(index, to: &$0, now: now, context: $1) }
    }

    private struct TagChange {
        var value: String
        var isAdded: Bool

        init(_ body: RequestBody) throws(APIError) {
            value = try body.required("Value")
            switch try body.required("Action") {
            case "Add": isAdded = true
            case "Remove": isAdded = false
            case let action: throw .invalidInput("The action '\(action)' is not valid.")
            }
        }

        func apply(to machine: inout EmulatorTenant.Machine) {
            let isThere = machine.tags.contains { $0.utf8.elementsEqual(value.utf8) }
            if isAdded, !isThere { machine.tags.append(value) }
            if !isAdded { machine.tags.removeAll { $0.utf8.elementsEqual(value.utf8) } }
        }
    }

    private mutating func tag(_ exchange: inout Exchange) throws(APIError) -> Reply {
        exchange.machineID = exchange.route.id
        let index = try machineIndex(exchange.route.id)
        let body = try RequestBody(exchange.request)
        try body.allow(["Value", "Action"])
        let change = try TagChange(body)
        fleet.change(index, change.apply)
        return machineReply(index, exchange.now)
    }

    private mutating func tagMany(_ exchange: Exchange) throws(APIError) -> Reply {
        let body = try RequestBody(exchange.request)
        try body.allow(["Value", "Action", "MachineIds"])
        let change = try TagChange(body)
        guard let ids = try body.texts("MachineIds"), !ids.isEmpty else { throw .missing("MachineIds") }
        guard ids.count <= World.batchLimit else { throw .batch(ids.count, World.batchLimit) }
        var indexes: [Int] = []
        for id in ids { indexes.append(try machineIndex(id)) }
        for index in indexes { fleet.change(index, change.apply) }
        return Reply(status: 200)
    }

    private static let deviceValues: Set<String> = ["Normal", "Low", "High"]

    private mutating func setDeviceValue(_ exchange: inout Exchange) throws(APIError) -> Reply {
        exchange.machineID = exchange.route.id
        let index = try machineIndex(exchange.route.id)
        let body = try RequestBody(exchange.request)
        try body.allow(["DeviceValue"])
        let value = try World.deviceValue(try body.required("DeviceValue"))
        fleet.change(index) { $0.deviceValue = value }
        return machineReply(index, exchange.now)
    }

    private mutating func update(_ exchange: inout Exchange) throws(APIError) -> Reply {
        exchange.machineID = exchange.route.id
        let index = try machineIndex(exchange.route.id)
        let body = try RequestBody(exchange.request)
        try body.allow(["machineTags", "deviceValue"])
        let tags = try body.texts("machineTags")
        let value: String? = if let text = try body.text("deviceValue") { try World.deviceValue(text) } else { nil }
        fleet.change(index) { machine in
            if let tags { machine.tags = tags }
            if let value { machine.deviceValue = value }
        }
        return machineReply(index, exchange.now)
    }

    private static func deviceValue(_ text: String) throws(APIError) -> String {
        guard deviceValues.contains(text) else { throw .invalidInput("The device value '\(text)' is not valid.") }
        return text
    }
}

extension APIError {
    static func batch(_ received: Int, _ allowed: Int) -> APIError {
        APIError(
            400, "MaximumBatchSizeExceeded",
            "Maximum batch size exceeded. Received: \(received), allowed: \(allowed).")
    }
}
