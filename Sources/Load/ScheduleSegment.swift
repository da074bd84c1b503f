/// A part of a schedule: a rate that goes evenly from one to another, or stays.
///
/// Units are billionths of a billionth of a request, speeds units a nanosecond (which is
/// billionths of a request per second). All of it is whole numbers, so that what is due at a time
/// and the time at which it is due agree to the nanosecond.
struct ScheduleSegment: Sendable, Equatable {
    var startNanoseconds: UInt64
    /// Progress at the start; request i is due at (i + 1) requests' worth of units.
    var startUnits: UInt128
    var speed: UInt64
    var endSpeed: UInt64
    /// The time from `speed` to `endSpeed`; afterwards it stays there. 0: no ramp.
    var rampNanoseconds: UInt64 = 0

    init(startNanoseconds: UInt64, startUnits: UInt128, speed: UInt64) {
        self.startNanoseconds = startNanoseconds
        self.startUnits = startUnits
        self.speed = speed
        endSpeed = speed
    }

    /// The units that become due within a time from the start.
    func progress(after nanoseconds: UInt64) -> UInt128 {
        guard rampNanoseconds > 0 else { return UInt128(nanoseconds) * UInt128(speed) }
        let ramped = min(nanoseconds, rampNanoseconds)
        let straight = UInt128(ramped) * UInt128(speed)
        // The triangle above or below: d t^2 / 2T, with 256 bits in between.
        let height = speed < endSpeed ? endSpeed - speed : speed - endSpeed
        let product = (UInt128(height) * UInt128(ramped)).multipliedFullWidth(by: UInt128(ramped))
        let triangle = (2 * UInt128(rampNanoseconds)).dividingFullWidth(product).quotient
        return (speed < endSpeed ? straight + triangle : straight - triangle)
            + UInt128(nanoseconds - ramped) * UInt128(endSpeed)
    }

    /// The shortest time from the start after which at least so much is due; nil: never.
    func wait(forUnits units: UInt128) -> UInt64? {
        guard rampNanoseconds > 0 else { return ScheduleSegment.wait(forUnits: units, speed: speed) }
        let ramped = progress(after: rampNanoseconds)
        if units > ramped {
            return ScheduleSegment.wait(forUnits: units - ramped, speed: endSpeed).map { rampNanoseconds + $0 }
        }
        // Nearly right by the formula, then exactly by looking: two or three looks.
        var high = estimate(units)
        var step: UInt64 = 1
        while progress(after: high) < units {
            high = min(high + step, rampNanoseconds)
            step *= 2
        }
        var low = high
        step = 1
        while low > 0, progress(after: low) >= units {
            high = low
            low -= min(step, low)
            step *= 2
        }
        // Not yet due at `low` (or it is 0), due at `high`.
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if progress(after: middle) >= units { high = middle } else { low = middle }
        }
        return high
    }

    private static func wait(forUnits units: UInt128, speed: UInt64) -> UInt64? {
        guard speed > 0 else { return nil }
        return UInt64(clamping: (units + UInt128(speed) - 1) / UInt128(speed))
    }

    /// Where u t + a t^2 comes to the units, in floating point.
    private func estimate(_ units: UInt128) -> UInt64 {
        let (start, end, length, goal) = (Double(speed), Double(endSpeed), Double(rampNanoseconds), Double(units))
        let curve = (end - start) / (2 * length)
        let root = max(0, start * start + 4 * curve * goal).squareRoot()
        let time = 2 * goal / (start + root)
        return time.isFinite && time > 0 ? UInt64(min(time, length)) : 0
    }
}
