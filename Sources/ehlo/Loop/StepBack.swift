import Glibc

/// Serving goes before explaining: the calling thread, which traces and prints, steps back behind the others of this program.
/// No further than that, or it would stand still on a machine that has other work. What it falls behind is bounded, since
/// servers read no more of a conversation than is taken up.
func stepBack() { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5) }
