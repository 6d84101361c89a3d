#!/bin/sh
# Builds the images of docker-compose.debug.yml: see docker/build-images.sh for its variables.
exec "$(dirname "$0")/docker/build-images.sh" "$@"
