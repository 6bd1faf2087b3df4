/// What two captures of one packet have in common. A packet that passed two interfaces, or was captured in a tunnel and outside of
/// it, is one; what came again in the same place was sent again.
struct Twin: Hashable {
    private var sequence: UInt32
    private var acknowledgement: UInt32
    private var length: UInt32
    private var marks: UInt16
    private var digest: UInt16

    init(_ segment: Segment) {
        (sequence, acknowledgement, length) = (segment.sequence, segment.acknowledgement, segment.length)
        (marks, digest) = (segment.marks.subtracting(.isApart).rawValue, segment.digest)
    }

    /// Takes the second of each two out of its connection; returns how many.
    static func drop(_ flows: inout [Flow], _ segments: inout [Segment]) -> Int {
        var dropped = 0
        for number in flows.indices where flows[number].hasSeveralPaths && flows[number].kind != .other {
            var paths: [Twin: UInt16] = [:]
            var previous = Segment.none
            var index = flows[number].first
            while index != Segment.none {
                let segment = segments[Int(index)]
                let twin = Twin(segment)
                if paths[twin, default: segment.path] == segment.path {
                    paths[twin] = segment.path
                    previous = index
                } else {
                    segments[Int(previous)].next = segment.next
                    dropped += 1
                }
                index = segment.next
            }
            flows[number].last = previous
        }
        return dropped
    }
}
