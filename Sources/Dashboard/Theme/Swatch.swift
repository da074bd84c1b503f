/// A colour in 24 bits, and which of the sixteen stands in for it.
package struct Swatch: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    /// 0 to 15, as SGR 30 to 37 and 90 to 97 count them; nil for the terminal's own.
    package var ansi: UInt8?

    /// From 0xRRGGBB.
    package init(_ rgb: UInt32, ansi: UInt8?) {
        red = UInt8(truncatingIfNeeded: rgb >> 16)
        green = UInt8(truncatingIfNeeded: rgb >> 8)
        blue = UInt8(truncatingIfNeeded: rgb)
        self.ansi = ansi
    }

    static let black = Swatch(0x000000, ansi: 0)
    static let white = Swatch(0xFFFFFF, ansi: 15)

    /// Towards another colour by a fraction; it keeps its place among the sixteen.
    func mixed(with other: Swatch, _ fraction: Double) -> Swatch {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt32 {
            UInt32((Double(a) + (Double(b) - Double(a)) * fraction).rounded())
        }
        return Swatch(mix(red, other.red) << 16 | mix(green, other.green) << 8 | mix(blue, other.blue), ansi: ansi)
    }

    /// WCAG 2: relative luminance, 0 for black to 1 for white.
    package var luminance: Double {
        0.2126 * Swatch.linear[Int(red)] + 0.7152 * Swatch.linear[Int(green)] + 0.0722 * Swatch.linear[Int(blue)]
    }

    /// WCAG 2: from 1, the same, to 21, black on white.
    package func contrast(with other: Swatch) -> Double {
        let a = luminance, b = other.luminance
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The same hue, light or dark enough to stand out from a background; as it is where it does already.
    func lifted(from background: Swatch, to floor: Double) -> Swatch {
        if contrast(with: background) >= floor { return self }
        // Away from the background; to the other side only where this one ends too soon.
        let goesUp = background.luminance < 0.18
        let target = (goesUp ? Swatch.white : .black).contrast(with: background) >= floor
            ? (goesUp ? Swatch.white : .black) : (goesUp ? Swatch.black : .white)
        var low = 0.0, high = 1.0
        for _ in 0..<10 {
            let middle = (low + high) / 2
            if mixed(with: target, middle).contrast(with: background) >= floor { high = middle } else { low = middle }
        }
        return mixed(with: target, high)
    }

    /// sRGB to linear light for the 256 values of a channel: ((c + 0.055) / 1.055) to the power of 2.4.
    private static let linear: [Double] = (0..<256).map { value in
        let part = Double(value) / 255
        if part <= 0.04045 { return part / 12.92 }
        let base = (part + 0.055) / 1.055
        // x^2.4 = x^2 * (x^2)^(1/5): Newton's fifth root, which a pure target can do without a library.
        let square = base * base
        var root = 1.0
        for _ in 0..<60 { root = (4 * root + square / (root * root * root * root)) / 5 }
        return square * root
    }
}

/// Colours from little to much, through a middle.
package struct Scale: Sendable {
    package var low: Swatch
    package var middle: Swatch
    package var high: Swatch

    package init(_ low: Swatch, _ middle: Swatch, _ high: Swatch) {
        self.low = low
        self.middle = middle
        self.high = high
    }

    func at(_ step: Int) -> Swatch {
        let place = Double(min(Gradient.lastStep, max(0, step))) / Double(Gradient.lastStep)
        var swatch = place < 0.5 ? low.mixed(with: middle, place * 2) : middle.mixed(with: high, place * 2 - 1)
        // Sixteen colours have no steps between: thirds.
        swatch.ansi = place < 0.34 ? low.ansi : place < 0.67 ? middle.ansi : high.ansi
        return swatch
    }
}
