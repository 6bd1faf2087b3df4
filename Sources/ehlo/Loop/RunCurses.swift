import Interface
import Lessons
import Screen

/// Walks through a session in the three panes until the person leaves. Answers the exit status.
///
/// Everything that can fail before the screen is taken fails before, so that the message can be read.
func runCurses(_ source: WalkSource, _ settings: Settings) throws -> Int32 {
    let library = try openLibrary(settings)
    let glyphs: Glyphs = settings.isASCII ? .ascii : .unicode
    let loop = try Loop(source, settings, Interface.Environment(library: library, glyphs: glyphs))
    return loop.run()
}
