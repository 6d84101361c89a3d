//! Images out of binaries, for the same compose file: the stand-in's in the place of the real ones.

use std::path::Path;

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};
use super::undo::docker;

const TAG: &str = "rejoin-test";
const IMAGES: [&str; 2] = [
    "rejoin/real-orchestrator:rejoin-test",
    "rejoin/real-edge:rejoin-test",
];

/// The images of this test; they go with it, however it ends.
struct Images;

impl Drop for Images {
    fn drop(&mut self) {
        for image in IMAGES {
            if let Err(error) = docker(&["image", "rm", image]) {
                eprintln!("{image} was not removed: {error}");
            }
        }
    }
}

#[test]
fn binaries_become_images_that_the_debug_stack_runs() {
    engine_test(async || {
        let folder = tempfile::tempdir()?;
        let bin = folder.path().join("bin");
        standin(&bin)?;
        // Before the stack, so that they go after it.
        let _images = Images;
        let stack = DebugStack::without("rejoin-real", "reconcile")?;
        let built = stack
            .at_home("docker/images-real.sh")
            .env("BIN_DIR", &bin)
            .env("REAL_BASE", "scratch")
            .env("REAL_TAG", TAG)
            .env("CARGO_TARGET_DIR", folder.path().join("target"))
            .output()?;
        let printed = String::from_utf8_lossy(&built.stdout).into_owned();
        if !built.status.success() || printed.lines().ne(IMAGES) {
            return Err(said(&built).into());
        }
        let mut up = stack.rejoin(&["up"]);
        up.env("ORCHESTRATOR_IMAGE", IMAGES[0])
            .env("EDGE_IMAGE", IMAGES[1]);
        let output = up.output()?;
        if !output.status.success() {
            return Err(said(&output).into());
        }
        for (service, image) in [("orchestrator", IMAGES[0]), ("edge1", IMAGES[1])] {
            let container = stack.container(service);
            let runs = docker(&["inspect", "--format", "{{.Config.Image}}", &container])?;
            assert_eq!(runs, image, "{container}");
            let settings = format!("{container}:/etc/expanso");
            let copy = folder.path().join(service);
            docker(&["cp", &settings, &copy.display().to_string()])?;
            let part = service.trim_end_matches('1');
            let text = std::fs::read_to_string(copy.join(part).join("config.yaml"))?;
            assert!(text.starts_with("# UNVERIFIED"), "{text}");
        }
        let nodes = docker(&[
            "exec",
            &stack.container("orchestrator"),
            "expanso-cli",
            "node",
            "list",
        ])?;
        assert_eq!(nodes.matches(" connected").count(), 2, "{nodes}");
        Ok(())
    });
}

/// The stand-in's program under the names of the real ones, out of its image.
fn standin(bin: &Path) -> Result {
    std::fs::create_dir_all(bin)?;
    let container = docker(&["create", "rejoin/standin-edge:dev"])?;
    let program = bin.join("standin");
    let from = format!("{container}:/bin/standin");
    let copied = docker(&["cp", &from, &program.display().to_string()]);
    docker(&["rm", &container])?;
    copied?;
    for name in ["expanso-orchestrator", "expanso-edge", "expanso-cli"] {
        std::fs::copy(&program, bin.join(name))?;
    }
    Ok(())
}
