#!/bin/sh
# Build Pulumi's command line, as go.mod pins it, into the user's cache; do nothing where one is there already.
set -eu
cd "$(dirname "$0")"

version=$(sed -n 's|^[[:space:]]*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' go.mod)
folder="${XDG_CACHE_HOME:-$HOME/.cache}/darkroom/pulumi/$version"

if found=$(command -v pulumi); then
    echo "engine: using $found"
    exit
fi
if [ -x "$folder/pulumi" ]; then
    echo "engine: using $folder/pulumi"
    exit
fi
if ! command -v go >/dev/null; then
    echo "engine: skipped, building Pulumi $version needs Go; tests/engine is skipped as well"
    exit
fi

echo "engine: building Pulumi $version (four minutes on two cores, once per machine)"
started=$(date +%s)
mkdir -p "$folder"
partial=$(mktemp -d "$folder/building.XXXXXX")
trap 'rm -rf "$partial"' EXIT
trap 'exit 1' INT TERM
# Without the stamp `pulumi version` prints nothing.
stamp="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$version"
nice go build -trimpath -ldflags "-s -w $stamp" -o "$partial/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
mv "$partial/pulumi" "$folder/pulumi"
echo "engine: built $folder/pulumi in $(($(date +%s) - started)) s"
