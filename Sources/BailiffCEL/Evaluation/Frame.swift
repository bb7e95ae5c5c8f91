/// What one evaluation works with: the facts, the variables of macros, and how much it may still spend.
struct Frame {
    let bindings: any CELBindings
    /// The variables of macros; as many as the program's frame size.
    let locals: UnsafeMutablePointer<CELValue>
    let zones: CELZones
    let costLimit: UInt64
    private(set) var cost: UInt64 = 0
    private(set) var allocated: Int = 0

    /// How much memory the values made by one evaluation may fill, in bytes.
    static let allocationLimit = 64 << 20

    init(
        bindings: any CELBindings, locals: UnsafeMutablePointer<CELValue>, zones: CELZones, costLimit: UInt64
    ) {
        self.bindings = bindings
        self.locals = locals
        self.zones = zones
        self.costLimit = costLimit
    }

    /// Spends units of the cost model.
    @inline(__always)
    mutating func charge(_ units: UInt64) throws(Fault) {
        // No evaluation comes near the range of 64 bits: each unit takes a nanosecond or more.
        cost &+= units
        if cost > costLimit { throw Self.costExceeded(costLimit) }
    }

    @inline(never)
    private static func costExceeded(_ limit: UInt64) -> Fault {
        Fault(.costExceeded, "the evaluation costs more than \(limit) units")
    }

    /// Spends units for going through many octets in an operation whose price does not depend on their number.
    @inline(__always)
    mutating func charge(octets: Int) throws(Fault) {
        if octets >= CostModel.octetsPerUnit { try charge(UInt64(octets / CostModel.octetsPerUnit)) }
    }

    /// Bytes that may still be filled.
    var allocatable: Int { max(0, Self.allocationLimit - allocated) }

    /// Accounts for memory a new value fills.
    @inline(__always)
    mutating func allocate(_ bytes: Int) throws(Fault) {
        allocated &+= bytes
        if allocated > Self.allocationLimit { throw Self.memoryExceeded() }
    }

    @inline(never)
    private static func memoryExceeded() -> Fault {
        Fault(.memoryExceeded, "the evaluation makes values of more than \(allocationLimit >> 20) MiB")
    }

    /// Accounts for the elements of a list or the entries of a map.
    mutating func allocate(elements: Int) throws(Fault) {
        try allocate(elements &* MemoryLayout<CELValue>.stride)
    }
}
