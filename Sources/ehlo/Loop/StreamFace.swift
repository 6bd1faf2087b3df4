import Curses
import Glibc
import Interchange
import Lessons
import Stage

/// The sessions of a pipe as they come: as flat text, or in the panes.
struct StreamFace {
    private let input: StreamedInput
    private let settings: Settings
    private let library: LessonLibrary

    /// What the sessions are from, in messages too.
    private static let origin = "standard input"
    /// For how many seconds nothing may come before an unfinished step is printed.
    private static let quiet = 0.02

    init(_ input: StreamedInput, _ settings: Settings, _ library: LessonLibrary) {
        (self.input, self.settings, self.library) = (input, settings, library)
    }

    /// Shows them until the pipe ends, or the person leaves. Gives all that came where that has to be read as a file is.
    func show(onWait: () -> Void) throws -> [UInt8]? {
        guard settings.isPlain else { return try showInPanes(onWait: onWait) }
        let signals = EndSignals { [input] in input.stop() }
        let walk = input.start()
        switch input.begins(onWait: onWait) {
        case .whole(let octets):
            signals.endIfReceived()
            return octets
        case .failed(let error): throw error
        case .session: break
        }
        let plain = PlainConversations(walk, settings, library, source: Self.origin, quiet: Self.quiet)
        while plain.warnings == nil { try plain.follow() }
        Message.warn(plain.warnings ?? [], about: Self.origin)
        signals.endIfReceived()
        return nil
    }

    private func showInPanes(onWait: () -> Void) throws -> [UInt8]? {
        let walk = input.start { Terminal.wake() }
        switch input.begins(onWait: onWait) {
        case .whole(let octets): return octets
        case .failed(let error): throw error
        case .session: break
        }
        let invitation = ["Waiting for what comes through the pipe."]
        let source = ConversationSource(title: "pipe", origin: Self.origin, invitation: invitation, walk: walk)
        try runInCurses(.conversations(source), settings)
        return nil
    }
}
