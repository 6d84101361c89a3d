#!/bin/sh
# Builds the images of docker-compose.debug.yml: see docker/build-images.sh for its variables.
# Where bin/ has real binaries, images of these too: see docker/images-real.sh. The stack runs them
# only where ORCHESTRATOR_IMAGE and EDGE_IMAGE say so, so that nobody mistakes one for the other.
set -eu
here=$(dirname "$0")
"$here/docker/build-images.sh" "$@"
for program in expanso-orchestrator expanso-edge; do
  if [ -e "$here/bin/$program" ]; then
    BIN_DIR=$here/bin
    export BIN_DIR
    exec "$here/docker/images-real.sh"
  fi
done
