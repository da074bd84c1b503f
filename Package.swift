// swift-tools-version: 6.2
import PackageDescription

let testSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Of a release build the program is to be fast, not its tests: without optimisation they compile in half the time.
let unoptimised: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// Generic types are made by functions that the compiler writes, which know the conformances. Made from a name, as is usual,
// each type of a set, a dictionary or a range takes a search through all conformances in the program, 300 000 instructions.
let quickStart: [SwiftSetting] = [
    .unsafeFlags(["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"], .when(configuration: .release))
]

// Tests poke at memory on purpose; `unsafe` before every `#expect` would only hide the sentence.
let settings = testSettings + quickStart + [.strictMemorySafety()]

/// A target of ours: the same settings everywhere, dependencies as in Sources/README.md.
func library(
    _ name: String, _ dependencies: Target.Dependency..., exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: Target.Dependency..., exclude: [String] = [], settings: [SwiftSetting] = testSettings + unoptimised
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "highwater",
    products: [
        .executable(name: "highwater", targets: ["highwater"]),
        .library(name: "highwater-probe", type: .dynamic, targets: ["Probe"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C fences: a module map, and a named function for each macro we need.
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // The layout of the memory that the probe and its reader share.
        .systemLibrary(name: "CSegment"),

        // C of our own, for what cannot be said in Swift.
        .target(name: "CMalloc"),
        .target(name: "CProcess"),
        .target(name: "CManual"),

        // What goes into somebody else's server: C alone. SwiftPM links every product with the Swift runtime; Link has
        // a list of its libraries that is empty. A wrapper's rare part as a function of its own would take the wrapper
        // for the caller (`HW_CALLER`).
        .target(
            name: "Probe", exclude: ["Link"], cSettings: [.unsafeFlags(["-fvisibility=hidden", "-Xclang", "-fno-split-cold-code"])],
            linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib", "-resource-dir", "\(Context.packageDirectory)/Sources/Probe/Link"])]),

        library("Memory", "CMalloc"),
        library("Loop", "Memory", "CLibuv"),
        library("TLS", "Files", "Memory", "COpenSSL"),
        library("HTTP1", "Memory"),
        library("HTTP2", "Memory", "CNghttp2"),
        library("Files"),
        library("Measurements", "CZlib", .product(name: "Histogram", package: "hdrhistogram-swift")),
        library("Load", "Measurements", "Memory"),
        library("Recording", "Files", "Load", "Measurements", "CZlib"),
        library("Reports", "Files", "Measurements", "Load", "Recording"),
        // Its scenarios lie within the program: beside it they would be lost when it is moved.
        library("Workload", "Measurements", "Load", "Reports", "CYAML",
                resources: [.embedInCode("Scenarios")]),
        library("Transport", "Loop", "TLS", "Memory", "Measurements"),
        library("Server", "Transport", "Loop", "TLS", "HTTP1", "HTTP2", "Memory", "Load", "Measurements"),
        library("Client", "Transport", "Loop", "TLS", "HTTP1", "HTTP2", "Memory", "Measurements", "Load"),
        library("Experiment", "HTTP1", "HTTP2", "Server", "Client", "Workload", "Measurements", "Load", "Recording", "Reports", "Files", "TLS", "Loop", "Watch", "CProcess"),
        // Its maps of other servers' metrics lie within the program, as the scenarios do.
        library("Watch", "Files", "Measurements", "CSegment", "CProcess",
                resources: [.embedInCode("Maps")]),
        // Its files lie in the top-level Themes, and within the program: beside it they would be lost when it is moved.
        .target(name: "Themes", resources: [.embedInCode("Files")], swiftSettings: settings),
        library("Dashboard", "Measurements", "Load", "Themes", exclude: ["README.md"]),
        library("Terminal", "CNcurses", "Dashboard"),
        .executableTarget(
            name: "highwater",
            dependencies: [
                "Experiment", "Watch", "Dashboard", "Terminal", "Workload", "Measurements", "Load", "Recording", "Reports", "Files", "CManual",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // The changelog has the version, and lies within the program.
            resources: [.embedInCode("changelog")],
            swiftSettings: settings
        ),

        // A raw peer, ways to wait, and the like, for more than one of the test targets.
        .target(name: "TestSupport", dependencies: ["Memory", "TLS"], path: "Tests/TestSupport", swiftSettings: testSettings + unoptimised),
        // For Tests/Benchmarks/tls.
        .executableTarget(
            name: "TLSBenchmark", dependencies: ["TLS", "Memory"], path: "Tests/Benchmarks/TLSBenchmark", swiftSettings: testSettings),
        // Samples whose every number is known.
        .target(name: "SampleSupport", dependencies: ["Measurements"], path: "Tests/SampleSupport", swiftSettings: testSettings + unoptimised),
        tests("MemoryTests", "Memory", "TestSupport"),
        tests("HTTP1Tests", "HTTP1", "Memory"),
        tests("HTTP2Tests", "HTTP2", "Memory", "TestSupport"),
        tests("MeasurementsTests", "Measurements", "SampleSupport"),
        tests("LoadTests", "Load", "Measurements"),
        tests("RecordingTests", "Recording", "Measurements", "SampleSupport", "TestSupport", exclude: ["Fixtures"]),
        tests("ReportsTests", "Reports", "Recording", "Load", "Measurements", "SampleSupport"),
        tests("WorkloadTests", "Workload", "Measurements", "Load", "Recording", "Reports", exclude: ["Fixtures"]),
        tests("DashboardTests", "Dashboard", "Measurements", "Load", "Memory", exclude: ["Golden"]),
        tests("TerminalTests", "Terminal", "Dashboard", "Measurements", "Load", "TestSupport"),
        tests("LoopTests", "Loop", "Memory", "TestSupport"),
        tests("TLSTests", "TLS", "Memory", "TestSupport"),
        tests("ServerTests", "Server", "TLS", "HTTP1", "HTTP2", "Loop", "Load", "Measurements", "Memory", "TestSupport"),
        tests("ClientTests", "Client", "Server", "TLS", "HTTP2", "Loop", "Measurements", "Load", "Memory", "TestSupport"),
        tests("ExperimentTests", "Experiment", "Watch", "Workload", "Measurements", "Load", "Recording", "Reports", "TestSupport"),
        tests("WatchTests", "Watch", "Measurements", "TestSupport"),
        tests("ProgramTests", "TestSupport"),
        // Reads all of the sources with regular expressions.
        tests("StyleTests", settings: testSettings),
    ],
    swiftLanguageModes: [.v6]
)

// A stage of Tests/run names the targets that it does not test, and does not build them either.
let left = (Context.environment["HIGHWATER_WITHOUT"] ?? "").split(separator: " ").map(String.init)
package.targets.removeAll { left.contains($0.name) }
