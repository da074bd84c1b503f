package import Load
internal import Measurements

extension Phase {
    /// A tick of the clients' clock is a millisecond.
    package static let durationRange: ClosedRange<Duration> = .milliseconds(10)...(.seconds(86_400 * 366))
    static let rateRange = 0.001...100_000_000.0
    static let connectionRange = 1...64_000
    static let streamRange = 1...65_536

    /// Reads `30s:500..20k,poisson` as `--phase` has it: `[NAME=]DURATION:LOAD[,OPTION ...]`.
    ///
    /// - Parameter number: from 1, for the name of one that has none.
    package init(parsing text: String, number: Int) throws(PhaseError) {
        var rest = text[...]
        var name = "phase-\(number)"
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        if let equals = text[..<colon].firstIndex(of: "=") {
            name = String(text[..<equals])
            rest = text[text.index(after: equals)...]
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard !name.allSatisfy(\.isWhitespace) else { throw PhaseError(text: text, problem: .emptyName) }
        guard name != ThresholdDraft.allPhases else { throw PhaseError(text: text, problem: .reservedName) }
        guard parts.count == 2 else { throw PhaseError(text: text, problem: .shape) }
        let words = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        do throws(PhaseError.Problem) {
            self.init(name: name, duration: try Phase.duration(String(parts[0])), load: try Phase.load(words.first ?? ""))
            for word in words.dropFirst() { try take(word) }
        } catch {
            throw PhaseError(text: text, problem: error)
        }
    }

    private static func duration(_ text: String) throws(PhaseError.Problem) -> Duration {
        do throws(QuantityError) { return try Quantity.duration(text, in: durationRange) } catch { throw .quantity(error) }
    }

    private static func load(_ word: String) throws(PhaseError.Problem) -> Load {
        if word == "closed" { return .closed }
        if word == "pause" { return .pause }
        do throws(QuantityError) {
            guard let dots = word.firstRange(of: "..") else { return .open(OpenLoad(rate: try Quantity.rate(word, in: rateRange))) }
            return .open(OpenLoad(
                rate: try Quantity.rate(String(word[..<dots.lowerBound]), in: rateRange),
                endRate: try Quantity.rate(String(word[dots.upperBound...]), in: rateRange)))
        } catch {
            throw .quantity(error)
        }
    }

    private mutating func take(_ word: String) throws(PhaseError.Problem) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first ?? "", load) {
        case ("warmup", _) where parts.count == 1: isWarmup = true
        case ("poisson", .open(var open)) where parts.count == 1:
            open.arrivals = .poisson
            load = .open(open)
        case ("steps", .open(var open)) where parts.count == 2 && open.endRate != nil:
            open.stepCount = try Phase.count(parts[1], in: 2...OpenLoad.stepLimit)
            load = .open(open)
        case ("connections", _) where parts.count == 2: connections = try Phase.count(parts[1], in: Phase.connectionRange)
        case ("streams", _) where parts.count == 2: streams = try Phase.count(parts[1], in: Phase.streamRange)
        default: throw .option(word)
        }
    }

    private static func count(_ text: String, in range: ClosedRange<Int>) throws(PhaseError.Problem) -> Int {
        do throws(QuantityError) { return try Quantity.count(text, in: range) } catch { throw .quantity(error) }
    }
}

/// A phase that cannot be run.
package struct PhaseError: Error, Equatable {
    package var text: String
    package var problem: Problem

    /// What is wrong with it.
    package enum Problem: Error, Equatable {
        case shape
        case emptyName
        /// What thresholds call all phases together.
        case reservedName
        case quantity(QuantityError)
        case option(String)
    }
}

extension PhaseError: CustomStringConvertible {
    package var description: String {
        "'\(text)'" + (problem == .shape ? " " : ": ") + problem.description
    }
}

extension PhaseError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .shape: "is no phase; write 30s:500, 10s:500..20k, climb=1m:1k..5k,steps=5, 10s:closed or 5s:pause"
        case .emptyName: "its name is empty: nobody could call it by that"
        case .reservedName: "no phase is called 'all': thresholds mean every phase by that"
        case .quantity(let error): error.description
        case .option(let word): "'\(word)' does not go there; after an open load: poisson, steps=5; after any: warmup, connections=8, streams=4"
        }
    }
}
