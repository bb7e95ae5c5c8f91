extension ActionParameters {
    /// What holds where `with` says nothing.
    package static func defaults(of action: ActionKind) -> ActionParameters {
        switch action {
        case .isolate: ActionParameters(isolationType: .auto)
        case .antivirusScan: ActionParameters(scanType: .quick)
        case .investigate: ActionParameters(via: [.start, .antivirusScan])
        default: ActionParameters()
        }
    }
}
