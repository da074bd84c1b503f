internal import Dashboard

extension ColourDepth {
    /// The number that curses knows a colour by; -1 for the terminal's own.
    func index(of swatch: Swatch) -> Int32 {
        switch self {
        case .mono: -1
        case .ansi16: swatch.ansi.map { Int32($0) } ?? -1
        case .indexed256: ColourDepth.nearest256(swatch)
        case .direct: ColourDepth.direct(Int32(swatch.red) << 16 | Int32(swatch.green) << 8 | Int32(swatch.blue))
        }
    }

    /// The lowest sixteen are the terminal's own (`DirectColourEntry`): black is the next that nobody tells from it.
    private static func direct(_ rgb: Int32) -> Int32 { rgb < 16 ? 0x010101 : rgb }

    /// The nearest of the 216 colours of the cube and the 24 greys; the first 16 are the user's own.
    private static func nearest256(_ swatch: Swatch) -> Int32 {
        func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        func distance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
            let r = Int(swatch.red) - red, g = Int(swatch.green) - green, b = Int(swatch.blue) - blue
            // The eye sees green best.
            return 3 * r * r + 6 * g * g + b * b
        }
        let cube = [0, 95, 135, 175, 215, 255]
        let r = level(swatch.red), g = level(swatch.green), b = level(swatch.blue)
        let grey = min(23, max(0, ((Int(swatch.red) + Int(swatch.green) + Int(swatch.blue)) / 3 - 3) / 10))
        let greyValue = 8 + 10 * grey
        return distance(cube[r], cube[g], cube[b]) <= distance(greyValue, greyValue, greyValue)
            ? Int32(16 + 36 * r + 6 * g + b) : Int32(232 + grey)
    }
}
