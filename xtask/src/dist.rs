//! `dist`: what is handed out. The same input gives the same bytes, so that anyone can check a
//! release by building it again.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use anyhow::Context as _;
use clap::Args;
use flate2::{Compression, GzBuilder};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    build,
    notices::{self, Artefact},
    process, ranges, setup,
    workspace::{Workspace, files_below},
};

#[derive(Args)]
pub(crate) struct Options {
    /// Packs the CDNs' address lists however old they are
    #[arg(long)]
    with_old_ranges: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    match ranges::are_fresh(workspace) {
        Err(old) if options.with_old_ranges => println!("{old:#}"),
        fresh => fresh?,
    }
    setup::ensure(workspace, setup::Scope::Build)?;
    build::run(workspace, &build::Options::default())?;
    let version = workspace.version();
    let of_extension = notices::of(workspace, Artefact::Extension)?;
    zip_folder(workspace, "chromium", &format!("detour-chromium-{version}.zip"), &of_extension)?;
    zip_folder(workspace, "firefox", &format!("detour-firefox-{version}.xpi"), &of_extension)?;
    let target = native_target(workspace)?;
    pack_host(workspace, &format!("detour-host-{version}-{target}"))
}

fn zip_folder(workspace: &Workspace, folder: &str, name: &str, notices: &str) -> anyhow::Result<()> {
    let folder = workspace.dist().join(folder);
    let path = workspace.dist().join(name);
    let mut archive = ZipWriter::new(File::create(&path)?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // 1980-01-01, zip's first day: the day of building is nobody's business.
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for file in files_below(&folder)? {
        let inside = file.strip_prefix(&folder).context("a listed file")?;
        archive.start_file(name_in_archive(inside), options)?;
        io::copy(&mut File::open(&file)?, &mut archive)?;
    }
    archive.start_file(notices::FILE, options)?;
    archive.write_all(notices.as_bytes())?;
    archive.finish()?;
    report(&path)
}

fn pack_host(workspace: &Workspace, stem: &str) -> anyhow::Result<()> {
    let path = workspace.dist().join(format!("{stem}.tar.gz"));
    let compressed = GzBuilder::new().write(File::create(&path)?, Compression::best());
    let mut archive = tar::Builder::new(compressed);
    let program = format!("detour{}", std::env::consts::EXE_SUFFIX);
    let binary = workspace.dist().join("host").join(&program);
    append(&mut archive, &binary, &format!("{stem}/{program}"), 0o755)?;
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        let file = workspace.path(name);
        append(&mut archive, &file, &format!("{stem}/{name}"), 0o644)?;
    }
    let notices = notices::of(workspace, Artefact::Host)?;
    append_text(&mut archive, notices.as_bytes(), &format!("{stem}/{}", notices::FILE), 0o644)?;
    archive.into_inner()?.finish()?.flush()?;
    report(&path)
}

fn append<W: io::Write>(archive: &mut tar::Builder<W>, file: &Path, name: &str, mode: u32) -> anyhow::Result<()> {
    let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    append_text(archive, &content, name, mode)
}

fn append_text<W: io::Write>(
    archive: &mut tar::Builder<W>,
    content: &[u8],
    name: &str,
    mode: u32,
) -> anyhow::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(u64::try_from(content.len())?);
    header.set_mode(mode);
    header.set_mtime(0);
    archive.append_data(&mut header, name, content)?;
    Ok(())
}

/// Forward slashes on every system, as both formats ask.
fn name_in_archive(inside: &Path) -> String {
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn native_target(workspace: &Workspace) -> anyhow::Result<String> {
    let mut command = process::program(workspace, "rustc")?;
    command.arg("-vV");
    let output = process::output_of(&mut command)?;
    let target = output.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target.context("`rustc -vV` names no host")?.to_owned())
}

fn report(path: &Path) -> anyhow::Result<()> {
    let kilobytes = fs::metadata(path)?.len().div_ceil(1000);
    println!("packed {} ({kilobytes} KB)", path.display());
    Ok(())
}
