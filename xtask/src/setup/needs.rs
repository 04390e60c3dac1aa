//! What building, testing and showing Detour needs, as data.

/// How much of the list a command needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To build the extension and the native host.
    Build,
    /// To run them in browsers against the lab as well.
    Play,
    /// To play scenes in other people's networks, without a browser.
    Networks,
    /// To build them, and to look at what they are built from.
    Check,
    /// Everything.
    All,
}

impl Scope {
    /// Whether what is needed for `other` is needed for this.
    pub(super) const fn covers(self, other: Self) -> bool {
        match self {
            Self::Build => matches!(other, Self::Build),
            Self::Play => matches!(other, Self::Build | Self::Play),
            // The lab is a part of it.
            Self::Networks => matches!(other, Self::Build | Self::Play | Self::Networks),
            Self::Check => matches!(other, Self::Build | Self::Check),
            Self::All => true,
        }
    }
}

/// One thing that has to be on the machine.
pub(crate) struct Need {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    pub(crate) scope: Scope,
    pub(crate) sign: Sign,
    pub(crate) source: Source,
}

/// What shows that a need is met. None of them starts a program when it is met: `setup` runs before
/// every demo and test, and has to be done in a blink.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// A program of this name is in PATH, in ~/.cargo/bin, or in target/tools/bin.
    Program(&'static str),
    /// One of these files exists.
    AnyFile(&'static [&'static str]),
    /// A standard library for wasm32 is installed or can be built.
    WasmCompiler,
    /// target/tools/npm holds what xtask/npm/package-lock.json asks for.
    NpmParts,
    /// The HTML manuals of Rust are there.
    RustManuals,
    /// Python can make virtual environments, or ours is already made.
    PythonVenv,
    /// target/tools/venv holds what xtask/python/requirements.txt asks for.
    PythonParts,
}

/// Where a need is fetched from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// Debian's (or a relative's) package of this name.
    Apt(&'static str),
    /// rustup's target, else Debian's compiler and the standard library's source.
    WasmCompiler,
    /// A program from crates.io, built into target/tools.
    Cargo {
        package: &'static str,
        version: &'static str,
    },
    Npm,
    Pip,
    /// rustup's component, else Debian's package.
    RustManuals,
    /// Nothing that a program should decide for its user; the text says how.
    ByHand(&'static str),
}

/// In the order in which they are installed and explained.
pub(crate) const NEEDS: &[Need] = &[
    Need {
        name: "wasm32 target",
        why: "compiles the extension's Rust to WebAssembly",
        scope: Scope::Build,
        sign: Sign::WasmCompiler,
        source: Source::WasmCompiler,
    },
    Need {
        name: "node",
        why: "runs wasm-opt, the manifest linter and the wasm boundary tests",
        scope: Scope::Build,
        sign: Sign::Program("node"),
        source: Source::ByHand("install Node.js 20 or newer, with npm"),
    },
    Need {
        name: "npm parts",
        why: "binaryen shrinks the wasm, web-ext lints the extension, axe-core tests accessibility, typescript checks the scripts",
        scope: Scope::Build,
        sign: Sign::NpmParts,
        source: Source::Npm,
    },
    Need {
        name: "cargo-deny",
        why: "holds licences, sources and known faults of dependencies against deny.toml (built from crates.io, some minutes, once)",
        scope: Scope::Check,
        sign: Sign::Program("cargo-deny"),
        source: Source::Cargo { package: "cargo-deny", version: "0.20.2" },
    },
    Need {
        name: "chromium",
        why: "one of the two browsers that the demo and the stories run in",
        scope: Scope::Play,
        sign: Sign::Program("chromium"),
        source: Source::Apt("chromium"),
    },
    Need {
        name: "chromedriver",
        why: "drives Chromium",
        scope: Scope::Play,
        sign: Sign::Program("chromedriver"),
        source: Source::Apt("chromium-driver"),
    },
    Need {
        name: "firefox-esr",
        why: "the other browser",
        scope: Scope::Play,
        sign: Sign::Program("firefox-esr"),
        source: Source::Apt("firefox-esr"),
    },
    Need {
        name: "xvfb",
        why: "a screen for browsers on machines without one",
        scope: Scope::Play,
        sign: Sign::Program("Xvfb"),
        source: Source::Apt("xvfb"),
    },
    Need {
        name: "a font",
        why: "text in the screenshots",
        scope: Scope::Play,
        sign: Sign::AnyFile(&[
            "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
            "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
            "/usr/share/fonts/TTF/DejaVuSans.ttf",
        ]),
        source: Source::Apt("fonts-dejavu-core"),
    },
    Need {
        name: "certutil",
        why: "lets the lab's browsers, and no others, trust the lab's own certificates",
        scope: Scope::Play,
        sign: Sign::Program("certutil"),
        source: Source::Apt("libnss3-tools"),
    },
    Need {
        name: "varnish",
        why: "the lab's edge servers",
        scope: Scope::Play,
        sign: Sign::Program("varnishd"),
        source: Source::Apt("varnish"),
    },
    Need {
        name: "nginx",
        why: "the lab's origin servers",
        scope: Scope::Play,
        sign: Sign::Program("nginx"),
        source: Source::Apt("nginx-light"),
    },
    Need {
        name: "ip",
        why: "gives the lab a network of its own that no packet leaves",
        scope: Scope::Play,
        sign: Sign::Program("ip"),
        source: Source::Apt("iproute2"),
    },
    Need {
        name: "unshare",
        why: "the same: a namespace for the lab",
        scope: Scope::Play,
        sign: Sign::Program("unshare"),
        source: Source::Apt("util-linux"),
    },
    Need {
        name: "geckodriver",
        why: "drives Firefox (no Debian package; built from crates.io, a minute or two, once)",
        scope: Scope::Play,
        sign: Sign::Program("geckodriver"),
        source: Source::Cargo { package: "geckodriver", version: "0.37.1" },
    },
    Need {
        name: "python3",
        why: "runs the lab's web archive",
        scope: Scope::Play,
        sign: Sign::Program("python3"),
        source: Source::Apt("python3"),
    },
    Need {
        name: "python3-venv",
        why: "keeps the archive's Python parts inside target/tools",
        scope: Scope::Play,
        sign: Sign::PythonVenv,
        source: Source::Apt("python3-venv"),
    },
    Need {
        name: "rust manuals",
        why: "pages that nobody here wrote, for the stories about copies",
        scope: Scope::Play,
        sign: Sign::RustManuals,
        source: Source::RustManuals,
    },
    Need {
        name: "python parts",
        why: "pywb is the lab's web archive, warcio writes what it replays",
        scope: Scope::Play,
        sign: Sign::PythonParts,
        source: Source::Pip,
    },
    Need {
        name: "curl",
        why: "stands for the browser in the scenes of other people's networks",
        scope: Scope::Networks,
        sign: Sign::Program("curl"),
        source: Source::Apt("curl"),
    },
    Need {
        name: "squid",
        why: "the proxy of stories and scenes, their TLS inspection, and one of the servers before sites",
        scope: Scope::Play,
        sign: Sign::Program("squid"),
        source: Source::Apt("squid-openssl"),
    },
    Need {
        name: "microsocks",
        why: "the SOCKS proxy of stories and scenes",
        scope: Scope::Play,
        sign: Sign::Program("microsocks"),
        source: Source::Apt("microsocks"),
    },
    Need {
        name: "dnsmasq",
        why: "their resolvers",
        scope: Scope::Networks,
        sign: Sign::Program("dnsmasq"),
        source: Source::Apt("dnsmasq-base"),
    },
    Need {
        name: "unbound",
        why: "their resolvers where IPv4's names get addresses of IPv6",
        scope: Scope::Networks,
        sign: Sign::Program("unbound"),
        source: Source::Apt("unbound"),
    },
    Need {
        name: "tayga",
        why: "their translation between IPv6 and IPv4",
        scope: Scope::Networks,
        sign: Sign::Program("tayga"),
        source: Source::Apt("tayga"),
    },
    Need {
        name: "haproxy",
        why: "real error pages: one of the servers before sites",
        scope: Scope::Networks,
        sign: Sign::Program("haproxy"),
        source: Source::Apt("haproxy"),
    },
    Need {
        name: "apache",
        why: "the same",
        scope: Scope::Networks,
        sign: Sign::Program("apache2"),
        source: Source::Apt("apache2-bin"),
    },
    Need {
        name: "lighttpd",
        why: "the same",
        scope: Scope::Networks,
        sign: Sign::Program("lighttpd"),
        source: Source::Apt("lighttpd"),
    },
    Need {
        name: "caddy",
        why: "the same",
        scope: Scope::Networks,
        sign: Sign::Program("caddy"),
        source: Source::Apt("caddy"),
    },
    Need {
        name: "traffic server",
        why: "the same",
        scope: Scope::Networks,
        sign: Sign::Program("traffic_server"),
        source: Source::Apt("trafficserver"),
    },
];

/// What builds wasm32's standard library from source where rustup cannot fetch it: the Rust that
/// Debian keeps current for building browsers.
pub(crate) const DEBIAN_WASM_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld"];

/// Where rustup cannot fetch the manuals.
pub(crate) const DEBIAN_MANUALS: &str = "rust-doc";
