#!/bin/sh
# rootfs.sh BINARY DIRECTORY: lays out the root file system of the stand-in's images.
# Apart from build-images.sh because the build stage inside Docker runs it too.
set -eu
binary=$1
root=$2

rm -rf "$root"
mkdir -p "$root/bin" "$root/tmp" "$root/var/lib/expanso/orchestrator" "$root/var/lib/expanso/edge"
chmod 1777 "$root/tmp" # `docker cp FILE CONTAINER:/tmp/` fails where there is no /tmp
cp "$binary" "$root/bin/standin"
for name in expanso-orchestrator expanso-edge expanso-cli; do
  ln -s standin "$root/bin/$name"
done
