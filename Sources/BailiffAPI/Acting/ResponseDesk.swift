package import BailiffEngine

/// What people do besides answering: to runs, cases, machines and the breaker.
package struct ResponseDesk: Sendable {
    package var runs: RunService
    package var cases: CaseService
    package var orders: OrderService
    package var breaker: BreakerService

    package init(runs: RunService, cases: CaseService, orders: OrderService, breaker: BreakerService) {
        self.runs = runs
        self.cases = cases
        self.orders = orders
        self.breaker = breaker
    }
}
