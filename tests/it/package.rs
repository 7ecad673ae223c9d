//! The Debian package, as a technician meets it: installed into a clean Debian, set up, used, upgraded, removed, purged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is done in there, step by step.
const INSIDE: &str = include_str!("package/inside.sh");

/// The Debian that boxes have, or the one that `LOA_DEBIAN` names: what is built here installs on the next one too.
fn suite() -> String {
    std::env::var("LOA_DEBIAN").unwrap_or_else(|_| "bookworm".to_owned())
}

/// Why it cannot be tried here.
fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("root".to_owned());
    }
    ["debootstrap", "dpkg-deb", "unshare", "chroot", "strip"]
        .into_iter()
        .find(|tool| !finds(tool))
        .or_else(|| {
            (!finds("cargo-deb") && !here("target/tools/bin/cargo-deb").exists())
                .then_some("cargo-deb (deploy/package)")
        })
        .map(str::to_owned)
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn finds(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// A clean Debian with what loa depends on, from the cache or made.
fn debian(root: &Path) -> Result<(), String> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/root".into())).join(".cache"),
        PathBuf::from,
    );
    let suite = suite();
    let tar = cache.join("loa-test").join(format!("{suite}-{}.tar", std::env::consts::ARCH));
    let alsa = if suite == "bookworm" { "libasound2" } else { "libasound2t64" };
    if !tar.exists() {
        fs::create_dir_all(tar.parent().unwrap()).unwrap();
        let fresh = tempfile::tempdir().unwrap();
        let made = Command::new("debootstrap")
            .args(["--variant=minbase", &format!("--include=systemd,{alsa},procps"), &suite])
            .arg(fresh.path())
            .output()
            .unwrap();
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stdout).into_owned();
            return Err(said.lines().last().unwrap_or_default().to_owned());
        }
        let draft = tar.with_extension("draft");
        let packed = Command::new("tar").arg("-C").arg(fresh.path()).arg("-cf").arg(&draft).arg(".").status().unwrap();
        assert!(packed.success());
        fs::rename(draft, &tar).unwrap();
    }
    let unpacked = Command::new("tar").arg("-C").arg(root).arg("-xpf").arg(&tar).status().unwrap();
    unpacked.success().then_some(()).ok_or_else(|| "tar".to_owned())
}

fn package(revision: &str) -> PathBuf {
    let made = Command::new(here("deploy/package"))
        .args(["--program", env!("CARGO_BIN_EXE_loa")])
        .env("LOA_DEB_REVISION", revision)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let packages = fs::read_dir(here("target/packages")).unwrap().map(|entry| entry.unwrap().path());
    let wanted = format!("-{revision}_");
    packages.filter(|path| path.to_string_lossy().contains(&wanted)).max().expect("a package")
}

#[test]
fn what_the_package_is_built_and_tried_with_is_installed_by_one_word() {
    let (setup, build) = (include_str!("../../deploy/setup"), include_str!("../../deploy/package"));
    assert!(setup.contains("\n    package)\n"), "deploy/setup package");
    let compilers = build.split(" gnu=").skip(1).filter_map(|rest| rest.split([' ', '\n']).next());
    let named = compilers.filter(|gnu| !gnu.starts_with('$'));
    let compilers: Vec<String> = named.map(|gnu| gnu.replace('_', "-")).collect();
    assert_eq!(compilers.len(), 3, "{compilers:?}");
    let tools = ["debootstrap", "lintian", "samba-common-bin", "qemu-user"].map(str::to_owned);
    for wanted in tools.iter().chain(&compilers) {
        assert!(setup.contains(wanted), "deploy/setup package does not install {wanted}");
    }
}

#[test]
#[ignore = "long"]
fn the_package_is_installed_set_up_upgraded_in_silence_removed_and_purged_and_the_journal_outlives_it() {
    if let Some(what) = missing() {
        eprintln!("SKIPPED: a clean Debian to install the package into needs {what}");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    if let Err(why) = debian(root.path()) {
        eprintln!("SKIPPED: no clean Debian could be made here: {why}");
        return;
    }
    for (name, revision) in [("first.deb", "0test1"), ("second.deb", "0test2")] {
        fs::copy(package(revision), root.path().join(name)).unwrap();
    }
    if finds("lintian") {
        let said =
            Command::new("lintian").arg("--fail-on=error,warning").arg(root.path().join("first.deb")).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    } else {
        eprintln!("SKIPPED: the package is not looked at by lintian, which is not here");
    }
    fs::write(root.path().join("inside.sh"), INSIDE).unwrap();
    let done = Command::new("unshare")
        .args(["--mount", "--pid", "--fork", "--kill-child", "chroot"])
        .arg(root.path())
        .args(["/bin/sh", "/inside.sh"])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("ALL AS IT SHOULD BE"), "{said}");
}
