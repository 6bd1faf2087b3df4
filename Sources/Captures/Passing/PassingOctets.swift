/// The last octets of a connection that passes, in memory; each has a place, counted from the first that ever came.
final class PassingOctets {
    private var memory: UnsafeMutableRawBufferPointer
    /// The place of the first octet in memory, and how many there are.
    private var start = 0
    private(set) var count = 0

    init() { memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1) }

    deinit { memory.deallocate() }

    /// Keeps octets, and says at which place they stand. Windows that were given before are void.
    func append(_ content: Window) -> Int {
        if count + content.count > memory.count { grow(to: (count + content.count) * 2) }
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: content.buffer)
        defer { count += content.count }
        return start + count
    }

    private func grow(to size: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1024), alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }

    /// Keeps the last octets alone; says the place of the first that is still there.
    func keep(last most: Int) -> Int {
        let gone = count - most
        // Moving them each time would cost more than the memory is worth.
        guard count > 2 * most, let base = memory.baseAddress else { return start }
        base.copyMemory(from: base + gone, byteCount: most)
        (start, count) = (start + gone, most)
        return start
    }

    /// A part of what is kept; what is no longer kept is left out.
    func window(at place: Int, count wanted: Int) -> Window {
        let first = min(max(place, start), start + count)
        let end = min(max(first, place + max(0, wanted)), start + count)
        let base = memory.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        return Window(base: base + (first - start), place: first, count: end - first)
    }
}
