#!/bin/sh
# Makes images for docker-compose.debug.yml out of real binaries:
#   rejoin/real-orchestrator:dev (with expanso-cli in it), rejoin/real-edge:dev
# Nothing is compiled. Never tried with Expanso's own binaries: there is no public download.
#
#   BIN_DIR=bin                     the folder with expanso-orchestrator, expanso-edge, expanso-cli
#   REAL_BASE=debian:bookworm-slim  what they are put on; `scratch` for static binaries, without a registry
#   REAL_CONFIG=docker/real         the folder with orchestrator.yaml and edge.yaml
#   REAL_TAG=dev                    the tag of both images
#   CARGO_TARGET_DIR                cargo's output folder, as always: what is built from is laid out there
set -eu
here=$(pwd -P)
cd -P "$(dirname "$0")/.." # the project's folder, also where docker/ is reached by a link

# from_here PATH DEFAULT: a path as its user meant it, from the folder that the script was called in.
from_here() {
  case $1 in
    '') echo "$2" ;;
    /*) echo "$1" ;;
    *) echo "$here/$1" ;;
  esac
}

bin=$(from_here "${BIN_DIR:-}" bin)
config=$(from_here "${REAL_CONFIG:-}" docker/real)
base=${REAL_BASE:-debian:bookworm-slim}
tag=${REAL_TAG:-dev}
stage=${CARGO_TARGET_DIR:-target}/images/real-$tag

die() {
  echo "images-real: $1" >&2
  exit 1
}

# bytes FILE SKIP COUNT: in hexadecimal, without spaces.
bytes() {
  od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# machine FILE: the architecture of an ELF in the words of the engine, or its number.
machine() {
  number=$(bytes "$1" 18 2)
  if [ "$(bytes "$1" 5 1)" = 02 ]; then # big-endian
    number=${number#??}${number%??}
  fi
  case $number in
    3e00) echo amd64 ;;
    b700) echo arm64 ;;
    2800) echo arm ;;
    0300) echo 386 ;;
    1500) echo ppc64le ;;
    1600) echo s390x ;;
    f300) echo riscv64 ;;
    *) echo "number 0x$number" ;;
  esac
}

# The architecture that images are for: the engine's, or this machine's where no engine answers.
wanted() {
  arch=$(docker version --format '{{.Server.Arch}}' 2>/dev/null) || arch=
  [ -n "$arch" ] || arch=$(uname -m)
  case $arch in
    x86_64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    armv*) echo arm ;;
    i?86) echo 386 ;;
    *) echo "$arch" ;;
  esac
}

# check NAME: a program that a container of this engine can start.
check() {
  file=$bin/$1
  [ -f "$file" ] || die "$file is missing: put expanso-orchestrator, expanso-edge and expanso-cli there, or set BIN_DIR"
  [ -r "$file" ] || die "$file cannot be read"
  if [ "$(head -c 40 "$file" | tr -d '\000')" = 'version https://git-lfs.github.com/spec/' ]; then
    die "$file is a Git LFS pointer and not the program: run \`git lfs pull\` in its repository"
  fi
  [ "$(bytes "$file" 0 4)" = 7f454c46 ] || die "$file is no ELF file, so no program for Linux: take the Linux build"
  case $(bytes "$file" 7 1) in
    00 | 03) ;;
    *) die "$file is an ELF file of another system than Linux: take the Linux build" ;;
  esac
  case $(bytes "$file" 16 2) in
    0200 | 0300 | 0002 | 0003) ;;
    *) die "$file is an ELF file, but no program" ;;
  esac
  own=$(machine "$file")
  [ "$own" = "$arch" ] || die "$file is for the architecture $own, and containers here are $arch: take the build for $arch"
  # The path of the loader that a dynamic program asks for stands near its beginning.
  if [ "$base" = scratch ] && head -c 4096 "$file" | LC_ALL=C tr -c '[:print:]' '\n' | grep -q '^/.*/ld-'; then
    die "$file is linked dynamically, and an empty image has no loader: take another REAL_BASE than scratch"
  fi
}

# build PART PROGRAM...: one image; the builder speaks only when it fails. The files use nothing that the
# legacy builder does not know.
build() {
  part=$1
  shift
  root=$stage/$part/rootfs
  rm -rf "$stage/$part"
  mkdir -p "$root/usr/local/bin" "$root/etc/expanso/$part" "$root/var/lib/expanso/$part" "$root/tmp"
  chmod 1777 "$root/tmp" # `docker cp FILE CONTAINER:/tmp/` fails where there is no /tmp
  cp "$config/$part.yaml" "$root/etc/expanso/$part/config.yaml"
  for program in "$@"; do
    cp "$bin/$program" "$root/usr/local/bin/$program"
    chmod 755 "$root/usr/local/bin/$program"
  done
  image=rejoin/real-$part:$tag
  said=$(docker build --quiet --build-arg "REAL_BASE=$base" --tag "$image" \
    --file "docker/real/Dockerfile.$part" "$stage/$part" 2>&1) || die "cannot build $image on $base: $said"
  echo "$image"
}

arch=$(wanted)
for program in expanso-orchestrator expanso-edge expanso-cli; do
  check "$program"
done
for part in orchestrator edge; do
  [ -f "$config/$part.yaml" ] || die "$config/$part.yaml is missing: set REAL_CONFIG to a folder that has it"
done
command -v docker >/dev/null || die "the docker command is missing"
docker version >/dev/null 2>&1 || die "the Docker engine does not answer: start it, or set DOCKER_HOST"
build orchestrator expanso-orchestrator expanso-cli
build edge expanso-edge
echo "images-real: to run them: export ORCHESTRATOR_IMAGE=rejoin/real-orchestrator:$tag EDGE_IMAGE=rejoin/real-edge:$tag" >&2
