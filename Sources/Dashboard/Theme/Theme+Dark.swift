extension Theme {
    /// Ours: deep water, bright surface. Text is at 4.5:1 or better against its background, dim text at 3:1.
    package static let dark = Theme(
        name: "dark",
        palette: Palette(
            background: Swatch(0x0D1117, ansi: nil),
            selected: Swatch(0x1F3350, ansi: 4),
            overlay: Swatch(0x161D29, ansi: nil),
            text: Swatch(0xC9D3DF, ansi: nil),
            dim: Swatch(0x8792A2, ansi: 7),
            faint: Swatch(0x434D5C, ansi: 8),
            title: Swatch(0xF4F8FC, ansi: 15),
            key: Swatch(0xFFB454, ansi: 11),
            logo: Swatch(0x5CCFE6, ansi: 14),
            ok: Swatch(0x6BD68F, ansi: 10),
            warn: Swatch(0xF7C45C, ansi: 11),
            crit: Swatch(0xFF6B7A, ansi: 9),
            onBanner: Swatch(0x1A1204, ansi: 0),
            boxes: [
                Swatch(0x3E7F68, ansi: 2), Swatch(0x6A62A8, ansi: 5), Swatch(0x3F6F9E, ansi: 4),
                Swatch(0x9A6B3A, ansi: 3), Swatch(0x3A7F8C, ansi: 6), Swatch(0x6F8440, ansi: 2),
                Swatch(0x4E586A, ansi: 7),
            ],
            scales: [
                Scale(Swatch(0x1D7A66, ansi: 2), Swatch(0x37D399, ansi: 10), Swatch(0xC8F560, ansi: 11)),
                Scale(Swatch(0x2D62B0, ansi: 4), Swatch(0x45A5F5, ansi: 12), Swatch(0xA0E0FF, ansi: 14)),
                Scale(Swatch(0x6D3FB8, ansi: 5), Swatch(0xB573F0, ansi: 13), Swatch(0xF7B2FF, ansi: 15)),
                Scale(Swatch(0x34428F, ansi: 4), Swatch(0xC24A8E, ansi: 13), Swatch(0xFFD479, ansi: 11)),
                Scale(Swatch(0x4CC9A0, ansi: 10), Swatch(0xF5C451, ansi: 11), Swatch(0xF7506C, ansi: 9)),
                Scale(Swatch(0x2A86A8, ansi: 6), Swatch(0x52D0DE, ansi: 14), Swatch(0xFFC857, ansi: 11)),
                Scale(Swatch(0xF0506B, ansi: 9), Swatch(0xF0C350, ansi: 11), Swatch(0x57D08C, ansi: 10)),
            ]))
}
