/// Whether things come again and again with the same step: moments of a run, or numbers of requests.
///
/// One may be missing here and there, or come between two others: most have to fit, and not all.
enum Recurrence {
    /// Of each ten, so many fit.
    private static let fittingTenths = 8
    /// Where one is missing, a step is two or more steps long; a longer one says nothing.
    private static let longestMultiple = 4.0
    /// The longer a step is, the more fits it: such a one may differ by this share of a single step.
    private static let multipleShare = 0.2

    /// From one to the next. nil: the steps differ, or there are too few to tell.
    ///
    /// - Parameters:
    ///   - places: in ascending order.
    ///   - tolerance: by how much a step may differ from this usual one.
    static func step(of places: [UInt64], tolerance: (_ usual: Double) -> Double) -> Double? {
        guard places.count >= 3 else { return nil }
        let steps = zip(places.dropFirst(), places).map { Double($0 - min($0, $1)) }.sorted()
        let usual = steps[steps.count / 2]
        guard usual > 0 else { return nil }
        let limit = tolerance(usual)
        // The first ones may be those that do not fit.
        let chains = places.indices.prefix(3).map { Chain(places[$0...], usual: usual, tolerance: limit) }
        guard let best = chains.max(by: { $0.count < $1.count }) else { return nil }
        guard best.count >= 3, 10 * best.count >= fittingTenths * places.count, best.singleCount >= 2, 2 * best.singleCount > best.count - 1 else {
            return nil
        }
        return best.length / best.stepCount
    }

    /// Those of them that come in steps from the first one.
    private struct Chain {
        var count = 1
        /// Steps of which none is missing.
        var singleCount = 0
        var stepCount = 0.0
        var length = 0.0

        init(_ places: ArraySlice<UInt64>, usual: Double, tolerance: Double) {
            guard var last = places.first else { return }
            for place in places.dropFirst() {
                let step = Double(place - min(place, last)), multiple = max(1, (step / usual).rounded())
                let limit = multiple == 1 ? tolerance : min(tolerance, multipleShare * usual)
                guard multiple <= longestMultiple, abs(step - multiple * usual) <= limit else { continue }
                count += 1
                if multiple == 1 { singleCount += 1 }
                stepCount += multiple
                length += step
                last = place
            }
        }
    }
}
