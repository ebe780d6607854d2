//! `cargo xtask dist`: an offline package with checksums and a signature, in target/dist.
//!
//! The system's tar, gzip and openssl do the work: they are on every machine that builds, an auditor can run the same
//! commands by hand, and this program stays without libraries.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::front_end::{self, Node};
use crate::{run, workspace};

const SERVICE: &str = include_str!("dist/xiaoxiang.service");
const README: &str = include_str!("dist/README.md");
const PROGRAM: &str = "xiaoxiang";
const SUMS: &str = "SHA256SUMS";
const SIGNATURE: &str = "SHA256SUMS.sig";
const PUBLIC_KEY: &str = "xiaoxiang-release.pub.pem";

/// What goes into a package beside the files of the repository.
#[derive(Debug)]
struct Content {
    binary: PathBuf,
    /// `linux-x86_64`
    platform: String,
    version: String,
    revision: String,
    /// Seconds since 1970 of the commit; every file carries it.
    committed_at: String,
    /// How hard gzip tries, 1 to 9.
    effort: u8,
}

/// Runs the task.
pub fn dist(given: &[String]) -> Result<()> {
    let arguments = Arguments::read(given, &["key", "new-key", "profile", "target"])?;
    if !arguments.words.is_empty() {
        bail!("it takes --key FILE or --new-key FILE, --profile release|dev and --target TRIPLE");
    }
    let profile = arguments.text("profile").unwrap_or("release");
    let (folder, effort) = match profile {
        "release" => ("release", 9),
        "dev" => ("debug", 1),
        _ => bail!("--profile is release or dev"),
    };
    if let Some(key) = arguments.text("new-key") {
        create_key(Path::new(key))?;
    }
    let key = arguments.text("key").or(arguments.text("new-key")).context(
        "a package is signed: --key FILE, or --new-key FILE to make a key first (keep it off this machine)",
    )?;

    front_end::build(Node::Required)?;
    let since = Instant::now();
    run::step("build the server with every feature");
    let mut build = run::cargo(&[
        "build",
        "--package",
        "xiaoxiang-server",
        "--bins",
        "--all-features",
        "--profile",
        profile,
    ]);
    let mut built = workspace::target();
    if let Some(target) = arguments.text("target") {
        build.args(["--target", target]);
        built.push(target);
    }
    run::run(&mut build)?;
    run::took("server", since);

    let content = Content {
        binary: built.join(folder).join(PROGRAM),
        platform: platform_of(arguments.text("target"))?,
        version: version()?,
        revision: revision()?,
        committed_at: git(&["log", "-1", "--format=%ct"])?,
        effort,
    };
    let out = workspace::target().join("dist");
    let since = Instant::now();
    run::step("pack and sign");
    let package = pack(&content, &out)?;
    sign(&package, Path::new(key))?;
    run::took("package", since);
    for name in [&package, &out.join(SUMS), &out.join(SIGNATURE), &out.join(PUBLIC_KEY)] {
        run::say(&format!("    {}", name.display()));
    }
    Ok(())
}

/// Writes the package into `out`; equal content makes an equal file.
fn pack(content: &Content, out: &Path) -> Result<PathBuf> {
    let name = format!("{PROGRAM}-{}-{}", content.version, content.platform);
    let stage = out.join("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let root = stage.join(&name);
    fill(content, &root)?;
    let package = out.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner"]);
    // The rights come from here, not from the umask of whoever builds.
    tar.args(["--mode=u=rwX,go=rX", &format!("--mtime=@{}", content.committed_at), "-C"]);
    let mut tar =
        tar.arg(&stage).args(["-cf", "-", &name]).stdout(Stdio::piped()).spawn().context("no tar")?;
    let unpacked = tar.stdout.take().context("invariant: tar's output is piped")?;
    let effort = format!("-{}", content.effort);
    let packed = fs::File::create(&package).with_context(|| format!("cannot write {}", package.display()))?;
    // -n leaves out name and time.
    let gzip = Command::new("gzip").args(["-n", &effort, "-c"]).stdin(unpacked).stdout(packed).status()?;
    run::succeeded("gzip", gzip)?;
    run::succeeded("tar", tar.wait()?)?;
    fs::remove_dir_all(&stage)?;
    Ok(package)
}

/// Lays out what the package holds.
fn fill(content: &Content, root: &Path) -> Result<()> {
    let repository = workspace::root();
    fs::create_dir_all(root.join("bin"))?;
    fs::copy(&content.binary, root.join("bin").join(PROGRAM))
        .with_context(|| format!("no program at {}", content.binary.display()))?;
    copy_folder(&repository.join("regions"), &root.join("regions"))?;
    fs::copy(repository.join("LICENSE"), root.join("LICENSE"))?;
    fs::copy(repository.join("CHANGELOG.md"), root.join("CHANGELOG.md"))?;
    fs::copy(repository.join("docs/xiaoxiang.example.toml"), root.join("xiaoxiang.example.toml"))?;
    for name in ["OPERATION.md", "OPERATION.zh-CN.md"] {
        fs::copy(repository.join("docs").join(name), root.join(name))?;
    }
    fs::write(root.join("xiaoxiang.service"), SERVICE)?;
    let readme = README.replace("{version}", &content.version).replace("{revision}", &content.revision);
    fs::write(root.join("README.md"), readme)?;
    fs::write(root.join("THIRD-PARTY.txt"), third_parties()?)?;
    let bundled = front_end::folder().join("dist/THIRD-PARTY.txt");
    if bundled.exists() {
        fs::copy(bundled, root.join("THIRD-PARTY-WEB.txt"))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The libraries inside the program with their licences, one a line.
fn third_parties() -> Result<String> {
    let mut tree =
        run::cargo(&["tree", "--package", "xiaoxiang-server", "--all-features", "--edges", "normal"]);
    tree.args(["--prefix", "none", "--format", "{p} · {l} · {r}", "--offline"]);
    let listed = run::run_quietly(&mut tree)?;
    // Our own crates stand there with the folder in which they lie; a repeated crate has a mark at its end.
    let lines: BTreeSet<&str> = listed
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !line.starts_with("xiaoxiang-"))
        .collect();
    Ok(lines.into_iter().map(|line| format!("{line}\n")).collect())
}

/// Writes the checksum beside the package and signs it.
fn sign(package: &Path, key: &Path) -> Result<()> {
    let folder = package.parent().context("invariant: a package lies in a folder")?;
    let name = package.file_name().context("invariant: a package has a name")?;
    let sums = run::run_quietly(Command::new("sha256sum").arg(name).current_dir(folder))?;
    fs::write(folder.join(SUMS), sums)?;
    let mut signing = Command::new("openssl");
    signing.args(["pkeyutl", "-sign", "-rawin", "-inkey"]).arg(key);
    signing.arg("-in").arg(folder.join(SUMS)).arg("-out").arg(folder.join(SIGNATURE));
    run::run_quietly(&mut signing)
        .context("the key must be an ed25519 key in PEM, and openssl 3 or later")?;
    let mut public = Command::new("openssl");
    public.args(["pkey", "-pubout", "-in"]).arg(key).arg("-out").arg(folder.join(PUBLIC_KEY));
    run::run_quietly(&mut public)?;
    Ok(())
}

/// Makes a signing key that only its owner may read; one that is there stays.
fn create_key(path: &Path) -> Result<()> {
    if path.exists() {
        bail!("{} is there already; use it with --key", path.display());
    }
    // openssl makes private keys readable by their owner only.
    run::run_quietly(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(path))?;
    run::say(&format!("    a new key in {}: keep it safe, and publish only its public part", path.display()));
    Ok(())
}

/// `linux-x86_64` from a target triple, or of this machine.
fn platform_of(target: Option<&str>) -> Result<String> {
    let Some(triple) = target else {
        return Ok(format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH));
    };
    let mut parts = triple.split('-');
    let processor = parts.next().context("an empty target")?;
    let system = parts.find(|part| ["linux", "windows", "darwin"].contains(part));
    Ok(format!("{}-{processor}", system.with_context(|| format!("{triple} names no known system"))?))
}

/// The version of the workspace.
fn version() -> Result<String> {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = "));
    Ok(line.context("the workspace has no version")?.trim_matches('"').to_owned())
}

/// The commit, marked where the tree holds something else.
fn revision() -> Result<String> {
    let commit = git(&["rev-parse", "HEAD"])?;
    let changed = git(&["status", "--porcelain"])?;
    Ok(if changed.is_empty() { commit } else { format!("{commit}+changes") })
}

fn git(arguments: &[&str]) -> Result<String> {
    let told = run::run_quietly(Command::new("git").args(arguments).current_dir(workspace::root()))?;
    Ok(told.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("xiaoxiang-dist-{}", run::random_hex(6).unwrap()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// The development build, as `cargo xtask test` leaves it before the tests.
    fn content() -> Content {
        let named = std::env::var_os("XIAOXIANG_BIN").map(PathBuf::from);
        let binary = named.unwrap_or_else(|| workspace::binary("debug"));
        assert!(binary.exists(), "no {}: run `cargo build -p xiaoxiang-server` first", binary.display());
        Content {
            binary,
            platform: platform_of(None).unwrap(),
            version: version().unwrap(),
            revision: revision().unwrap(),
            committed_at: git(&["log", "-1", "--format=%ct"]).unwrap(),
            effort: 1,
        }
    }

    fn verifies(folder: &Path) -> bool {
        let mut verify = Command::new("openssl");
        verify.args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", PUBLIC_KEY, "-in", SUMS]);
        verify.args(["-sigfile", SIGNATURE]).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let summed = Command::new("sha256sum").args(["--status", "-c", SUMS]).current_dir(folder).status();
        verify.status().unwrap().success() && summed.unwrap().success()
    }

    #[test]
    fn a_package_is_reproducible_signed_and_runs_where_it_is_unpacked() {
        let (first, second) = (Folder::new(), Folder::new());
        let content = content();
        let package = pack(&content, &first.0).unwrap();
        let again = pack(&content, &second.0).unwrap();
        assert!(fs::read(&package).unwrap() == fs::read(again).unwrap(), "equal content, equal package");

        let key = first.0.join("key.pem");
        create_key(&key).unwrap();
        assert!(create_key(&key).is_err(), "a key is never overwritten");
        sign(&package, &key).unwrap();
        assert!(verifies(&first.0));
        let sums = fs::read_to_string(first.0.join(SUMS)).unwrap();
        let changed =
            if sums.starts_with('0') { sums.replacen('0', "1", 1) } else { format!("0{}", &sums[1..]) };
        fs::write(first.0.join(SUMS), changed).unwrap();
        assert!(!verifies(&first.0), "a changed checksum is seen");

        let place = second.0.join("opt");
        fs::create_dir_all(&place).unwrap();
        run::run_quietly(Command::new("tar").arg("-xzf").arg(&package).arg("-C").arg(&place)).unwrap();
        let root = place.join(format!("{PROGRAM}-{}-{}", content.version, content.platform));
        for file in ["LICENSE", "README.md", "OPERATION.zh-CN.md", "xiaoxiang.service", "THIRD-PARTY.txt"] {
            assert!(root.join(file).exists(), "{file} is missing");
        }
        assert!(fs::read_to_string(root.join("README.md")).unwrap().contains(&content.revision));
        let program = |arguments: &[&str]| {
            let mut command = Command::new(root.join("bin").join(PROGRAM));
            command.args(["--config", "xiaoxiang.example.toml"]).args(arguments).current_dir(&root);
            run::run_quietly(&mut command).unwrap()
        };
        assert!(program(&["--version"]).contains(&content.version));
        program(&["migrate"]);
        program(&["region", "import", "regions/hunan"]);
        let found = program(&["doctor", "--format", "json"]);
        assert!(found.contains("\"region\"") && found.contains("430000"), "{found}");
    }

    #[test]
    fn a_target_gives_the_platforms_name() {
        assert_eq!(platform_of(Some("aarch64-unknown-linux-gnu")).unwrap(), "linux-aarch64");
        assert_eq!(platform_of(Some("x86_64-pc-windows-msvc")).unwrap(), "windows-x86_64");
        assert!(platform_of(Some("nonsense")).is_err());
    }
}
