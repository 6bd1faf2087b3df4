import CCmark

/// The library that reads markdown.
public enum MarkdownLibrary {
    /// Its name and version, as it runs: `cmark-gfm 0.29.0.gfm.6`.
    public static var version: String {
        "cmark-gfm " + (cmark_version_string().map { String(cString: $0) } ?? "of unknown version")
    }
}
