//! `docker/images-real.sh` refuses what no container could run, before it asks the engine for anything.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const PROGRAMS: [&str; 3] = ["expanso-orchestrator", "expanso-edge", "expanso-cli"];
/// What an ELF file says of the machine it is for.
const X86_64: u8 = 0x3e;
const AARCH64: u8 = 0xb7;

/// The beginning of an ELF program: for this system, of this type, for this machine.
fn elf(system: u8, kind: u8, machine: u8) -> Vec<u8> {
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, system];
    file.resize(16, 0);
    file.extend([kind, 0, machine, 0]);
    file.resize(64, 0);
    file
}

/// A program that fits.
fn fitting() -> Vec<u8> {
    elf(0, 2, own())
}

fn own() -> u8 {
    if cfg!(target_arch = "aarch64") {
        AARCH64
    } else {
        X86_64
    }
}

fn other() -> u8 {
    if own() == X86_64 { AARCH64 } else { X86_64 }
}

/// What the script says where one program is like this (`None`: not there) and the others fit.
fn said(program: &str, like: Option<&[u8]>, variables: &[(&str, &str)]) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let bin = folder.path().join("bin");
    fs::create_dir(&bin)?;
    for name in PROGRAMS {
        let file = bin.join(name);
        match like {
            None if name == program => {}
            Some(bytes) if name == program => fs::write(file, bytes)?,
            _ => fs::write(file, fitting())?,
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker/images-real.sh");
    let output = Command::new("sh")
        .arg(script)
        .current_dir(folder.path())
        .env("BIN_DIR", "bin") // relative: from where it was called
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .envs(variables.iter().copied())
        .output()?;
    let said = String::from_utf8(output.stderr)?;
    if output.status.code() != Some(1) || !output.stdout.is_empty() {
        return Err(format!("{}:\n{said}", output.status).into());
    }
    assert!(said.starts_with("images-real: "), "{said}");
    assert!(!folder.path().join("target").exists(), "laid out: {said}");
    Ok(said)
}

#[test]
fn what_no_container_could_run_is_refused_with_what_to_do() -> Result {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 39600000\n";
    let cases: [(Option<&[u8]>, &str); 7] = [
        (None, "is missing: put expanso-orchestrator,"),
        (
            Some(pointer),
            "is a Git LFS pointer and not the program: run `git lfs pull`",
        ),
        (Some(b"#!/bin/sh\n"), "is no ELF file"),
        (Some(b""), "is no ELF file"),
        (Some(&elf(9, 2, own())), "of another system than Linux"),
        (Some(&elf(0, 1, own())), "is an ELF file, but no program"),
        (Some(&elf(0, 3, other())), "is for the architecture"),
    ];
    for (index, (like, words)) in cases.into_iter().enumerate() {
        let program = PROGRAMS[index % PROGRAMS.len()];
        let said = said(program, like, &[])?;
        assert!(said.contains(&format!("/bin/{program} ")), "{said}");
        assert!(said.contains(words), "«{words}» is not said: {said}");
    }
    Ok(())
}

#[test]
fn a_dynamic_program_does_not_go_on_an_empty_image() -> Result {
    let mut dynamic = fitting();
    dynamic.extend(b"\0/lib64/ld-linux-x86-64.so.2\0");
    let said = said("expanso-edge", Some(&dynamic), &[("REAL_BASE", "scratch")])?;
    assert!(
        said.contains("take another REAL_BASE than scratch"),
        "{said}"
    );
    Ok(())
}

#[test]
fn settings_that_are_not_there_are_named() -> Result {
    let said = said("expanso-cli", Some(&fitting()), &[("REAL_CONFIG", "mine")])?;
    assert!(
        said.contains("/mine/orchestrator.yaml is missing"),
        "{said}"
    );
    Ok(())
}
