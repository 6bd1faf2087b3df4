/// Where in the session the person is.
public struct Cursor: Equatable, Sendable {
    /// The line under the cursor; nil on the first page, before anything was shown.
    public internal(set) var line: Int?
    /// The span under the cursor; nil while the line as a whole is meant.
    public internal(set) var span: Int?
    /// Whether the person moved to this line, so that its own lesson is shown and not the step's.
    var choseLine = false
    /// Which card of the lesson is shown, and how far it is scrolled where it does not fit.
    var card = 0
    var cardScroll = 0
    /// How many lines have been shown so far.
    public internal(set) var reached: Int
    /// Whether the sub-steps of step 1 are shown one by one.
    var isSubmissionUnfolded = false
    /// The row under the cursor in the list of sessions.
    var choice = 0

    init(reached: Int = 0) { self.reached = reached }

    /// Goes to a line as a whole and to the beginning of its lesson; nil is the first page.
    mutating func stand(on line: Int?, chosen: Bool = false) {
        (self.line, span, choseLine) = (line, nil, chosen)
        turn(to: 0)
    }

    /// Shows a card of the lesson from its beginning.
    mutating func turn(to card: Int) { (self.card, cardScroll) = (card, 0) }
}
