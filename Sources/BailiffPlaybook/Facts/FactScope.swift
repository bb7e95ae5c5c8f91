/// The keys that hold CEL. Which facts an expression may touch depends on the key.
package enum FactScope: String, Hashable, Sendable, CaseIterable {
    case trigger = "trigger.when"
    case select = "targets.select"
    case step = "steps.when"
    case guards = "guards.when"
    case approval = "approve.when"
    case proceed = "rings.proceed_when"
}
