package import Load
package import Measurements

extension Phase {
    /// What `Phase.json` has written. nil: that is no phase.
    package init?(json: JSON) {
        guard let name = json["name"]?.string, let duration = json["duration"]?.number.flatMap(Duration.init(inSeconds:)) else { return nil }
        let load: Load
        if json["pause"] == .bool(true) {
            load = .pause
        } else if let rate = json["rate"]?.number {
            let arrivals = json["arrivals"]?.string
            guard let order = arrivals.map(OpenLoad.Arrivals.init(rawValue:)) ?? .constant else { return nil }
            load = .open(OpenLoad(
                rate: rate, endRate: json["ramp_to"]?.number, stepCount: json["steps"]?.number.flatMap { Int(exactly: $0) }, arrivals: order))
        } else {
            guard json["load"]?.string == "closed" else { return nil }
            load = .closed
        }
        self.init(name: name, duration: duration, load: load, isWarmup: json["warmup"] == .bool(true))
        connections = json["connections"]?.number.flatMap { Int(exactly: $0) }
        streams = json["streams"]?.number.flatMap { Int(exactly: $0) }
    }
}
