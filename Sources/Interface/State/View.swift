/// How the session is looked at: the size of the screen, what lies on it, and what moves by itself.
public struct View: Equatable, Sendable {
    /// A pane that can have the keys.
    public enum Pane: Int, CaseIterable, Sendable { case steps, wire, lesson }

    /// How times are told on the wire.
    public enum Times: Int, CaseIterable, Sendable { case sinceStart, sinceLast, clock }

    /// A replay that goes on by itself.
    public struct Playback: Equatable, Sendable {
        var isRunning = false
        /// Times the recorded speed.
        public var speed = 1.0
        /// The longest pause in seconds.
        public var idleLimit = 2.0
        /// How long it stays at a stop at least, in seconds.
        public var pace = 2.0
    }

    public var columns = 80
    public var rows = 24

    var pane = Pane.wire
    var isZoomed = false
    var showsHex = false
    /// Whether the octets under the current line of a wide screen are turned off.
    var hidesOctets = false
    var showsLineEnds = false
    var times = Times.sinceStart
    var isBlank = false

    /// Which key means what.
    public var bindings = KeyBindings.usual

    public var playback = Playback()
    /// Tells a timer that still counts from one that was called off.
    var timer = 0

    /// What lies over the panes.
    var overlay: Overlay.Open?
    /// What is searched for; empty when nothing is.
    var pattern = ""
    /// The lines that hold it, as far as they were looked through.
    var matches = Matches()
    /// One line about what just happened, shown until the next key.
    public var notice = ""
}

extension View {
    /// How far a press of PgDn goes.
    var pageRows: Int { max(3, rows / 2 - 2) }
}

extension View.Pane {
    var next: Self { after(1) }
    var previous: Self { after(Self.allCases.count - 1) }
    private func after(_ steps: Int) -> Self { Self(rawValue: (rawValue + steps) % Self.allCases.count) ?? .wire }
}

extension View.Times {
    var next: Self { Self(rawValue: (rawValue + 1) % Self.allCases.count) ?? .sinceStart }
}
