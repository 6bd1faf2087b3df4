public import Tracing

/// The findings among the lines shown, in order, each looked up when it is asked for.
public struct ShownFindings: RandomAccessCollection {
    let trace: Trace
    public let count: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(number: Int) -> (line: Int, finding: Finding) {
        guard let (line, among) = trace.foundIndex.position(of: number) else {
            preconditionFailure("there is no finding \(number) among \(count)")
        }
        return (line, trace.lines[line].findings[among])
    }
}
