import Glibc

/// What a fuzzer hands octets to: one reader, and the properties that hold whatever it is given.
protocol FuzzTarget: SendableMetatype {
    /// As `Tests/Fuzz/run` is told, and its seeds and its dictionary are called.
    static var name: String { get }
    /// Reads the octets and ends the program where a property does not hold.
    static func check(_ octets: [UInt8])
}

/// All of them, THE table.
private let targets: [any FuzzTarget.Type] = [
    CaptureTarget.self, TranscriptTarget.self, RecordingTarget.self, MessageTarget.self, LessonTarget.self,
    RecordTarget.self, KeyTarget.self, CertificateTarget.self, ProxyTarget.self, ObserverTarget.self,
]

/// The target that `EHLO_FUZZ_TARGET` names.
private let chosen: any FuzzTarget.Type = {
    let name = getenv("EHLO_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = targets.first(where: { $0.name == name }) else {
        fatalError("EHLO_FUZZ_TARGET is \(name); it may be " + targets.map { $0.name }.joined(separator: ", "))
    }
    return target
}()

/// What libFuzzer calls, many thousand times a second.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Ends the program, which the fuzzer reports with the octets that led there.
func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}
