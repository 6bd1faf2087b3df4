public import SMTP
public import Tracing

/// What happened. Named after the event, not after what should be done about it.
public enum Input: Equatable, Sendable {
    // Walking
    case nextPressed, previousPressed, nextStepPressed, previousStepPressed, enterPressed
    case spacePressed, fasterPressed, slowerPressed, timesPressed
    case goPressed, firstPressed, lastPressed, followPressed, troublePressed
    /// The line about to go in a live session: edit it, take the edit back.
    case editPressed, revertPressed
    /// Any line for a live session, in the place of the one about to go.
    case rawPressed
    // Looking
    case nextPanePressed, previousPanePressed, zoomPressed
    case upPressed, downPressed, pageUpPressed, pageDownPressed, leftPressed, rightPressed
    case nextCardPressed, previousCardPressed
    case searchPressed, nextMatchPressed, previousMatchPressed
    /// In a list of sessions: the column to sort by, and the order turned round.
    case columnBackPressed, columnOnPressed, reversePressed
    /// The next session that tells of the same thing, as the next hop of a mail.
    case hopPressed
    case hexPressed, lineEndsPressed, blankPressed
    /// The key of something that lies over the panes.
    case overlayPressed(Overlay)
    // Taking away
    case copyLinePressed, copySessionPressed, copyAsPressed, savePressed, mousePressed
    // Bringing along
    case pastePressed
    // Leaving
    case escapePressed, quitPressed, leavePressed, redrawPressed, suspendPressed
    /// While a prompt is open.
    case typed(Character), erased, erasedForward, erasedWord, erasedRest, erasedAll, pasted(String)
    case clicked(column: Int, row: Int)
    // From outside
    /// Conversations that began or changed.
    case conversed([Conversations.Row])
    /// The conversation that was asked for, as far as it is known.
    case conversationOpened(Conversations.Opened)
    /// What a list shows of the session under its cursor.
    case previewed(SessionList.Preview)
    /// Two sessions side by side, to be shown.
    case compared(Session.Comparison)
    /// More of the session is known; `finished` when no more will come.
    case traced(Trace, finished: Bool)
    /// So much of a recording was read.
    case read(TracedSoFar)
    /// The sandbox's servers stand at these ports.
    case listening(Session.Ports)
    /// A live session is about to do something, or nothing any more.
    case held(Session.Pending?)
    /// What the next step of the sandbox does, where its number does not say so; otherwise empty.
    case promised(String)
    /// Where a live session is, before what waits in it is told.
    case stands(CommandSequence.Phase, Hello)
    /// A live session waits for something, or for nothing any more.
    case awaiting(Session.Waiting?)
    /// The server's line under way is so far as this; empty when there is none.
    case growing([UInt8])
    case resized(columns: Int, rows: Int)
    case timerFired(Int)
    case noticed(String)
    /// A text that was pasted or opened is no dialogue, and this is what it is.
    case explained(ExplainedText)
    /// Nothing was saved under this name, since a file has it already.
    case nameTaken(path: String)
}

extension Input {
    /// Whether the person did it to what is on the screen, so that whatever lies on top has it first. What happens outside
    /// comes at any time, and the program can be left, stopped and drawn anew at any time.
    var isByHand: Bool {
        switch self {
        case .nextPressed, .previousPressed, .nextStepPressed, .previousStepPressed, .enterPressed, .spacePressed,
            .fasterPressed, .slowerPressed, .timesPressed, .goPressed, .firstPressed, .lastPressed, .followPressed,
            .troublePressed,
            .editPressed, .revertPressed, .rawPressed, .nextPanePressed, .previousPanePressed, .zoomPressed, .upPressed,
            .downPressed, .pageUpPressed, .pageDownPressed, .leftPressed, .rightPressed, .searchPressed,
            .nextCardPressed, .previousCardPressed, .nextMatchPressed, .previousMatchPressed, .columnBackPressed,
            .columnOnPressed, .reversePressed, .hopPressed,
            .hexPressed, .lineEndsPressed, .blankPressed, .overlayPressed,
            .copyLinePressed, .copySessionPressed, .copyAsPressed, .savePressed, .mousePressed, .pastePressed,
            .escapePressed, .quitPressed, .typed, .erased, .erasedForward, .erasedWord, .erasedRest, .erasedAll,
            .pasted, .clicked:
            true
        case .leavePressed, .redrawPressed, .suspendPressed: false
        case .conversed, .conversationOpened, .previewed, .compared, .traced, .read, .listening, .held, .promised,
            .stands,
            .awaiting,
            .growing,
            .resized,
            .timerFired, .noticed, .explained, .nameTaken:
            false
        }
    }
}

/// What the program must do to the world before it hears of it again as an `Input`.
public enum Effect: Equatable, Sendable {
    /// Let one step happen in the sandbox world, or in a live session what stands there.
    case release
    /// Send these octets in the place of what stands there.
    case send([UInt8])
    /// Send these octets beside what stands there, which is thought over anew when they are answered.
    case sendByHand([UInt8])
    /// The person said that the mail shall be delivered.
    case allowDelivery
    /// Break the live session off.
    case cancel
    case startTimer(seconds: Double, id: Int)
    case copy(String)
    /// Copy a text that stands nowhere on the screen, so that it is shown as well where copying may not work.
    case copyUnseen(String)
    /// Over a file that has the name already only when the person said so.
    case save(path: String, replacing: Bool)
    case open(choice: Int)
    /// Open the sessions in a text that the person pasted.
    case openPasted(String)
    /// Show the sessions that can be made of what is explained.
    case walkExplained
    /// Show this one of the conversations.
    case openConversation(number: Int)
    /// Put two sessions of a list side by side.
    case compare(left: Int, right: Int)
    /// Tell what became of this session of a list.
    case preview(number: Int)
    /// Nothing will be asked about this conversation any more.
    case forgetConversation(number: Int)
    case toggleMouse
    case redraw, suspend, exit
}
