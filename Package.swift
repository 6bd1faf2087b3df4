// swift-tools-version: 6.2
import PackageDescription

/// Our own code builds without a warning or not at all.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// What tests spend their time in is optimized in a debug build, too: with that they take a quarter of the processor's time.
/// Arithmetic still traps, and tests still see what is internal.
let quick = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A release carries Swift's libraries within itself: it starts in half the time and runs where no Swift is installed. It reads
/// what strangers wrote: so it is loaded at an address nobody can know, and its tables of addresses are closed at the start.
let standalone =
    ["-static-stdlib", "-use-ld=lld", "-Xclang-linker", "-pie"]
    + ["-z", "relro", "-z", "now"].flatMap { ["-Xlinker", $0] }
    + ["CoreFoundation", "_FoundationICU", "_FoundationCShims", "_FoundationCollections"].map { "-l\($0)" }

/// A folder of archives that `Sources/Packaging/make-deb` names: the libraries that are linked into the program of the package,
/// since their own packages have other names on other systems. Found there first, they are not looked for by pkg-config.
let archives = Context.environment["EHLO_ARCHIVES"]
let packaged = archives.map { ["-L", $0] + ["--icf=safe", "-O2"].flatMap { ["-Xlinker", $0] } } ?? []

/// What `Tests/Fuzz/run` builds and nothing else does: its `main` is libFuzzer's.
let fuzzers: [Target] =
    Context.environment["EHLO_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "SMTP", "DNS", "Tracing", "Captures", "Lessons", "Interchange", "COpenSSL", "Cryptography",
            ],
            path: "Tests/Fuzz/Targets",
            swiftSettings: strict
        )
    ]

let package = Package(
    name: "ehlo",
    products: [.executable(name: "ehlo", targets: ["ehlo"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ],
    targets: [
        // The protocol, without any input or output.
        .target(name: "Notation", swiftSettings: quick),
        .target(name: "SMTP", dependencies: ["Notation"], swiftSettings: quick),
        .target(name: "DNS", dependencies: ["Notation"], swiftSettings: quick),
        .target(name: "Tracing", dependencies: ["Notation", "SMTP", "DNS"], swiftSettings: quick),

        // What libcrypto does for us, without a socket.
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: archives != nil ? nil : "openssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .target(
            name: "Cryptography",
            dependencies: ["Notation", "SMTP", "DNS", "Tracing", "COpenSSL"],
            swiftSettings: strict
        ),

        // Packets, and the sessions in them.
        .target(
            name: "Captures",
            dependencies: ["Notation", "SMTP", "DNS", "Tracing", "Cryptography"],
            swiftSettings: quick
        ),

        // What explains it, and files.
        .systemLibrary(
            name: "CCmark",
            pkgConfig: archives != nil ? nil : "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]
        ),
        .target(
            name: "Lessons",
            dependencies: [
                "Notation", "SMTP", "Tracing", "CCmark",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [.copy("../../lessons")],
            swiftSettings: quick
        ),
        .target(name: "CCompression"),
        .target(
            name: "Interchange",
            dependencies: [
                "Notation", "SMTP", "DNS", "Tracing", "Lessons", "Captures", "CCompression", "Cryptography",
            ],
            swiftSettings: quick
        ),

        .target(
            name: "Explain",
            dependencies: ["SMTP", "Tracing", "Lessons", "Interchange"],
            swiftSettings: strict
        ),

        // Sockets.
        .systemLibrary(
            name: "CAres",
            pkgConfig: archives != nil ? nil : "libcares",
            providers: [.apt(["libc-ares-dev"])]
        ),
        .target(
            name: "Networking",
            dependencies: [
                "Notation", "SMTP", "DNS", "Tracing", "CAres", "COpenSSL", "Cryptography",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // What runs behind a face.
        .target(
            name: "Stage",
            dependencies: ["Notation", "SMTP", "Tracing", "Networking"],
            swiftSettings: strict
        ),

        // The screen. No pkgConfig for ncursesw: its -D flags make SwiftPM warn on every build.
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
        .target(name: "CTerminalGuard"),
        .target(name: "Screen", swiftSettings: quick),
        .target(name: "Interface", dependencies: ["SMTP", "Tracing", "Lessons", "Screen"], swiftSettings: quick),
        .target(
            name: "Curses",
            dependencies: ["Notation", "Screen", "CNcurses", "CTerminalGuard"],
            swiftSettings: strict
        ),

        // In the place of what Foundation brings along and nobody here uses.
        .target(name: "CICUData"),

        .executableTarget(
            name: "ehlo",
            dependencies: [
                "CICUData",
                "Notation", "SMTP", "DNS", "Tracing", "Captures", "Lessons", "Interchange", "Explain", "Networking",
                "Stage", "Cryptography",
                "Screen", "Interface", "Curses",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(standalone + packaged, .when(configuration: .release))
            ]
        ),

        // Tests, one target a module.
        .target(name: "CPTYSupport", path: "Tests/CPTYSupport", linkerSettings: [.linkedLibrary("util")]),
        .target(
            name: "ScreenSupport",
            dependencies: ["Screen"],
            path: "Tests/ScreenSupport",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "TerminalProbe",
            dependencies: ["Screen", "Curses"],
            path: "Tests/CursesTests/Probe",
            swiftSettings: strict
        ),
        .testTarget(name: "NotationTests", dependencies: ["Notation"], swiftSettings: strict),
        .testTarget(
            name: "SMTPTests",
            dependencies: ["Notation", "SMTP"],
            exclude: ["Dialogs"],
            swiftSettings: strict
        ),
        .testTarget(name: "DNSTests", dependencies: ["DNS"], swiftSettings: strict),
        .testTarget(
            name: "TracingTests",
            dependencies: ["Tracing", "SMTP", "DNS"],
            exclude: ["Traced", "Situations/Recorded"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CryptographyTests",
            dependencies: ["Cryptography", "Notation", "Tracing", "SMTP"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CapturesTests",
            dependencies: ["Captures", "Cryptography", "Notation", "Tracing", "SMTP", "DNS"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LessonsTests",
            dependencies: ["Lessons", "Tracing", "SMTP", "DNS"],
            exclude: ["Fixtures", "Personas"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "InterchangeTests",
            dependencies: ["Interchange", "Lessons", "Tracing", "SMTP", "DNS"],
            exclude: ["Captures", "Goldens", "MailLogs", "Swaks", "Transcripts"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ExplainTests",
            dependencies: ["Explain", "Interchange", "Lessons", "Tracing"],
            exclude: ["Lines.tsv", "Replies.tsv", "Texts"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NetworkingTests",
            dependencies: [
                "Networking", "Cryptography", "Notation", "DNS", "SMTP", "Stage", "Tracing",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StageTests",
            dependencies: ["Stage", "Networking", "SMTP", "Tracing"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScreenTests",
            dependencies: ["Screen", "ScreenSupport"],
            exclude: ["Screens"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "InterfaceTests",
            dependencies: ["Interface", "Screen", "ScreenSupport", "Lessons", "Tracing", "SMTP"],
            exclude: ["Screens", "Lessons"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CursesTests",
            dependencies: ["Curses", "Screen", "CPTYSupport", "TerminalProbe"],
            exclude: ["Probe"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EhloTests",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                "ehlo", "Cryptography", "Interchange", "Interface", "Lessons", "Networking", "SMTP", "Screen",
                "ScreenSupport", "Tracing",
            ],
            exclude: ["SecretNotes"],
            swiftSettings: strict
        ),
        .testTarget(name: "EndToEndTests", dependencies: ["ehlo", "CPTYSupport"], swiftSettings: strict),
        .testTarget(name: "HouseTests", dependencies: ["Interface", "SMTP", "Tracing"], swiftSettings: strict),
    ] + fuzzers,
    swiftLanguageModes: [.v6]
)
