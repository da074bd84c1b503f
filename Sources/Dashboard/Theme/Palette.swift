/// The colours a theme names. Everything else is mixed from them.
package struct Palette: Sendable {
    /// nil for the terminal's own.
    package var background: Swatch?
    /// The colour of `background`, or the one that it is taken for: contrast is measured against it.
    package var ground: Swatch
    package var selected: Swatch?
    package var selectedText: Swatch
    package var overlay: Swatch?
    package var text: Swatch
    package var dim: Swatch
    package var faint: Swatch
    package var title: Swatch
    package var key: Swatch
    package var logo: Swatch
    package var ok: Swatch
    package var warn: Swatch
    package var crit: Swatch
    package var onBanner: Swatch
    /// In the order of `PanelKind`.
    package var boxes: [Swatch]
    /// In the order of `Gradient`.
    package var scales: [Scale]

    func box(_ kind: PanelKind) -> Swatch {
        let index = kind.rawValue - 1
        return boxes.indices.contains(index) ? boxes[index] : dim
    }

    func scale(_ gradient: Gradient) -> Scale {
        scales.indices.contains(gradient.rawValue) ? scales[gradient.rawValue] : Scale(dim, text, title)
    }
}
