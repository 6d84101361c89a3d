compose := `docker compose version >/dev/null 2>&1 && echo "docker compose" || echo "docker-compose"`

# formatting, lints and the project's own style, without running a test
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
    cargo test --locked --test tidy

# every test that this machine can serve; what is skipped is said
test:
    cargo test --workspace --locked

# the images of the debug stack: stand-in orchestrator, stand-in edge, NATS
images:
    docker/build-images.sh

# images of the real binaries in bin/, for the same stack: ORCHESTRATOR_IMAGE, EDGE_IMAGE
images-real:
    docker/images-real.sh

# the debug stack, in the background
up: images
    {{ compose }} -f docker-compose.debug.yml up -d

# the debug stack and its data go away
down:
    {{ compose }} -f docker-compose.debug.yml down -v

# the figures that the closing notes quote
bench:
    cargo bench -p rejoin --locked

# the API reference of every crate of this project
docs:
    cargo doc --workspace --no-deps --locked
