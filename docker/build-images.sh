#!/bin/sh
# Builds the images of the debug stack without a registry:
#   rejoin/standin-orchestrator:dev, rejoin/standin-edge:dev, rejoin/nats:dev
# Run again it is quick: cargo and the engine's cache notice that nothing changed.
#
#   BUILD_IN_DOCKER=1     compile inside Docker (needs a registry for rust:1-slim)
#   NATS_IMAGE=nats:2.10  take this NATS image; else the machine's nats-server, or nats:2.10 where
#                         the machine is no Linux or BUILD_IN_DOCKER is set and there is none
#   CARGO_TARGET_DIR      cargo's output folder, as always
set -eu
cd -P "$(dirname "$0")/.." # the project's folder, also where docker/ is reached by a link

target=${CARGO_TARGET_DIR:-target}
stage=$target/images

die() {
  echo "build-images: $1" >&2
  exit 1
}

# build TAG ARGUMENT...: one image; the builder speaks only when it fails. The files use
# nothing that the legacy builder does not know.
build() {
  tag=$1
  shift
  said=$(docker build --quiet --tag "$tag" "$@" 2>&1) || die "cannot build $tag: $said"
  echo "$tag"
}

standin() {
  command -v cargo >/dev/null || die "cargo is missing: install Rust, or set BUILD_IN_DOCKER=1"
  triple=$(rustc -vV | sed -n 's/^host: //p')
  case $triple in
    *-linux-*) ;;
    *) die "this machine compiles for $triple, containers need Linux: set BUILD_IN_DOCKER=1" ;;
  esac
  RUSTFLAGS="-C target-feature=+crt-static" \
    cargo build --quiet --release --locked --target "$triple" -p standin
  sh docker/rootfs.sh "$target/$triple/release/standin" "$stage/standin/rootfs"
  for part in orchestrator edge; do
    build "rejoin/standin-$part:dev" --file "docker/Dockerfile.$part" "$stage/standin"
  done
}

standin_in_docker() {
  for part in orchestrator edge; do
    build "rejoin/standin-$part:dev" --file docker/Dockerfile.build --target "$part" .
  done
}

# Says where NATS comes from, before anything is compiled: sets `image` or `server`.
find_nats() {
  image=${NATS_IMAGE:-}
  [ "$image" != rejoin/nats:dev ] || image= # how the compose file calls the result
  [ -z "$image" ] || return 0
  system=$(uname -s)
  server=$(command -v nats-server || true)
  if [ "$system" = Linux ] && [ -n "$server" ]; then
    return
  elif [ "$system" != Linux ] || [ -n "${BUILD_IN_DOCKER:-}" ]; then
    image=nats:2.10
  else
    die "no nats-server on this machine: install it (apt-get install nats-server) or set NATS_IMAGE=nats:2.10"
  fi
}

nats() {
  if [ -n "$image" ]; then
    docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" >/dev/null ||
      die "cannot get the image $image: set NATS_IMAGE to one that this engine has or may pull"
    docker tag "$image" rejoin/nats:dev
    echo "rejoin/nats:dev (from $image)"
    return
  fi
  root=$stage/nats/rootfs
  rm -rf "$root"
  mkdir -p "$root/bin" "$root/tmp"
  chmod 1777 "$root/tmp"
  cp "$server" "$root/bin/nats-server"
  # A statically linked server names no libraries; ldd then fails and nothing is copied.
  for library in $(ldd "$server" 2>/dev/null | grep -o '/[^ ]*' || true); do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
  build rejoin/nats:dev --file docker/Dockerfile.nats "$stage/nats"
}

command -v docker >/dev/null || die "the docker command is missing"
docker version >/dev/null 2>&1 || die "the Docker engine does not answer: start it, or set DOCKER_HOST"
find_nats
if [ -n "${BUILD_IN_DOCKER:-}" ]; then standin_in_docker; else standin; fi
nats
