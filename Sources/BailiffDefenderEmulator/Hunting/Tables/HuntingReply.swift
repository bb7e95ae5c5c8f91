import BailiffModel

/// The three envelopes of hunting answers.
enum HuntingReply {
    static func body(_ endpoint: Endpoint, schema: [KQLColumn], rows: [[KQLValue]], cost: Duration) -> [UInt8] {
        var writer = RowWriter(schema: schema, capacity: 512 + rows.count * schema.count * 32)
        switch endpoint {
        case .graphHunting:
            writer.begin(
                #"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.security.huntingQueryResults""#
            )
            writer.schema(key: ",\"schema\":[", name: "name", type: "type")
            writer.rows(key: ",\"results\":[", rows)
        case .advancedHunting:
            writer.begin("{\"Stats\":\(statistics(rows: rows.count, cost: cost).text())")
            writer.schema(key: ",\"Schema\":[", name: "Name", type: "Type")
            writer.rows(key: ",\"Results\":[", rows)
        default:
            writer.begin("{")
            writer.schema(key: "\"Schema\":[", name: "Name", type: "Type")
            writer.rows(key: ",\"Results\":[", rows)
        }
        return writer.end()
    }

    private static func statistics(rows: Int, cost: Duration) -> JSONValue {
        let seconds = Double(cost.wholeMicroseconds) / 1e6
        return [
            "ExecutionTime": .double(seconds),
            "resource_usage": [
                "cache": [
                    "memory": ["hits": 0, "misses": 0, "total": 0], "disk": ["hits": 0, "misses": 0, "total": 0],
                ],
                "cpu": [
                    "user": .string(KQLValue.timespan(cost.wholeMicroseconds).text), "kernel": "00:00:00",
                    "total cpu": .string(KQLValue.timespan(cost.wholeMicroseconds).text),
                ], "memory": ["peak_per_node": 33_554_432],
            ],
            "dataset_statistics": [["table_row_count": .int(Int64(rows)), "table_size": .int(Int64(rows) * 64)]],
        ]
    }

    private struct RowWriter {
        private let columns: [KQLColumn]
        /// `"Name":`, ready to be copied.
        private let keys: [[UInt8]]
        private var bytes: [UInt8] = []

        init(schema: [KQLColumn], capacity: Int) {
            columns = schema
            keys = schema.map { JSONValue.string($0.name).utf8() + [0x3A] }
            bytes.reserveCapacity(min(capacity, 64 * 1024 * 1024))
        }

        mutating func begin(_ text: String) { bytes += text.utf8 }

        mutating func schema(key: String, name: String, type: String) {
            bytes += key.utf8
            for (index, column) in columns.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes += "{\"\(name)\":".utf8 + JSONValue.string(column.name).utf8()
                bytes += ",\"\(type)\":\"\(column.type.schemaName)\"}".utf8
            }
            bytes.append(0x5D)
        }

        mutating func rows(key: String, _ rows: [[KQLValue]]) {
            bytes += key.utf8
            for (index, row) in rows.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(0x7B)
                for (place, value) in row.enumerated() where place < keys.count {
                    if place > 0 { bytes.append(0x2C) }
                    bytes += keys[place]
                    bytes += value.json.utf8()
                }
                bytes.append(0x7D)
            }
            bytes.append(0x5D)
        }

        mutating func end() -> [UInt8] {
            bytes.append(0x7D)
            return bytes
        }
    }
}
