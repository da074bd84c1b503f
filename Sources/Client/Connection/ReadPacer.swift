internal import Loop

/// Makes a client read slowly: after each read a pause, in which the kernel keeps the bytes that come.
final class ReadPacer: TimerTarget {
    private let stream: TCPStream
    private let timer: Timer
    private let pauseNanoseconds: UInt64

    init(_ stream: TCPStream, pauseNanoseconds: UInt64) {
        self.stream = stream
        self.pauseNanoseconds = pauseNanoseconds
        timer = Timer(loop: stream.loop)
        timer.target = self
    }

    /// Stops reading until the pause is over.
    func rest() {
        stream.stopReading()
        timer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + pauseNanoseconds)
    }

    /// The pause is over.
    func timerDidFire(_ timer: Timer) { stream.startReading() }

    func close() { timer.close() }
}
