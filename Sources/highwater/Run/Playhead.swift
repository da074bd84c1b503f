/// Where a replay stands, and how it moves: recorded time against ours. No clock of its own.
struct Playhead {
    static let speedRange = 0.0625...1024.0

    /// Recorded time shown so far.
    private(set) var position: Duration = .zero
    var isPlaying = true
    private(set) var speed: Double

    init(speed: Double) { self.speed = speed }

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
