import Foundation
import Interchange
import Lessons
import Testing
import Tracing

/// What of JSON Schema our own schema uses, read as another program reads it.
private struct SchemaWalk {
    let root: [String: Any]

    init(_ text: String) throws {
        root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// What is wrong with a value, each with its place; empty when nothing is.
    func faults(_ value: Any) -> [String] { faults(value, root, "") }

    private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        let known: Set = [
            "$schema", "$defs", "title", "description", "anyOf", "$ref", "type", "properties", "required",
            "additionalProperties", "items", "enum", "const", "minimum", "maximum",
        ]
        var found = schema.keys.filter { !known.contains($0) }.map { "\(place): the keyword \($0) is not walked" }
        if let name = schema["$ref"] as? String {
            guard let target = definition(name) else { return ["\(place): \(name) is not there"] }
            found += faults(value, target, place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]],
            !choices.contains(where: { faults(value, $0, place).isEmpty })
        {
            found += ["\(place): none of the choices fits"] + choices.flatMap { faults(value, $0, place) }
        }
        if let type = schema["type"] {
            let types = type as? [String] ?? [type as? String ?? ""]
            if !types.contains(where: { Self.isOf($0, value) }) { found.append("\(place): no \(types)") }
        }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            found.append("\(place): \(value) is none of \(words)")
        }
        if let constant = schema["const"] as? Int, constant != value as? Int {
            found.append("\(place): not \(constant)")
        }
        if let number = value as? Double, Self.isOf("number", value) {
            if let least = schema["minimum"] as? Double, number < least { found.append("\(place): under \(least)") }
            if let most = schema["maximum"] as? Double, number > most { found.append("\(place): over \(most)") }
        }
        if let items = schema["items"] as? [String: Any], let all = value as? [Any] {
            found += all.flatMap { faults($0, items, place + "[]") }
        }
        return found + fieldFaults(value, schema, place)
    }

    private func fieldFaults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let fields = value as? [String: Any] else { return [] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { fields[$0] == nil }.map {
            "\(place).\($0) is missing"
        }
        for (name, value) in fields {
            if let property = properties[name] {
                found += faults(value, property, "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place).\(name) is not told of")
            }
        }
        return found
    }

    private func definition(_ reference: String) -> [String: Any]? {
        (root["$defs"] as? [String: [String: Any]])?[String(reference.dropFirst("#/$defs/".count))]
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "null": value is NSNull
        case "integer": value is NSNumber && (value as? Double).map { $0 == $0.rounded() } ?? false
        case "number": value is NSNumber
        default: false
        }
    }
}

@Suite struct JSONSchemaTests {
    /// What is recorded, pasted and logged: each has fields of its own.
    @Test(arguments: [
        (Places.lessons + "/sessions", ".ehlo"), (LoggedCase.folder.path, ".txt"),
        (TranscriptFixtures.folder.path, ".txt"),
    ])
    func `every object of every session is as the schema has it`(folder: String, ending: String) throws {
        let walk = try SchemaWalk(JSONSchema.text)
        let library = try LessonLibrary(root: Places.lessons)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count > 5)
        var kinds: Set<String> = []
        for name in names where name.hasSuffix(ending) {
            var export = JSONExport(library: library)
            guard let file = try? SessionFile.read(folder + "/" + name) else { continue }
            for recording in file.sessions {
                let trace = Tracer.trace(of: recording.events)
                let objects =
                    [export.object(recording, trace, session: 0)] + trace.lines.map { export.object($0, session: 0) }
                for object in objects {
                    let value = try JSONSerialization.jsonObject(with: Data(object.utf8))
                    #expect(walk.faults(value) == [], "\(name): \(object)")
                    kinds.formUnion((value as? [String: Any])?.keys.map { $0 } ?? [])
                }
            }
        }
        #expect(kinds.isSuperset(of: ["verdict", "spans", "findings", "answers", "tls"]))
        if ending == ".ehlo" { #expect(kinds.contains("octets")) }
        if folder == LoggedCase.folder.path { #expect(kinds.contains("inferred")) }
    }

    @Test func `the schema allows neither less nor more than there is`() throws {
        let walk = try SchemaWalk(JSONSchema.text)
        let recording = try #require(try SessionFile.read(Places.lessons + "/sessions/seed.ehlo").sessions.first)
        let export = JSONExport(library: try LessonLibrary(root: Places.lessons))
        let trace = Tracer.trace(of: recording.events)
        let object = export.object(recording, trace, session: 0)
        for (good, bad) in [
            ("\"kind\":\"session\"", "\"kind\":\"other\""), ("\"schema\":2", "\"schema\":\"2\""),
            ("\"holder\":\"", "\"holder\":\"x"), ("\"began\":", "\"more\":1,\"began\":"), ("\"source\":", "\"sauce\":"),
        ] {
            #expect(object.contains(good))
            let value = try JSONSerialization.jsonObject(
                with: Data(object.replacingOccurrences(of: good, with: bad).utf8)
            )
            #expect(walk.faults(value) != [], "\(bad)")
        }
    }
}
