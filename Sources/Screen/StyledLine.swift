/// Text of one meaning and one emphasis.
public struct StyledRun: Equatable, Sendable {
    public var text: String
    public var role: Role
    public var emphasis: Emphasis

    public init(_ text: String, _ role: Role = .plain, emphasis: Emphasis = []) {
        self.text = text
        self.role = role
        self.emphasis = emphasis
    }
}

/// One line of runs, side by side.
public struct StyledLine: Equatable, Sendable {
    public var runs: [StyledRun]

    public init(_ runs: [StyledRun] = []) { self.runs = runs }

    public init(_ text: String, _ role: Role = .plain, emphasis: Emphasis = []) {
        runs = [StyledRun(text, role, emphasis: emphasis)]
    }

    /// The text without its meaning.
    public var text: String { runs.reduce(into: "") { $0 += $1.text } }

    /// The columns that the whole line takes when it is drawn.
    public var columns: Int { runs.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }

    /// Adds text at the end; a neighbour of the same style takes it in.
    public mutating func append(_ text: String, _ role: Role = .plain, emphasis: Emphasis = []) {
        guard !text.isEmpty else { return }
        if let last = runs.indices.last, runs[last].role == role, runs[last].emphasis == emphasis {
            runs[last].text += text
        } else {
            runs.append(StyledRun(text, role, emphasis: emphasis))
        }
    }

    public static func + (left: StyledLine, right: StyledLine) -> StyledLine { StyledLine(left.runs + right.runs) }
}
