import Screen

/// How the roles look. Names are those of `--theme`.
public enum Theme: String, CaseIterable, Sendable {
    /// The terminal's own colours, readable on a light and on a dark background.
    case `default`
    /// Colours of the 256 with a dark background of their own.
    case dark
    /// Colours of the 256 with a light background of their own.
    case light
    /// Black, white and few strong colours, for a beamer or weak eyes.
    case contrast
    /// No colour at all.
    case mono
}

/// How a terminal shows a cell.
public struct Look: Hashable, Sendable {
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let bold = Attributes(rawValue: 1)
        public static let dim = Attributes(rawValue: 2)
        public static let italic = Attributes(rawValue: 4)
        public static let underline = Attributes(rawValue: 8)
        public static let reverse = Attributes(rawValue: 16)
    }
    /// A colour of the terminal's 256, nil for the one it has by itself.
    public var foreground: UInt8?
    public var background: UInt8?
    public var attributes: Attributes

    public init(_ foreground: UInt8? = nil, on background: UInt8? = nil, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}

/// From what a cell means to how it looks: the only place where colours are chosen.
///
/// No role relies on colour alone: a pane marks it by a glyph or a place, and where two roles meet in one place,
/// attributes tell them apart as well.
public struct Palette: Sendable {
    public let theme: Theme
    private let looks: [Role: Look]

    /// A palette for a terminal with so many colours: fewer than 256 leave the default theme, fewer than 8 leave mono.
    public init(_ theme: Theme, colours: Int) {
        let wanted = theme == .default || theme == .mono || colours >= 256 ? theme : .default
        self.theme = colours < 8 ? .mono : wanted
        switch self.theme {
        case .default: looks = Self.defaultLooks
        case .dark: looks = Self.darkLooks
        case .light: looks = Self.lightLooks
        case .contrast: looks = Self.contrastLooks
        case .mono: looks = Self.monoLooks
        }
    }

    public func look(_ role: Role, _ emphasis: Emphasis = []) -> Look {
        var look = looks[role] ?? looks[.plain] ?? Look()
        if emphasis.contains(.bold) {
            look.attributes.insert(.bold)
            look.attributes.remove(.dim)
        }
        if emphasis.contains(.italic) { look.attributes.insert(.italic) }
        if emphasis.contains(.underline) { look.attributes.insert(.underline) }
        if emphasis.contains(.reverse), !isReversed(look) { look.attributes.insert(.reverse) }
        return look
    }

    /// Whether a look has the ground of the screen for its letters already: reversed once more it would look like any other, and
    /// what is selected could not be seen.
    private func isReversed(_ look: Look) -> Bool {
        let ground = looks[.plain]?.background
        return look.attributes.contains(.reverse) || look.background != ground && look.foreground == ground
    }
}

extension Palette {
    // Red, green, magenta and cyan alone: blue cannot be read on black, nor yellow on white, in the colours that
    // most terminals have.
    static let defaultLooks: [Role: Look] = [
        .plain: Look(),
        .dim: Look(nil, .dim),
        .title: Look(nil, .bold),
        .heading: Look(nil, [.bold, .underline]),
        .client: Look(6, .bold),
        .server: Look(2),
        .positive: Look(2),
        .intermediate: Look(6),
        .transientFailure: Look(5, .bold),
        .permanentFailure: Look(1, .bold),
        .lookup: Look(5),
        .link: Look(5, .dim),
        .done: Look(2),
        .now: Look(nil, [.bold, .reverse]),
        .tocome: Look(nil, .dim),
        .failed: Look(1, .bold),
        .finding: Look(1, .underline),
        .cursor: Look(nil, .bold),
        .span: Look(nil, [.bold, .reverse]),
        .key: Look(6, .bold),
        .code: Look(6),
        .quote: Look(nil, .italic),
        .url: Look(nil, .underline),
        .frame: Look(nil, .dim),
        .frameFocused: Look(6, .bold),
        .control: Look(5, .reverse),
        .secret: Look(nil, [.dim, .reverse]),
        .error: Look(1, [.bold, .reverse]),
        .match: Look(3, .reverse),
    ]

    static let monoLooks: [Role: Look] = defaultLooks.mapValues { Look(nil, $0.attributes) }
        .merging([
            .control: Look(nil, .reverse), .match: Look(nil, [.underline, .reverse]), .key: Look(nil, .bold),
            .code: Look(nil, .bold),
        ]) { $1 }

    static let darkLooks = looks(
        on: 234,
        [
            .plain: Look(252), .dim: Look(246), .title: Look(231, .bold), .heading: Look(222, .bold),
            .client: Look(117, .bold), .server: Look(150),
            .positive: Look(150), .intermediate: Look(159), .transientFailure: Look(221, .bold),
            .permanentFailure: Look(210, .bold), .lookup: Look(183), .link: Look(146),
            .done: Look(108), .now: Look(16, on: 222, .bold), .tocome: Look(245), .failed: Look(210, .bold),
            .finding: Look(215, .underline), .cursor: Look(231, on: 238, .bold), .span: Look(16, on: 117, .bold),
            .key: Look(222, .bold), .code: Look(159), .quote: Look(250, .italic), .url: Look(111, .underline),
            .frame: Look(245), .frameFocused: Look(222, .bold), .control: Look(231, on: 96),
            .secret: Look(16, on: 246), .error: Look(231, on: 124, .bold), .match: Look(16, on: 220, .bold),
        ]
    )

    static let lightLooks = looks(
        on: 231,
        [
            .plain: Look(235), .dim: Look(241), .title: Look(16, .bold), .heading: Look(88, .bold),
            .client: Look(25, .bold), .server: Look(22),
            .positive: Look(22), .intermediate: Look(24), .transientFailure: Look(94, .bold),
            .permanentFailure: Look(124, .bold), .lookup: Look(91), .link: Look(60),
            .done: Look(28), .now: Look(231, on: 88, .bold), .tocome: Look(242), .failed: Look(124, .bold),
            .finding: Look(130, .underline), .cursor: Look(16, on: 254, .bold), .span: Look(231, on: 25, .bold),
            .key: Look(88, .bold), .code: Look(24), .quote: Look(239, .italic), .url: Look(26, .underline),
            .frame: Look(242), .frameFocused: Look(88, .bold), .control: Look(231, on: 96),
            .secret: Look(231, on: 240), .error: Look(231, on: 124, .bold), .match: Look(16, on: 220, .bold),
        ]
    )

    static let contrastLooks = looks(
        on: 16,
        [
            .plain: Look(231), .dim: Look(252), .title: Look(231, [.bold, .underline]), .heading: Look(226, .bold),
            .client: Look(51, .bold), .server: Look(120),
            .positive: Look(120), .intermediate: Look(159), .transientFailure: Look(226, .bold),
            .permanentFailure: Look(217, .bold), .lookup: Look(225), .link: Look(225),
            .done: Look(120), .now: Look(16, on: 226, .bold), .tocome: Look(252), .failed: Look(217, .bold),
            .finding: Look(220, [.bold, .underline]), .cursor: Look(16, on: 252, .bold),
            .span: Look(16, on: 51, .bold), .key: Look(226, .bold), .code: Look(159), .quote: Look(231, .italic),
            .url: Look(231, .underline), .frame: Look(252), .frameFocused: Look(226, .bold),
            .control: Look(16, on: 225, .bold), .secret: Look(16, on: 252), .error: Look(231, on: 124, .bold),
            .match: Look(16, on: 220, [.bold, .underline]),
        ]
    )

    private static func looks(on background: UInt8, _ looks: [Role: Look]) -> [Role: Look] {
        looks.mapValues { Look($0.foreground, on: $0.background ?? background, $0.attributes) }
    }
}
