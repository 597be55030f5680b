//! Whether a window can be had on this machine, and if not, what is missing and who brings it.

use std::env;

/// Why no window can be opened, in one sentence with the remedy; `None` if nothing is known to be
/// missing. Only Linux is looked at: elsewhere the system always brings a display and OpenGL.
pub(super) fn obstacle() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    // The order in which the window library itself decides.
    if set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") {
        return missing(WAYLAND);
    }
    let libraries = missing(X11);
    if set("DISPLAY") {
        return libraries;
    }
    let display = "no display: neither DISPLAY nor WAYLAND_DISPLAY is set \
                   (package xvfb brings a virtual one: xvfb-run -a rnnscope)";
    Some(match libraries {
        Some(libraries) => format!("{display}; {libraries}"),
        None => display.into(),
    })
}

/// What to install for a window that failed to open for a reason only the system knows.
pub(super) fn packages() -> String {
    let wanted = |needs: &[Need]| {
        needs
            .iter()
            .filter_map(|need| need.first())
            .map(|library| library.package)
            .collect::<Vec<_>>()
    };
    let mut packages = wanted(X11);
    packages.push("libgl1-mesa-dri");
    packages.join(" ")
}

/// A shared library and the Debian package that brings it.
struct Library {
    file: &'static str,
    package: &'static str,
}

/// Libraries any one of which is enough, the preferred one first.
type Need = &'static [Library];

const fn library(file: &'static str, package: &'static str) -> Library {
    Library { file, package }
}

/// What a window under X11 loads at run time.
const X11: &[Need] = &[
    &[library("libX11.so.6", "libx11-6")],
    &[library("libX11-xcb.so.1", "libx11-xcb1")],
    &[library("libXcursor.so.1", "libxcursor1")],
    &[library("libXi.so.6", "libxi6")],
    &[library("libXrender.so.1", "libxrender1")],
    &[library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0")],
    &[library("libGL.so.1", "libgl1"), library("libEGL.so.1", "libegl1")],
];

/// What a window under Wayland loads at run time.
const WAYLAND: &[Need] = &[
    &[library("libwayland-client.so.0", "libwayland-client0")],
    &[library("libwayland-egl.so.1", "libwayland-egl1")],
    &[library("libxkbcommon.so.0", "libxkbcommon0")],
    &[library("libEGL.so.1", "libegl1")],
];

/// A sentence on the needs that are not met, with the command that meets them.
fn missing(needs: &[Need]) -> Option<String> {
    let absent: Vec<&Library> = needs
        .iter()
        .filter(|need| !need.iter().any(|library| loads(library.file)))
        .filter_map(|need| need.first())
        .collect();
    if absent.is_empty() {
        return None;
    }
    let list = |pick: fn(&Library) -> &str, separator| {
        absent.iter().map(|library| pick(library)).collect::<Vec<_>>().join(separator)
    };
    Some(format!(
        "missing {} (on Debian or Ubuntu: apt install {})",
        list(|library| library.file, ", "),
        list(|library| library.package, " ")
    ))
}

#[expect(
    unsafe_code,
    reason = "loading a library runs its initialisers; the window loads it anyway"
)]
fn loads(file: &str) -> bool {
    // SAFETY: these are system libraries that the window is about to load in the same way, and no
    // other thread is running yet.
    match unsafe { libloading::Library::new(file) } {
        Ok(library) => {
            // Unloading a graphics driver may crash; the window needs it next anyway.
            std::mem::forget(library);
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_its_package() {
        const NEEDS: &[Need] = &[&[library("libnot-there.so.9", "libnot-there9")]];
        let sentence = missing(NEEDS).expect("no such library");
        assert!(sentence.contains("libnot-there.so.9"), "{sentence}");
        assert!(sentence.contains("apt install libnot-there9"), "{sentence}");
        assert_eq!(missing(&[]), None);
    }

    /// Linkers see none of these libraries, so that lists of packages are written by hand.
    #[test]
    fn all_lists_of_packages_name_what_is_loaded() {
        let manifest = include_str!("../../Cargo.toml");
        let recommends = manifest.split("recommends = ").nth(1).expect("of the .deb");
        let recommends = recommends.split("\"\"\"").nth(1).expect("a text");
        let readme = include_str!("../../README.md");
        for library in [X11, WAYLAND].concat().into_iter().flatten() {
            assert!(recommends.contains(library.package), "{} in Cargo.toml", library.package);
        }
        for need in X11 {
            let package = need.first().expect("the preferred one").package;
            assert!(readme.contains(package), "{package} in README.md");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn one_of_several_libraries_is_enough() {
        const NEEDS: &[Need] =
            &[&[library("libnot-there.so.9", "libnot-there9"), library("libc.so.6", "libc6")]];
        assert_eq!(missing(NEEDS), None);
    }
}
