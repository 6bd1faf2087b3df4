import Glibc
import Screen
import Testing

@testable import Curses

/// Relative luminance of sRGB, 0...1 (WCAG 2 "relative luminance").
private func luminance(_ index: UInt8) -> Double? {
    guard let (red, green, blue) = Colours.rgb(index) else { return nil }
    let linear = { (level: Int) -> Double in
        let part = Double(level) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

private func contrast(_ one: UInt8, _ other: UInt8) -> Double? {
    guard let first = luminance(one), let second = luminance(other) else { return nil }
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
}

@Test(arguments: [(Theme.dark, 4.5), (.light, 4.5), (.contrast, 7)], Role.allCases)
func `every role can be read`(theme: (theme: Theme, least: Double), role: Role) throws {
    let look = Palette(theme.theme, colours: 256).look(role)
    let foreground = try #require(look.foreground)
    let background = try #require(look.background)
    let ratio = try #require(contrast(foreground, background), "a colour that terminals set as they like")
    #expect(ratio >= theme.least, "\(theme.theme) \(role): \(ratio)")
    #expect(!look.attributes.contains(.dim), "dim would take the contrast away")
}

@Test func `the formula of contrast is the known one`() throws {
    #expect(abs(try #require(contrast(16, 231)) - 21) < 0.001)
    #expect(Colours.rgb(208).map { [$0.red, $0.green, $0.blue] } == [255, 135, 0])
    #expect(Colours.rgb(234).map { [$0.red, $0.green, $0.blue] } == [28, 28, 28])
    #expect(Colours.rgb(15) == nil)
    #expect(Colours.number(208, count: 256) == 208)
    #expect(Colours.number(208, count: 1 << 24) == 0xFF8700)
    #expect(Colours.number(6, count: 1 << 24) == 6)
}

@Test(arguments: [
    (Theme.dark, 8, Theme.default), (.dark, 256, .dark), (.light, 16, .default), (.contrast, 0, .mono),
    (.default, 8, .default), (.default, 0, .mono), (.mono, 256, .mono), (.dark, 1 << 24, .dark),
])
func `the theme is what the terminal can do`(wanted: Theme, colours: Int, used: Theme) {
    #expect(Palette(wanted, colours: colours).theme == used)
}

@Test(arguments: [Theme.default, .mono], Role.allCases)
func `the terminal's own colours are those of 8, and never a background`(theme: Theme, role: Role) {
    let look = Palette(theme, colours: theme == .mono ? 0 : 8).look(role)
    #expect(look.background == nil)
    #expect(look.foreground.map { $0 < 8 && theme != .mono } ?? true)
    // Blue on black, black on black and white on white cannot be read; yellow on white only when it is the background.
    #expect(![0, 4, 7].contains(look.foreground ?? 1))
    #expect(look.foreground != 3 || look.attributes.contains(.reverse))
}

@Test(arguments: Theme.allCases)
func `what has the eye stands out without colour`(theme: Theme) {
    let palette = Palette(theme, colours: theme == .mono ? 0 : 256)
    let plain = palette.look(.plain)
    for role in [
        Role.cursor, .span, .now, .failed, .error, .finding, .title, .heading, .frameFocused, .key, .match,
        .transientFailure, .permanentFailure,
    ] {
        let look = palette.look(role)
        let ownBackground = look.background != plain.background
        #expect(!look.attributes.subtracting(.dim).isEmpty || ownBackground, "\(role)")
    }
    #expect(palette.look(.span) != palette.look(.cursor))
    #expect(palette.look(.frame) != palette.look(.frameFocused))
    #expect(palette.look(.tocome) != palette.look(.now))
}

@Test(arguments: Theme.allCases.filter { $0 != .mono })
func `the four classes of replies have four colours`(theme: Theme) {
    let palette = Palette(theme, colours: theme == .default ? 8 : 256)
    let classes: [Role] = [.positive, .intermediate, .transientFailure, .permanentFailure]
    #expect(Set(classes.map { palette.look($0).foreground }).count == 4)
}

@Test func `emphasis is added to the role`() {
    let palette = Palette(.default, colours: 8)
    #expect(palette.look(.dim, .bold).attributes == .bold)
    #expect(palette.look(.plain, [.underline, .italic]).attributes == [.underline, .italic])
    #expect(palette.look(.plain, .reverse).attributes == .reverse)
    #expect(palette.look(.span, .reverse).attributes == [.bold, .reverse])
}

@Test(arguments: Theme.allCases) func `what is reversed can be seen, whatever its role looks like`(theme: Theme) {
    let palette = Palette(theme, colours: theme == .default || theme == .mono ? 8 : 256)
    let ground = { (look: Look) in look.attributes.contains(.reverse) ? look.foreground : look.background }
    let plain = palette.look(.plain)
    for role in Role.allCases {
        let reversed = palette.look(role, .reverse)
        let isSeen = reversed.attributes.contains(.reverse) != plain.attributes.contains(.reverse)
        #expect(isSeen || ground(reversed) != ground(plain), "\(role)")
        if plain.background != nil { #expect(ground(reversed) != ground(plain), "\(role)") }
    }
}
