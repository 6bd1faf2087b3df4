/// Keeps a loop from being entered again by what it does: the inner call comes back at once, for the outer one goes on.
struct OneAtATime {
    private var isInside = false

    /// Whether the loop may be entered; then `leave` has to be called when it is left.
    mutating func enter() -> Bool {
        guard !isInside else { return false }
        isInside = true
        return true
    }

    mutating func leave() { isInside = false }
}
