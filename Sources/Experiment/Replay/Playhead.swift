/// Where a replay stands, and how it moves: recorded time against ours. No clock of its own.
package struct Playhead: Sendable {
    package static let speedRange = 0.0625...1024.0

    /// Recorded time shown so far.
    package private(set) var position: Duration = .zero
    package var isPlaying = true
    /// Recorded seconds in one of ours.
    package private(set) var speed: Double

    package init(speed: Double) { self.speed = speed }

    /// Our time has passed.
    mutating func pass(_ elapsed: Duration, upTo end: Duration) {
        if isPlaying { seek(to: position + elapsed * speed, upTo: end) }
    }

    /// Stays within the recording.
    mutating func seek(to target: Duration, upTo end: Duration) { position = max(.zero, min(target, end)) }

    mutating func changeSpeed(by factor: Double) {
        speed = min(max(speed * factor, Playhead.speedRange.lowerBound), Playhead.speedRange.upperBound)
    }
}
